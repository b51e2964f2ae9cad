/*
 * making.h - what `create`, `publish`, `remove` and `gc` share: ROOT, held for
 * writing by the cli itself, and words for what cannot become an archive.
 */
#ifndef CLI_MAKING_H
#define CLI_MAKING_H

#include "cli/options.h"
#include "cli/root.h"
#include "cli/status.h"
#include "depot/path.h"
#include "depot/store.h"
#include "depot/walk.h"

struct making {
	const struct arguments *arguments;
	struct root	 root;
	struct store	 store;		/* open until the cli ends, */
	int		 lock;		/* and so is the lock */
	uint64_t	 cleared;	/* bytes that a killed run had left in
					 * staging */
};

/* Choose and make ROOT, and wait for its lock: STATUS_DONE, or another, said
 * so. */
enum status making_begin(struct making *, const struct arguments *);
/* An archive's path, as the user wrote it: STATUS_DONE, or STATUS_USAGE, said
 * so. */
enum status making_parse(struct depot_path *, const char *text);
/* Say why something is refused ("DIR/where: ..."), and how bad that is. */
enum status making_refuse(const char *dir, const char *where, enum walk_why,
    int error);
/* Say that the system failed with something: error is errno's number. */
enum status making_failed(const char *what, int error);

#endif /* CLI_MAKING_H */

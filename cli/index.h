/*
 * index.h - what publishers say that there is: the indexes in a depot.
 *
 * An index is signed text of its publisher, and is parsed by a reader, in a
 * jail; what that answers is looked at again here.
 */
#ifndef CLI_INDEX_H
#define CLI_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/root.h"
#include "cli/status.h"
#include "depot/path.h"
#include "reader/reader.h"

struct index {
	const char	*name;		/* for messages; not owned */
	enum reader_what what;
	struct depot_path path;		/* of an index */
	struct reader_entry *entries;	/* owned; in its order; each text has an
					 * end, each archive's path is one */
	size_t		 count, room;
	uint32_t	 skipped;	/* archives that have no valid path */
};

/* Read ROOT's index of this path: STATUS_DONE, or another, said so. */
enum status index_read(struct index *, const struct root *,
    const struct depot_path *);
/* Read an install description from an open file, called so in messages. */
enum status installation_read(struct index *, int file, const char *name);
void	index_free(struct index *);

/* The same, or if it is not installed, from public/ (peek.h). */
enum status index_find(struct index *, const struct root *,
    const struct arguments *, const struct depot_path *);

/*
 * Call visit with each user's newest index, or with that of one user (NULL:
 * all), in the order of their names; be it installed or, newer than that, in
 * public/.  One that cannot be read is passed over, said so.  The gravest status;
 * STATUS_DONE also if there is none.
 */
enum status index_each(const struct root *, const struct arguments *,
    const char *user, enum status (*visit)(const struct index *, void *),
    void *context);

#endif /* CLI_INDEX_H */

/*
 * lockfile.h - exactly which archives an install ends with, as text.
 *
 * Made for version control: one line for each archive, in the order of their
 * paths' bytes, so that what changes is what differs (depot/lines.h):
 *
 *	airlock-lock 1
 *	named alice/pkg/editor/2024-05-01 34567 DIGEST KEY
 *	needed alice/raw/theme/2024-01-01 120 DIGEST KEY
 *
 * Bytes as served and their SHA-256; the fingerprint of the primary key that
 * has signed them.  "named" is what a user asked for.  Pure.
 */
#ifndef DEPOT_LOCKFILE_H
#define DEPOT_LOCKFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "depot/lines.h"
#include "depot/path.h"

#define LOCKFILE_HEAD	"airlock-lock 1\n"
#define LOCKFILE_DIGEST	32	/* bytes */
#define LOCKFILE_LINE	512	/* array size that each line fits into */

struct lockfile_entry {
	struct depot_path path;
	bool		 named;
	uint64_t	 size;		/* bytes */
	uint8_t		 digest[LOCKFILE_DIGEST];
	uint8_t		 key[32];
	size_t		 key_size;	/* bytes: 20 or 32 */
};

/* Go behind the first line: 0, or -EINVAL if it is another one. */
int	lockfile_begin(struct lines *);
/* The next archive, which must come after the last one, if that is not NULL: 1;
 * 0 at the end; -EINVAL. */
int	lockfile_next(struct lines *, const struct lockfile_entry *last,
	    struct lockfile_entry *next);
/* Its line, with an end after it: bytes without that, or -EINVAL. */
int	lockfile_put(char text[LOCKFILE_LINE], const struct lockfile_entry *);

#endif /* DEPOT_LOCKFILE_H */

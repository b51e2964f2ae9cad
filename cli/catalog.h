/*
 * catalog.h - a publisher's catalog, as text in memory: found in, walked over,
 * and checked as a whole.
 *
 * Who accepted it (a signature, its serial, its expiry) is not seen here.  Text
 * that was not checked can be searched as well: what is found then is of the
 * grammar, but something may not be found.
 */
#ifndef CLI_CATALOG_H
#define CLI_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "depot/catalog.h"

#define CATALOG_NEEDS	32768	/* of one archive, at most */
#define CATALOG_SIZE	((size_t)1 << 32)	/* of a catalog, bytes; unpacked */

struct catalog {
	const char	*text;		/* mapped; NULL: none */
	size_t		 size;		/* bytes */
	struct catalog_head head;
};

/* Map a file, or one below dir: 0; -ENOENT; -EINVAL: its head is none; or
 * -errno.  catalog_close() after either. */
int	catalog_map(struct catalog *, int file);
int	catalog_open(struct catalog *, int dir, const char *name);
void	catalog_close(struct catalog *);

/* Is every line in its place, and valid?  0, or the number of the first one that
 * is not, from 1. */
size_t	catalog_check(const struct catalog *);

/*
 * Find an archive by binary search: true, with what is known of it and the
 * position of its line.  Or take the one at *at, which is moved to the next one;
 * begin with head.size: false at the end, or at a line that is not valid.
 */
bool	catalog_find(const struct catalog *, const char *path,
	    struct catalog_entry *, size_t *at);
bool	catalog_next(const struct catalog *, size_t *at,
	    struct catalog_entry *);

/* What the archive, whose line is at *at, needs: begin with that position, and
 * call until it is false. */
bool	catalog_need(const struct catalog *, size_t *at, struct depot_path *);

#endif /* CLI_CATALOG_H */

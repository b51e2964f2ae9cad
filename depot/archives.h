/*
 * archives.h - the dependencies that a pkg archive's `archives` file lists.
 *
 * One path a line, src, raw or pkg, of any user; blank lines are skipped.  A
 * src archive stands for its bin archive of the architecture asked for.  Pure.
 */
#ifndef DEPOT_ARCHIVES_H
#define DEPOT_ARCHIVES_H

#include <stdbool.h>
#include <stddef.h>

#include "depot/path.h"

#define ARCHIVES_MAX	(256 * 1024)	/* largest such file, bytes */

/* A position in such a file, or in `used_apis`; begins zeroed but for text and size. */
struct archives {
	const char	*text;
	size_t		 size;		/* bytes */
	size_t		 at;
};

/* The next dependency into *path, as written (a src stays a src): 1; 0 at the
 * end; -EINVAL for a line that is no src, raw or pkg archive's path. */
int	archives_next(struct archives *, struct depot_path *path);
/* The next api that a src archive's `used_apis` lists, one a line: a full path, or
 * "name/version" of the same user.  As above. */
int	archives_next_api(struct archives *, const char *user,
	    struct depot_path *path);
/* The bin archive of a src archive: 0, or -EINVAL if arch is no path element or
 * the path would be too long. */
int	archives_bin(struct depot_path *bin, const struct depot_path *src,
	    const char *arch);

/* The dbg archive of a bin archive: 0, or -EINVAL if it is none. */
int	archives_dbg(struct depot_path *dbg, const struct depot_path *bin);

#endif /* DEPOT_ARCHIVES_H */

/*
 * root.h - which depot: ROOT and the directories in it.
 */
#ifndef CLI_ROOT_H
#define CLI_ROOT_H

#include <limits.h>
#include <stdbool.h>

#include "cli/options.h"

struct root {
	char	path[PATH_MAX];
	bool	named;		/* by the user, not by default */
};

/* --root, else $AIRLOCK_ROOT, else /var/lib/airlock for root and
 * $XDG_DATA_HOME/airlock for others: 0, or -errno, said so. */
int	root_choose(struct root *, const struct arguments *);
/* Make ROOT and its directories where they are missing: 0, or -errno, said so.
 * -EPERM: others may write it. */
int	root_make(const struct root *);
/*
 * Open a directory below ROOT for reading: a descriptor, or -ENOENT, not said
 * (a default ROOT before its first use is an empty one), or -errno, said so.
 */
int	root_open(const struct root *, const char *below);

#endif /* CLI_ROOT_H */

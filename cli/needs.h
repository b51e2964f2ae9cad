/*
 * needs.h - what an installed archive needs besides, as it says itself.
 */
#ifndef CLI_NEEDS_H
#define CLI_NEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/catalog.h"
#include "depot/path.h"

struct plan;
struct planned;

/* What of all that is wanted; bits, which its dependencies inherit. */
enum needs {
	NEEDS_BINARY = 1 << 0,	/* a src that is listed stands for its bin */
	NEEDS_SOURCE = 1 << 1,	/* and for itself, with the apis it uses */
	NEEDS_DEBUG = 1 << 2,	/* a bin comes with its dbg */
	NEEDS_WAIVED = 1 << 3,	/* no verification, if there is no key; that is
				 * for one publisher's archives */
};

/*
 * Want all that this archive, which is installed, depends on: what a pkg's
 * `archives` list, what a src's `used_apis` do, a bin's dbg; and for a mirror,
 * what an index lists.  0, also for one
 * that needs nothing; -EINVAL: a list is missing or has a line that is no
 * archive's path, and then nothing of it is wanted.
 */
int	needs_want(struct plan *, const struct planned *);
/* Want an archive as a list names it, in the way in which the list was wanted: a
 * src for its bin, itself, or both.  0, or -EINVAL: it can have no bin. */
int	needs_want_listed(struct plan *, const struct depot_path *,
	    uint32_t needs, bool wanted);

/* Want what a catalog says that an archive needs, whose line is at this position:
 * before it is installed, and needs_want() after that. */
void	needs_want_catalog(struct plan *, const struct planned *,
	    const struct catalog *, size_t at);

#endif /* CLI_NEEDS_H */

/*
 * needs.h - what an installed archive needs besides, as it says itself.
 */
#ifndef CLI_NEEDS_H
#define CLI_NEEDS_H

#include "depot/path.h"

struct plan;

/*
 * Want all that this archive, which is installed, depends on: the `archives` of
 * a pkg, and with --source the `used_apis` of a src.  0, also for one that
 * needs nothing; -EINVAL: a list is missing or has a line that is no archive's
 * path, and then nothing of it is wanted.
 */
int	needs_want(struct plan *, const struct depot_path *);

#endif /* CLI_NEEDS_H */

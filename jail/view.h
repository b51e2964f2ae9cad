/*
 * view.h - the root directory that a worker starts in: a small read-only tmpfs
 * with just the mounts that its kind lists.
 */
#ifndef JAIL_VIEW_H
#define JAIL_VIEW_H

#include "jail/kinds.h"

/*
 * In a fresh mount namespace, with all privileges over it: build the view of a
 * kind and make it the root.  The working directory is the depot's staging
 * directory (KIND_STAGING), and / afterwards.  What fails ends the worker.
 * Follows mount_setattr(2), pivot_root(2).
 */
void	view_enter(const struct kind *);

#endif /* JAIL_VIEW_H */

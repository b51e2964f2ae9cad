/*
 * link.h - whether a symbolic link stays inside its archive.  Pure.
 */
#ifndef DEPOT_LINK_H
#define DEPOT_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A link lies `depth` directories below the archive's top directory (0: in it)
 * and has this target.  True if the target is relative, not empty, and at no
 * component climbs above the top directory, lexically.  Where each directory on the way is a
 * real directory, the kernel resolves it likewise; a link to a link is judged
 * by its own text.
 */
bool	link_stays(size_t depth, const char *target);

#endif /* DEPOT_LINK_H */

/*
 * link.h - whether a symbolic link stays inside its archive.  Pure.
 */
#ifndef DEPOT_LINK_H
#define DEPOT_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A link lies `depth` directories below the archive's top directory (0: in it)
 * and has this target.  True if the target is relative, not empty, begins with
 * at most `depth` "..", and has no ".." after another component: "x/.." may be
 * anywhere when x is a link itself.  Where each directory above the link is a
 * real directory, and each link of the archive passes this test, no chain of
 * them leaves the archive.
 */
bool	link_stays(size_t depth, const char *target);

#endif /* DEPOT_LINK_H */

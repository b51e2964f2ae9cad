/*
 * clear.h - remove a tree that somebody hostile may have made.
 *
 * Not part of the trusted processes: the manager renames, and whoever may write
 * to the depot clears up after it.
 */
#ifndef DEPOT_CLEAR_H
#define DEPOT_CLEAR_H

#include <stdint.h>

/* Remove all that is in a directory, following nothing, however deep it is and
 * whatever its modes are; whoever made it may still be at it.  0 or -errno. */
int	clear_directory(int dir, const char *path);
/* The same; adds the bytes of the files that have no name any more. */
int	clear_measured(int dir, const char *path, uint64_t *bytes);

#endif /* DEPOT_CLEAR_H */

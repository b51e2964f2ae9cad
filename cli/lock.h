/*
 * lock.h - ROOT's lock: one writer at a time.
 *
 * The cli takes it, because it may have to wait, and says for whom; the manager
 * holds it as well, so that it outlives a cli that was killed.
 */
#ifndef CLI_LOCK_H
#define CLI_LOCK_H

#include <sys/types.h>

#include "cli/root.h"
#include "cli/status.h"
#include "cli/view.h"

/*
 * Take the lock of a ROOT that root_make() has made, and wait for it if need be.
 * STATUS_DONE with a descriptor in *lock (the caller's), STATUS_INTERRUPTED, or
 * STATUS_FAILED, said so.
 */
enum status lock_take(const struct root *, struct view *, int *lock);

/* Is it held now?  1, with the holder's pid in *pid (0: not known); 0; or -errno,
 * not said.  Waits for nobody; whoever takes it in this very instant tries
 * again. */
int	lock_look(const struct root *, pid_t *pid);

#endif /* CLI_LOCK_H */

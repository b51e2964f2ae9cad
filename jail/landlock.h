/*
 * landlock.h - files, TCP and signals, as far as the running kernel knows how.
 */
#ifndef JAIL_LANDLOCK_H
#define JAIL_LANDLOCK_H

#include "jail/jail.h"

/* LANDLOCK_ACCESS_FS_*, linux/landlock.h; kept here because a distribution's
 * headers may be older than the kernel that runs. */
#define LANDLOCK_EXECUTE	(UINT64_C(1) << 0)
#define LANDLOCK_WRITE_FILE	(UINT64_C(1) << 1)
#define LANDLOCK_READ_FILE	(UINT64_C(1) << 2)
#define LANDLOCK_READ_DIR	(UINT64_C(1) << 3)
#define LANDLOCK_REMOVE_DIR	(UINT64_C(1) << 4)
#define LANDLOCK_REMOVE_FILE	(UINT64_C(1) << 5)
#define LANDLOCK_MAKE_DIR	(UINT64_C(1) << 7)
#define LANDLOCK_MAKE_REG	(UINT64_C(1) << 8)
#define LANDLOCK_MAKE_SYM	(UINT64_C(1) << 12)
#define LANDLOCK_REFER		(UINT64_C(1) << 13)	/* ABI 2 */
#define LANDLOCK_TRUNCATE	(UINT64_C(1) << 14)	/* ABI 3 */

/* The Landlock layers that this kernel offers, enum jail_layer bits. */
uint32_t landlock_offered(void);
/* Leave open only what the policy lists: 0, or -errno.  A path that does not
 * exist stays closed and is no error.  Nothing, if the kernel has no Landlock. */
int	landlock_close(const struct jail_policy *);

#endif /* JAIL_LANDLOCK_H */

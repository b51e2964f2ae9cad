/*
 * policy.h - what manager and launcher may ask of the kernel.
 */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include <linux/capability.h>

#include "jail/jail.h"

/* What is executed, and by that closed: one more than the highest descriptor
 * that may be opened from then on.  Workers are given as many (jail/spawn.c). */
#define CONFINE_FD_PROGRAM	1024

/* The manager's.  The first POLICY_DEPOT_PATHS of its paths are the depot's; a
 * manager without one, for `verify` and `user`, has only the rest. */
#define POLICY_DEPOT_PATHS	3
extern const struct jail_policy policy_manager;

/* The launcher's: its filter is made of what it does itself and what the outer
 * filters of its workers let pass, since filters add up. */
const struct jail_policy *policy_launcher(void);

/* Capabilities that are left to each if its user is root, as a set of bits. */
#define POLICY_CAP(name)	(UINT64_C(1) << (name))
/* Its files are other uids' until they are checked, and so are its workers. */
#define POLICY_MANAGER_CAPS						\
	(POLICY_CAP(CAP_CHOWN) | POLICY_CAP(CAP_DAC_OVERRIDE) |		\
	    POLICY_CAP(CAP_FOWNER) | POLICY_CAP(CAP_KILL))
/* To wear a worker's uid, and to let one have ours, uid 0 of our namespace, in
 * its own: the kernel asks for the last.  What it takes to make a view a worker
 * has in its own user namespace. */
#define POLICY_LAUNCHER_CAPS						\
	(POLICY_CAP(CAP_SETUID) | POLICY_CAP(CAP_SETGID) |		\
	    POLICY_CAP(CAP_SETFCAP))

#endif /* CLI_POLICY_H */

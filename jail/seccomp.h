/*
 * seccomp.h - from a table of rules to a loaded filter, by libseccomp.
 */
#ifndef JAIL_SECCOMP_H
#define JAIL_SECCOMP_H

#include <seccomp.h>

#include "jail/jail.h"

/*
 * Load the allow-list that groups (ending with a NULL need) describe, for this
 * process and all that it becomes.  What is in no group traps, so that the call
 * can be named; exec, sockets, ptrace and the like end the process at once, as
 * do foreign architectures; calls newer than this list do not exist.
 * 0 or -errno.  Follows seccomp(2) and libseccomp's manual pages.
 */
int	seccomp_allow(const struct jail_group *groups);

/* The same filter, not loaded: seccomp_release() *built, error or not. */
int	seccomp_build(const struct jail_group *groups, scmp_filter_ctx *built);

#endif /* JAIL_SECCOMP_H */

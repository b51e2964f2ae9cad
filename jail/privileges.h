/*
 * privileges.h - giving up what a process could still turn into more.
 */
#ifndef JAIL_PRIVILEGES_H
#define JAIL_PRIVILEGES_H

/*
 * no_new_privs, no capability in any set, none to be had back by exec or uid 0,
 * not dumpable.  0 or -errno.  Idempotent.  See capabilities(7), prctl(2).
 */
int	privileges_drop(void);

#endif /* JAIL_PRIVILEGES_H */

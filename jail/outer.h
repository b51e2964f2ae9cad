/*
 * outer.h - the outer filter of each kind: as a policy, which can be read and
 * shown, and as the program that the launcher loads before exec.
 */
#ifndef JAIL_OUTER_H
#define JAIL_OUTER_H

#include <linux/filter.h>

#include "jail/jail.h"
#include "jail/launcher.h"

/* NULL: no such kind; else ends with a NULL need.  Not linked into the
 * launcher. */
extern const struct jail_group *const outer_groups[LAUNCHER_KINDS];

/* The same, as jail/compile.c made them when airlock was built; without a
 * single instruction, which no kernel loads, where there is no such kind. */
extern const struct sock_fprog outer_filters[LAUNCHER_KINDS];

#endif /* JAIL_OUTER_H */

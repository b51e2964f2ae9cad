/*
 * filter.h - a filter compiled once, loaded in each of a template's children.
 *
 * libseccomp takes a quarter of a millisecond to compile a policy, as much as
 * the rest of a child's jail takes together.
 */
#ifndef JAIL_FILTER_H
#define JAIL_FILTER_H

#include <linux/filter.h>

#include "jail/jail.h"

/* Instructions, 4 KiB of them: what a pipe holds in any case. */
#define FILTER_MAX	512

struct filter {
	unsigned short	   size;	/* instructions */
	struct sock_filter code[FILTER_MAX];
};

/* The filter that seccomp_allow() would load for groups.  Makes a pipe, and
 * closes it.  0 or -errno; -E2BIG: too many rules. */
int	filter_compile(const struct jail_group *groups, struct filter *);

/* Load it, for this process and all that it becomes; no_new_privs must be set.
 * 0 or -errno. */
int	filter_load(const struct filter *);

#endif /* JAIL_FILTER_H */

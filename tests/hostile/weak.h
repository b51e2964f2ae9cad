/*
 * weak.h - filters that let too much through, to see whether attacks notice.
 *
 * Whoever includes this has jail/seccomp.c with one group more in each filter:
 * the linker finds these before those of the library.
 */
#ifndef TESTS_WEAK_H
#define TESTS_WEAK_H

#define seccomp_build	strict_build
#define seccomp_allow	strict_allow
#include "jail/seccomp.c"
#undef seccomp_build
#undef seccomp_allow

#define WEAK_GROUPS	32

int	seccomp_build(const struct jail_group *groups, scmp_filter_ctx *built);
int	seccomp_allow(const struct jail_group *groups);

static const struct jail_rule too_much[] = {
	JAIL_ALLOW(socket), JAIL_ALLOW(keyctl),
};

static void
weaken(const struct jail_group *groups, struct jail_group weak[WEAK_GROUPS])
{
	size_t n = 0;

	for (; groups->need != NULL && n < WEAK_GROUPS - 2; groups++)
		weak[n++] = *groups;
	weak[n++] = (struct jail_group)JAIL_GROUP("nothing", too_much);
	weak[n] = (struct jail_group){ NULL, NULL, 0 };
}

int
seccomp_build(const struct jail_group *groups, scmp_filter_ctx *built)
{
	struct jail_group weak[WEAK_GROUPS];

	weaken(groups, weak);
	return strict_build(weak, built);
}

int
seccomp_allow(const struct jail_group *groups)
{
	struct jail_group weak[WEAK_GROUPS];

	weaken(groups, weak);
	return strict_allow(weak);
}

#endif /* TESTS_WEAK_H */

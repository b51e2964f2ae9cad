/*
 * spawn.h - the outer stage of a jail: from the launcher to a worker's program.
 */
#ifndef JAIL_SPAWN_H
#define JAIL_SPAWN_H

#include <linux/filter.h>
#include <stdint.h>
#include <sys/types.h>

#include "jail/kinds.h"

/* Where the outer filter allows the one exec from; closed by that exec. */
#define SPAWN_FD_PROGRAM	5

#define SPAWN_UID_KEEP		UINT32_MAX

/* What to start.  The descriptors stay the caller's. */
struct spawn {
	const struct kind	*kind;
	const struct sock_fprog	*filter;	/* the outer one, of its kind */
	uint32_t		 uid;		/* to run as; SPAWN_UID_KEEP: the
						 * launcher's, as it has no other */
	int			 program;	/* executable */
	int			 channel;	/* becomes JAIL_FD_CHANNEL */
	int			 input;		/* becomes JAIL_FD_INPUT */
};

/*
 * Start a worker in its namespaces: its pid, a pidfd in *pidfd (the caller's) and
 * the layers that hold in *layers; else -errno, and nothing runs.  The worker is
 * the caller's child.
 */
pid_t	spawn_worker(const struct spawn *, int *pidfd, uint32_t *layers);

/* In a worker before its program runs: what cannot be done (-1, errno) ends it,
 * and the manager hears why. */
void	spawn_must(long result);
_Noreturn void spawn_fail(int error);

#endif /* JAIL_SPAWN_H */

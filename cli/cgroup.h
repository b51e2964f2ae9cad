/*
 * cgroup.h - one budget of memory and processes for all workers together.
 *
 * Limits of a process (jail/spawn.c) always hold; those of a control group hold
 * beside them where the cli's own group (version 2) is delegated to it: in a
 * scope or service of systemd with Delegate=yes, in a container, wherever it may
 * make a group, and nobody else is in its own.  A group with members cannot have
 * members with controllers (the kernel's "no internal processes"), so the cli
 * moves into a group beside the workers' for that time.
 * Follows Documentation/admin-guide/cgroup-v2.rst.
 */
#ifndef CLI_CGROUP_H
#define CLI_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum cgroup_budget {		/* what the kernel has confirmed, bits */
	CGROUP_MEMORY = 1 << 0,
	CGROUP_PIDS = 1 << 1,
};

struct cgroup {
	int		 own;		/* where the cli was started; -1: none */
	int		 workers;	/* the workers', below it; -1: none */
	unsigned int	 holds;		/* enum cgroup_budget */
	unsigned int	 enabled;	/* of these: what own did not have on */
	bool		 moved;		/* the cli is in a group beside them */
	int		 error;		/* why there is none: -errno */
	/* Of one that is closed: */
	unsigned int	 held;		/* what was confirmed */
	uint64_t	 peak;		/* most memory together; 0: not known */
	/* Of one that is open: */
	struct cgroup_count {
		uint64_t count, when;	/* the last that was seen: ms */
	}		 kills, refusals;
};
#define CGROUP_INIT	{ .own = -1, .workers = -1 }

/*
 * Make a group with these limits (bytes; processes) below our own, or do not:
 * then `holds` is 0 and `error` says why: -ENOENT, there is no such hierarchy or
 * no controller; -EACCES, -EPERM, -EROFS, it is not ours; -EBUSY, others are in
 * it.  For cgroup_close() in both cases.
 */
void	cgroup_open(struct cgroup *, uint64_t memory, uint64_t processes);
/* Put a process into it, before it starts others.  On a failure the group is
 * closed. */
void	cgroup_add(struct cgroup *, pid_t);
/* End what is left in it, remove it, and go back where we were. */
void	cgroup_close(struct cgroup *);

/* Has the kernel just killed one of its processes for lack of memory; refused it
 * one more process?  It counts for a second, in which all hear of it whom it
 * concerns. */
bool	cgroup_has_killed(struct cgroup *);
bool	cgroup_has_refused(struct cgroup *);
/* Why there is none, in words. */
const char *cgroup_reason(const struct cgroup *);

#endif /* CLI_CGROUP_H */

#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/level.h"
#include "jail/jail.h"
#include "jail/landlock.h"

/* Can a process like ours have a user namespace, and in it this one?  Asked by a
 * child that does nothing else. */
static bool
can_have(int namespace)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | namespace) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
can_filter(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void
level_probe(struct level *level)
{
	static const int all[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID,
	    CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };
	const int full = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID;

	level->namespaces = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		level->namespaces |= can_have(all[i]) ? all[i] : 0;
	level->landlock = landlock_offered();
	level->has_seccomp = can_filter();
	cgroup_open(&level->group, UINT64_C(1) << 30, 1024);
	cgroup_close(&level->group);
	bool has_full = (level->namespaces & full) == full;
	bool has_landlock = level->landlock & JAIL_LANDLOCK;
	level->name = !level->has_seccomp ? "none" :
	    has_full && has_landlock ? "full" :
	    (level->namespaces & CLONE_NEWNS) || has_landlock ? "strong" :
	    "basic";
}

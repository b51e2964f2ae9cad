/*
 * The inner stage of a jail, run by the worker itself (jail.h).
 *
 * Layers go on from the one that needs the most authority to the one that needs
 * the least: a root of its own (mount), Landlock, privileges, limits, and the
 * filter last, because it forbids all the others.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "jail/filter.h"
#include "jail/jail.h"
#include "jail/landlock.h"
#include "jail/privileges.h"
#include "jail/seccomp.h"
#include "rpc/rpc.h"

/* For the signal handlers, which get no argument. */
static int last_words_fd = -1;

static void
on_violation(int sig, siginfo_t *info, void *ucontext)
{
	(void)sig, (void)ucontext;
	rpc_last_words(last_words_fd, RPC_DEATH_VIOLATION, info->si_syscall);
	_exit(JAIL_EXIT_VIOLATION);
}

static void
on_limit(int sig)
{
	(void)sig;
	rpc_last_words(last_words_fd, RPC_DEATH_CPU, -1);
	_exit(JAIL_EXIT_LIMIT);
}

/* A pid namespace's first process ignores signals that it has no handler for:
 * without these two, neither limit nor trap would end it. */
static int
handlers_install(int channel)
{
	struct sigaction violation = { .sa_sigaction = on_violation,
	    .sa_flags = SA_SIGINFO };
	struct sigaction limit = { .sa_handler = on_limit };

	last_words_fd = channel;
	if (sigaction(SIGSYS, &violation, NULL) == -1 ||
	    sigaction(SIGXCPU, &limit, NULL) == -1)
		return -errno;
	return 0;
}

/* Make dir the root, and let go of everything outside it. */
static int
root_change(const char *dir, unsigned long flags)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount(dir, dir, NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == -1 ||
	    chdir(dir) == -1 ||
	    syscall(SYS_pivot_root, ".", ".") == -1 ||
	    umount2(".", MNT_DETACH) == -1 || chdir("/") == -1)
		return -errno;
	return 0;
}

/* The outer stage's view has these directories.  Where there is no such view,
 * the launcher has told the manager so, and Landlock stands alone. */
static int
has_view(void)
{
	return access("/empty", F_OK) == 0 && access("/staging", F_OK) == 0;
}

static int
root_enter(const struct jail_policy *policy, uint64_t job)
{
	char dir[64];

	if (policy->root == JAIL_ROOT_STAGING) {
		snprintf(dir, sizeof(dir), "%s%llu",
		    has_view() ? "/staging/" : "", (unsigned long long)job);
		if (!has_view())
			return chdir(dir) == -1 ? -errno : 0;
		return root_change(dir, MS_NOSUID | MS_NODEV | MS_NOEXEC);
	}
	if (policy->root == JAIL_ROOT_SLOT) {
		snprintf(dir, sizeof(dir), "%llu", (unsigned long long)job);
		return chdir(dir) == -1 ? -errno : 0;
	}
	if (policy->root == JAIL_ROOT_KEEP || !has_view())
		return 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
		return -errno;
	return root_change("/empty",
	    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static int
limits_set(const struct jail_policy *policy)
{
	/* One second of grace between the signal and the kernel's kill. */
	struct rlimit cpu = { policy->cpu_seconds, policy->cpu_seconds + 1 };
	struct rlimit size = { policy->file_size, policy->file_size }, outer;

	/* The launcher may have been told another (--max-cpu). */
	if (getrlimit(RLIMIT_CPU, &outer) == -1)
		return -errno;
	if (policy->cpu_seconds != 0 && outer.rlim_max == RLIM_INFINITY &&
	    setrlimit(RLIMIT_CPU, &cpu) == -1)
		return -errno;
	if (policy->file_size != RLIM_INFINITY &&
	    setrlimit(RLIMIT_FSIZE, &size) == -1)
		return -errno;
	return 0;
}

/* Landlock forbids to mount, so who must has none; but where there is no view
 * there is nothing to mount, and Landlock all the more needed. */
static int
has_landlock(const struct jail_policy *policy)
{
	return !policy->mounts || !has_view();
}

/* What this stage builds, or ends the process. */
static uint32_t
layers_offered(const struct jail_policy *policy)
{
	return JAIL_SECCOMP | JAIL_NO_NEW_PRIVS | JAIL_LIMITS |
	    (has_landlock(policy) ? landlock_offered() : 0);
}

void
jail_enter_with(const struct jail_policy *policy, const struct filter *filter,
    int channel, uint64_t job)
{
	uint32_t layers = layers_offered(policy);
	int error = handlers_install(channel);

	(void)prctl(PR_SET_NAME, policy->name, 0, 0, 0);
	if (error == 0)
		error = root_enter(policy, job);
	if (error == 0)
		error = privileges_drop();
	if (error == 0 && has_landlock(policy))
		error = landlock_close(policy);
	if (error == 0)
		error = limits_set(policy);
	if (error == 0)
		error = filter == NULL ? seccomp_allow(policy->groups) :
		    filter_load(filter);
	if (error < 0) {
		rpc_last_words(channel, RPC_DEATH_SETUP, -error);
		_exit(JAIL_EXIT_SETUP);
	}
	rpc_say_ready(channel, layers);
}

void
jail_enter(const struct jail_policy *policy, int channel, uint64_t job)
{
	jail_enter_with(policy, NULL, channel, job);
}

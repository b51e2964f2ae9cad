/*
 * The walls around the trusted processes, put up by whoever starts them.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/policy.h"
#include "cli/status.h"
#include "jail/landlock.h"
#include "jail/seccomp.h"

/* linux/prctl.h of Linux 6.3, which a distribution may not have yet */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE			65
#define PR_MDWE_REFUSE_EXEC_GAIN	1
#endif

/* Sanitizers read /proc, and more: no filter and no Landlock for them. */
#if defined(__SANITIZE_ADDRESS__)
#define CONFINES	0
#else
#define CONFINES	1
#endif

int
confine_program(int program)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		err(STATUS_JAIL, "limit on descriptors");
	if (files.rlim_cur <= CONFINE_FD_PROGRAM)
		files.rlim_cur = CONFINE_FD_PROGRAM + 1;
	if (files.rlim_max < files.rlim_cur)
		files.rlim_max = files.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1)
		err(STATUS_JAIL, "%d descriptors are needed (ulimit -Hn)",
		    CONFINE_FD_PROGRAM + 1);
	return dup3(program, CONFINE_FD_PROGRAM, O_CLOEXEC);
}

static int
limits_set(void)
{
	const struct rlimit files = { CONFINE_FD_PROGRAM, CONFINE_FD_PROGRAM };
	const struct rlimit core = { 0, 0 };

	return setrlimit(RLIMIT_NOFILE, &files) == -1 ||
	    setrlimit(RLIMIT_CORE, &core) == -1 ? -errno : 0;
}

/* No capability but these; exec gives root what the bounding set has and this
 * process had. */
static int
privileges_keep(uint64_t keep)
{
	struct __user_cap_header_struct header =
	    { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct has[2];

	/* Refused to who has none to lose. */
	for (unsigned long cap = 0; cap < 64; cap++)
		if ((keep & POLICY_CAP(cap)) == 0)
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (syscall(SYS_capget, &header, has) == -1)
		return -errno;
	for (size_t i = 0; i < 2; i++) {
		has[i].permitted &= (uint32_t)(keep >> 32 * i);
		has[i].effective = has[i].permitted;
		has[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, has) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ? -errno : 0;
}

static void
confine(const char *name, int error, const struct jail_group *groups)
{
	if (error == 0)
		error = limits_set();
	if (error == 0 && CONFINES)
		error = seccomp_allow(groups);
	if (error < 0)
		errx(STATUS_JAIL, "%s: its jail could not be built: %s", name,
		    strerror(-error));
}

/* Landlock's first version, of Linux 5.13 to 5.18, forbids to move a file to
 * another directory: no way to have it and to install. */
int
confine_has_refer(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) != 1;
}

void
confine_manager(void)
{
	struct jail_policy policy = policy_manager;
	int error = privileges_keep(POLICY_MANAGER_CAPS);

	if (fcntl(MANAGER_FD_DEPOT, F_GETFD) == -1)
		policy.paths += POLICY_DEPOT_PATHS;
	umask(022);
	/* What it writes it does not execute, where the kernel can see to it. */
	(void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	if (error == 0 && CONFINES && confine_has_refer())
		error = landlock_close(&policy);
	confine(policy.name, error, policy.groups);
}

void
confine_launcher(void)
{
	const struct jail_policy *policy = policy_launcher();

	confine(policy->name, privileges_keep(POLICY_LAUNCHER_CAPS),
	    policy->groups);
}

/*
 * The policies of the two trusted processes.  The code that they hold is trusted
 * not to do wrong; this is for the day on which it can be made to.
 */
#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "cli/policy.h"
#include "gen/libdirs.h"
#include "jail/inner.h"
#include "jail/kinds.h"
#include "jail/landlock.h"
#include "jail/outer.h"

#define BITS32	UINT64_C(0xffffffff)

/* ---- the manager ---- */

/* Its own program, once. */
static const struct jail_rule start[] = {
	JAIL_ALLOW_IF2(execveat, 0, BITS32, CONFINE_FD_PROGRAM,
	    4, BITS32, AT_EMPTY_PATH),
};

/* By name it only reads, and Landlock leaves it no more than libraries.  Memory
 * may be executable, for the loader; from Linux 6.3 on not what was written. */
static const struct jail_rule loading[] = {
	JAIL_ALLOW(brk), JAIL_ALLOW(mmap), JAIL_ALLOW(mprotect),
	JAIL_ALLOW(munmap), JAIL_ALLOW(mremap), JAIL_ALLOW(madvise),
	JAIL_ALLOW_IF(openat, 2, BITS32 & ~(uint64_t)O_CLOEXEC, 0),
	JAIL_RULES_ACCESS,
	JAIL_ALLOW(set_tid_address), JAIL_ALLOW(set_robust_list),
	JAIL_ALLOW(rseq), JAIL_ALLOW_IF(prlimit64, 2, UINT64_MAX, 0),
	JAIL_ALLOW_IF(prctl, 0, BITS32, PR_SET_NAME),
	JAIL_ALLOW_IF(prctl, 0, BITS32, PR_SET_DUMPABLE),
#ifdef SYS_arch_prctl
	JAIL_ALLOW(arch_prctl),
#endif
};

/* Beneath its directories.  openat2() has its flags behind a pointer: Landlock
 * stands there. */
static const struct jail_rule depot[] = {
	JAIL_ALLOW(openat2), JAIL_ALLOW(unlinkat),
	JAIL_ALLOW(renameat), JAIL_ALLOW(renameat2),
	JAIL_ALLOW(pwrite64), JAIL_ALLOW(ftruncate), JAIL_ALLOW(flock),
	JAIL_ALLOW(syncfs), JAIL_ALLOW(getdents64), JAIL_ALLOW(readlinkat),
	JAIL_ALLOW(fchownat), JAIL_RULES_STAT,
};

/* A channel and a pidfd each, and a look at what they send. */
static const struct jail_rule workers[] = {
	JAIL_ALLOW_IF2(socketpair, 0, BITS32, AF_UNIX,
	    1, 0xf, SOCK_SEQPACKET),
	JAIL_ALLOW(memfd_create), JAIL_FCNTL(F_ADD_SEALS),
	JAIL_ALLOW_IF(waitid, 0, BITS32, P_PIDFD),
	JAIL_ALLOW_IF(pidfd_send_signal, 1, BITS32, SIGKILL),
};

static const struct jail_rule channel[] = {
	JAIL_RULES_CHANNEL, JAIL_RULES_POLL,
	/* To a worker: without waiting for it. */
	JAIL_ALLOW_IF(sendmsg, 2, BITS32 & ~(uint64_t)MSG_NOSIGNAL,
	    MSG_DONTWAIT),
	/* How much the cli has not read yet. */
	JAIL_ALLOW_IF2(ioctl, 0, BITS32, MANAGER_FD_CLI, 1, BITS32, SIOCOUTQ),
	JAIL_ALLOW(geteuid), JAIL_ALLOW(getegid),
};

/* With a bug, by abort(). */
static const struct jail_rule end[] = {
	JAIL_RULES_END, JAIL_RULES_CLOCK,
	JAIL_ALLOW(getpid), JAIL_ALLOW(gettid),
	JAIL_ALLOW_IF(tgkill, 2, BITS32, SIGABRT),
#ifdef SYS_time
	JAIL_ALLOW(time),
#endif
};

static const struct jail_group manager[] = {
	JAIL_GROUP("its own start", start),
	JAIL_GROUP("loading the C library", loading),
	JAIL_GROUP("the depot", depot),
	JAIL_GROUP("workers", workers),
	JAIL_GROUP("channels, descriptors that it holds", channel),
	JAIL_GROUP("its end, time, randomness", end),
	{ NULL, NULL, 0 }
};

/* What is only known by its descriptor. */
#define OPEN(n)		"/proc/self/fd/" NUMBER(n)
#define NUMBER(n)	#n
#define CHANGE								\
	(LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_WRITE_FILE |	\
	    LANDLOCK_TRUNCATE | LANDLOCK_REFER | LANDLOCK_MAKE_DIR |	\
	    LANDLOCK_MAKE_REG | LANDLOCK_REMOVE_DIR |			\
	    LANDLOCK_REMOVE_FILE)

/* First those of a depot, in which its staging lies. */
static const struct jail_path paths[] = {
	{ OPEN(MANAGER_FD_DEPOT), CHANGE },
	{ OPEN(MANAGER_FD_RECEIPTS), CHANGE },
	{ OPEN(MANAGER_FD_QUARANTINE), CHANGE },
	{ OPEN(CONFINE_FD_PROGRAM), LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ LOADER, LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ "/lib", LANDLOCK_READ_FILE },
	{ "/usr/lib", LANDLOCK_READ_FILE },
	{ "/lib64", LANDLOCK_READ_FILE },
	{ "/etc/ld.so.cache", LANDLOCK_READ_FILE },
	{ NULL, 0 }
};

const struct jail_policy policy_manager = {
	.name = "manager",
	.signals = 1,
	.paths = paths,
	.groups = manager,
	.file_size = RLIM_INFINITY,
};

/* ---- the launcher ---- */

/* Of what it does for a worker before the worker's own filter stands; the rest
 * is in the outer filters. */
static const struct jail_rule launching[] = {
	JAIL_ALLOW_IF2(execveat, 0, BITS32, CONFINE_FD_PROGRAM,
	    4, BITS32, AT_EMPTY_PATH),
	JAIL_ALLOW(setresuid), JAIL_ALLOW(setresgid), JAIL_ALLOW(setgroups),
	JAIL_ALLOW(setsid), JAIL_ALLOW(umask),
	JAIL_ALLOW(mkdirat), JAIL_ALLOW(mknodat),
	JAIL_RULES_MOUNT, JAIL_ALLOW(open_tree), JAIL_ALLOW(move_mount),
	JAIL_ALLOW(mount_setattr),
	JAIL_ALLOW_IF(waitid, 0, BITS32, P_PIDFD),
#ifdef SYS_mkdir
	JAIL_ALLOW(mkdir), JAIL_ALLOW(mknod),
#endif
};

/* One group of all of it, without what another row makes needless. */
#define UNION_MAX	512
static struct jail_rule union_rules[UNION_MAX];
static struct jail_group union_groups[] = {
	{ "its own work, and what its workers need", union_rules, 0 },
	{ NULL, NULL, 0 }
};

static int
has_tests(const struct jail_rule *rule)
{
	return rule->test[0].op != JAIL_ANY;
}

/* Does a row that is there already answer for this one? */
static int
is_needless(const struct jail_rule *rule)
{
	for (size_t i = 0; i < union_groups[0].count; i++) {
		const struct jail_rule *r = &union_rules[i];
		if (r->nr != rule->nr)
			continue;
		/* A refusal gives way: the worker's own filter has it, too.
		 * With rows both ways, what is left is refused by a trap. */
		if (!has_tests(r) || memcmp(r, rule, sizeof(*r)) == 0 ||
		    (rule->error != 0 && !has_tests(rule)))
			return 1;
	}
	return 0;
}

static void
union_add(const struct jail_rule *rule)
{
	size_t *n = &union_groups[0].count, kept = 0;

	if (is_needless(rule))
		return;
	for (size_t i = 0; !has_tests(rule) && i < *n; i++)
		if (union_rules[i].nr != rule->nr)
			union_rules[kept++] = union_rules[i];
	if (!has_tests(rule))
		*n = kept;
	if (*n < UNION_MAX)
		union_rules[(*n)++] = *rule;
}

static void
union_add_kinds(int refused)
{
	for (int k = 0; k < LAUNCHER_KINDS; k++)
		for (const struct jail_group *g = outer_groups[k];
		    g != NULL && g->need != NULL; g++)
			for (size_t i = 0; i < g->count; i++)
				if ((g->rules[i].error != 0) == refused)
					union_add(&g->rules[i]);
}

const struct jail_policy *
policy_launcher(void)
{
	static const struct jail_policy policy = {
		.name = "launcher",
		.mounts = 1,
		.groups = union_groups,
		.file_size = RLIM_INFINITY,
	};

	union_groups[0].count = 0;
	for (size_t i = 0; i < sizeof(launching) / sizeof(launching[0]); i++)
		union_add(&launching[i]);
	for (int k = 0; k < LAUNCHER_KINDS; k++) {
		const struct jail_rule clone = JAIL_ALLOW_IF(clone, 0,
		    UINT64_MAX, JAIL_CLONE_FORK | (uint64_t)kinds[k].namespaces);
		union_add(&clone);
	}
	union_add_kinds(0);
	union_add_kinds(1);
	return &policy;
}

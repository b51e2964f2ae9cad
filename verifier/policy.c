/*
 * The policies of the verifier, which executes gpg, and of sequoia, which executes
 * sqv.  What is said of gpg here goes for sqv as well.  Filters add up and outlive exec: what gpg needs, the
 * child needs, and what the child needs, the template.  So each call that only
 * gpg makes is here as well, and what the template alone needs is gone from its
 * children.
 *
 * Two holes that other workers do not have: memory may be made executable,
 * because the loader maps gpg's libraries; and exec is allowed, with Landlock
 * and a view of the file system in which nothing but gpg can be executed.
 *
 * Neither program can execute the other's engine.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>

#include "gen/libdirs.h"
#include "jail/inner.h"
#include "jail/landlock.h"
#include "verifier/policy.h"
#include "verifier/slots.h"
#include "verifier/verifier.h"

/* A fork without threads and namespaces: glibc's fork() sets these two. */
#define FORK_TID	UINT64_C(0x01200000)	/* CHILD_{SET,CLEAR}TID */
/* What an open() that creates or empties a file cannot do without. */
#define OPEN_CHANGES	(O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

static const struct jail_path paths[] = {
	{ "/usr/bin/gpg", LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ LOADER, LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ "/lib", LANDLOCK_READ_FILE },
	{ "/usr/lib", LANDLOCK_READ_FILE },
	{ "/lib64", LANDLOCK_READ_FILE },
	{ ".", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR },
	{ "/dev/null", LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE },
	{ NULL, 0 }
};

static const struct jail_rule channel[] = { JAIL_RULES_CHANNEL };

/* Also executable, for the loader. */
static const struct jail_rule memory[] = {
	JAIL_ALLOW(brk), JAIL_ALLOW(munmap), JAIL_ALLOW(mremap),
	JAIL_ALLOW(madvise), JAIL_ALLOW(mmap), JAIL_ALLOW(mprotect),
	JAIL_ALLOW(mlock),		/* libgcrypt's secure memory */
};

static const struct jail_rule engine[] = {
	JAIL_ALLOW_IF(clone, 0, ~FORK_TID, SIGCHLD),
	JAIL_ALLOW(execve),
	JAIL_ALLOW(wait4),
	JAIL_ALLOW(pipe2), JAIL_ALLOW(dup), JAIL_ALLOW(dup3),
	JAIL_ALLOW(close_range),
#ifdef SYS_dup2
	JAIL_ALLOW(dup2), JAIL_ALLOW(pipe),
#endif
	JAIL_REFUSE(ioctl, ENOTTY),	/* "is it a terminal?" */
};

/* By name, and only those that are there. */
static const struct jail_rule files[] = {
	JAIL_ALLOW_IF(openat, 2, OPEN_CHANGES, 0),
	JAIL_RULES_STAT, JAIL_RULES_ACCESS,
	JAIL_ALLOW(statx), JAIL_ALLOW(faccessat2),
	JAIL_ALLOW(readlinkat), JAIL_ALLOW(getdents64), JAIL_ALLOW(getcwd),
#ifdef SYS_readlink
	JAIL_ALLOW(readlink),
#endif
};

static const struct jail_rule loading[] = {
	JAIL_ALLOW(set_tid_address), JAIL_ALLOW(set_robust_list),
	JAIL_ALLOW(rseq), JAIL_ALLOW(prlimit64), JAIL_ALLOW(sigaltstack),
	JAIL_ALLOW(getpid), JAIL_ALLOW(getppid), JAIL_ALLOW(gettid),
	JAIL_ALLOW(getuid), JAIL_ALLOW(geteuid), JAIL_ALLOW(getgid),
	JAIL_ALLOW(getegid), JAIL_ALLOW(uname), JAIL_ALLOW(sysinfo),
	JAIL_ALLOW(umask), JAIL_ALLOW(getrusage),
	JAIL_ALLOW(sched_getaffinity), JAIL_ALLOW(sched_yield),
#ifdef SYS_arch_prctl
	JAIL_ALLOW(arch_prctl),
#endif
};

/* Orphans of libgpgme's double fork, engine.c; nothing else of prctl. */
static const struct jail_rule orphans[] = {
	JAIL_ALLOW_IF(prctl, 0, 0xffffffff, PR_SET_CHILD_SUBREAPER),
};

static const struct jail_rule waiting[] = {
	JAIL_RULES_POLL, JAIL_RULES_CLOCK, JAIL_RULES_END,
	JAIL_ALLOW(tgkill),		/* raise(): a crash of gpg stays one */
};

static const struct jail_rule forking[] = { JAIL_RULES_TEMPLATE };

#define SHARED								\
	JAIL_GROUP("its channel, descriptors that it holds", channel),	\
	JAIL_GROUP("memory, and the loader's", memory),			\
	JAIL_GROUP("to start gpg, speak with it and see it end", engine), \
	JAIL_GROUP("gpg, its libraries and the home", files),		\
	JAIL_GROUP("what a program asks about itself at its start", loading), \
	JAIL_GROUP("to wait, to know the time, to end", waiting)

static const struct jail_group template_groups[] = {
	SHARED,
	JAIL_GROUP("to fork children, which enter jails of their own", forking),
	{ NULL, NULL, 0 }
};

static const struct jail_group child_groups[] = {
	SHARED,
	JAIL_GROUP("to be the parent of gpg", orphans),
	{ NULL, NULL, 0 }
};

const struct jail_policy policy_template = {
	.name = "verifier",
	.paths = paths,
	.groups = template_groups,
	.file_size = VERIFIER_KEY_FILE,
};

const struct jail_policy policy_child = {
	.name = "verifier",
	.paths = paths,
	.groups = child_groups,
	.cpu_seconds = POLICY_CPU_MAX,
	.file_size = VERIFIER_SIG,
};

/* ---- sequoia ---- */

/* Below it are the slots; what is in them was made before. */
#define SLOT_RIGHTS							\
	(LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE | LANDLOCK_TRUNCATE)
#define SQV_PATHS							\
	{ "/usr/bin/sqv", LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },	\
	{ LOADER, LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },		\
	{ "/lib", LANDLOCK_READ_FILE },					\
	{ "/usr/lib", LANDLOCK_READ_FILE },				\
	{ "/lib64", LANDLOCK_READ_FILE }

static const struct jail_path sequoia_template_paths[] = {
	SQV_PATHS, { ".", SLOT_RIGHTS }, { NULL, 0 }
};
static const struct jail_path sequoia_child_paths[] = {
	SQV_PATHS, { ".", SLOT_RIGHTS }, { SLOT_KEY, LANDLOCK_READ_FILE },
	{ NULL, 0 }
};

/* The signature's file is emptied, and no other can be. */
static const struct jail_rule emptying[] = {
	JAIL_ALLOW_IF(openat, 2, OPEN_CHANGES & ~O_TRUNC, 0),
};

static const struct jail_rule parents[] = {
	JAIL_ALLOW_IF2(prctl, 0, 0xffffffff, PR_SET_PDEATHSIG,
	    1, UINT64_MAX, SIGKILL),
};

static const struct jail_group sequoia_template_groups[] = {
	SHARED,
	JAIL_GROUP("to write a signature where another was", emptying),
	JAIL_GROUP("to fork children, which enter jails of their own", forking),
	{ NULL, NULL, 0 }
};

static const struct jail_group sequoia_child_groups[] = {
	SHARED,
	JAIL_GROUP("to write a signature where another was", emptying),
	JAIL_GROUP("that what it starts ends with it", parents),
	{ NULL, NULL, 0 }
};

const struct jail_policy policy_sequoia_template = {
	.name = "sequoia",
	.paths = sequoia_template_paths,
	.groups = sequoia_template_groups,
	.file_size = VERIFIER_KEY_FILE,
};

const struct jail_policy policy_sequoia_child = {
	.name = "sequoia",
	.root = JAIL_ROOT_SLOT,
	.paths = sequoia_child_paths,
	.groups = sequoia_child_groups,
	.cpu_seconds = POLICY_CPU_MAX,
	.file_size = VERIFIER_SIG,
};

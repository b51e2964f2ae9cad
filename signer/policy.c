/*
 * The signer's policy, which is gpg's as well: filters outlive exec.
 *
 * It speaks with the user's agent, so it may make a local socket, but no other:
 * no network.  It executes gpg and nothing else, writes beneath gpg's home and
 * nowhere else.  Memory may be made executable, because the loader maps gpg's
 * libraries.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include "gen/libdirs.h"
#include "jail/inner.h"
#include "jail/landlock.h"
#include "signer/policy.h"

#define INT_BITS	UINT64_C(0xffffffff)	/* the kernel reads an int */
/* A fork without threads and namespaces: glibc's fork() sets these two. */
#define FORK_TID	UINT64_C(0x01200000)	/* CHILD_{SET,CLEAR}TID */
#define FILE_SIZE	((rlim_t)1 << 30)	/* of a keyring, bytes */
#define REMOVE_FILE	(UINT64_C(1) << 5)	/* LANDLOCK_ACCESS_FS_* */
#define TRUNCATE	(UINT64_C(1) << 14)

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

/* Landlock says which files.  None without a name, none that is setuid. */
#define UNNAMED		(O_TMPFILE & ~O_DIRECTORY)
static const struct jail_rule files[] = {
	JAIL_ALLOW_IF2(openat, 2, UNNAMED, 0, 3, 07000, 0),
	JAIL_RULES_STAT, JAIL_RULES_ACCESS,
	JAIL_ALLOW(statx), JAIL_ALLOW(faccessat2), JAIL_ALLOW(statfs),
	JAIL_ALLOW(readlinkat), JAIL_ALLOW(getdents64), JAIL_ALLOW(getcwd),
	JAIL_ALLOW(unlinkat), JAIL_ALLOW(linkat), JAIL_ALLOW(ftruncate),
	JAIL_ALLOW(flock), JAIL_ALLOW(fsync),
	/* A home that is not there is not made here. */
	JAIL_REFUSE(mkdirat, EACCES), JAIL_REFUSE(fchmodat, EACCES),
	JAIL_REFUSE(renameat, EACCES),
#ifdef SYS_readlink
	JAIL_ALLOW(readlink), JAIL_ALLOW(unlink), JAIL_ALLOW(link),
	JAIL_REFUSE(mkdir, EACCES), JAIL_REFUSE(chmod, EACCES),
	JAIL_REFUSE(rename, EACCES),
#endif
};

/* The agent, and no network.  The system's name services may be asked for the
 * user's entry: a local socket, too. */
#define SO_PEER_PIDFD	77	/* asm-generic/socket.h of Linux 6.5 */
#define UNKNOWN_OPTION(option)						\
	JAIL_REFUSE_IF(getsockopt, ENOPROTOOPT, 2, INT_BITS, (option))
static const struct jail_rule agent[] = {
	JAIL_ALLOW_IF(socket, 0, INT_BITS, AF_UNIX),
	JAIL_ALLOW(connect), JAIL_ALLOW(getpeername),
	JAIL_SOCKET_OPTION(SO_SNDBUF), JAIL_SOCKET_OPTION(SO_RCVBUF),
	/* Who is at the other end?  The cli, too. */
	UNKNOWN_OPTION(SO_PEERCRED), UNKNOWN_OPTION(SO_PEERSEC),
	UNKNOWN_OPTION(SO_PEERGROUPS), UNKNOWN_OPTION(SO_PEER_PIDFD),
	JAIL_ALLOW(sendto), JAIL_ALLOW(recvfrom), JAIL_ALLOW(shutdown),
	JAIL_ALLOW(getsockname), JAIL_ALLOW(sendmmsg),
#ifdef SYS_select
	JAIL_ALLOW(select),
#endif
	JAIL_ALLOW(pselect6),
};

static const struct jail_rule loading[] = {
	JAIL_ALLOW(set_tid_address), JAIL_ALLOW(set_robust_list),
	JAIL_ALLOW(rseq), JAIL_ALLOW(sigaltstack),
	JAIL_ALLOW_IF(prlimit64, 0, INT_BITS, 0),	/* its own */
	JAIL_ALLOW(getpid), JAIL_ALLOW(getppid), JAIL_ALLOW(gettid),
	JAIL_ALLOW(getuid), JAIL_ALLOW(geteuid), JAIL_ALLOW(getgid),
	JAIL_ALLOW(getegid), JAIL_ALLOW(uname), JAIL_ALLOW(sysinfo),
	JAIL_ALLOW(umask), JAIL_ALLOW(getrusage),
	JAIL_ALLOW(sched_getaffinity), JAIL_ALLOW(sched_yield),
#ifdef SYS_arch_prctl
	JAIL_ALLOW(arch_prctl),
#endif
};

static const struct jail_rule waiting[] = {
	JAIL_RULES_POLL, JAIL_RULES_CLOCK, JAIL_RULES_END,
	JAIL_ALLOW(tgkill),		/* raise(): a crash of gpg stays one */
	/* Who holds a lock of gpg's home, does that still live?  As if so. */
	JAIL_REFUSE_IF(kill, EPERM, 1, INT_BITS, 0),
};

static const struct jail_group groups[] = {
	JAIL_GROUP("its channel, descriptors that it holds", channel),
	JAIL_GROUP("memory, and the loader's", memory),
	JAIL_GROUP("to start gpg, speak with it and see it end", engine),
	JAIL_GROUP("gpg, its libraries, the keyring and its locks", files),
	JAIL_GROUP("the user's agent", agent),
	JAIL_GROUP("what a program asks about itself at its start", loading),
	JAIL_GROUP("to wait, to know the time, to end", waiting),
	{ NULL, NULL, 0 }
};

#define HOME	0	/* its place in paths[] */
static struct jail_path paths[] = {
	[HOME] = { NULL, LANDLOCK_READ_FILE | LANDLOCK_READ_DIR |
	    LANDLOCK_WRITE_FILE | LANDLOCK_MAKE_REG | REMOVE_FILE | TRUNCATE |
	    LANDLOCK_REFER },
	{ "/usr/bin/gpg", LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ LOADER, LANDLOCK_EXECUTE | LANDLOCK_READ_FILE },
	{ "/lib", LANDLOCK_READ_FILE },
	{ "/lib64", LANDLOCK_READ_FILE },
	{ "/usr/lib", LANDLOCK_READ_FILE },
	{ "/usr/share/gnupg", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR },
	{ "/etc/ld.so.cache", LANDLOCK_READ_FILE },
	{ "/etc/gnupg", LANDLOCK_READ_FILE },
	{ "/etc/gcrypt", LANDLOCK_READ_FILE },
	/* Who is its user, and what time is it there? */
	{ "/etc/passwd", LANDLOCK_READ_FILE },
	{ "/etc/group", LANDLOCK_READ_FILE },
	{ "/etc/nsswitch.conf", LANDLOCK_READ_FILE },
	{ "/etc/localtime", LANDLOCK_READ_FILE },
	{ "/dev/null", LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE },
	{ NULL, 0 }
};

const struct jail_policy signer_policy = {
	.name = "signer",
	.root = JAIL_ROOT_KEEP,
	.paths = paths,
	.groups = groups,
	.file_size = FILE_SIZE,
};

const struct jail_policy *
policy_for(const char *home)
{
	paths[HOME].path = home;
	return &signer_policy;
}

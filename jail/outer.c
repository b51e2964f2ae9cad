/*
 * The outer filter of each kind of worker.
 *
 * Code of libraries runs before main(), so the outer filter stands before exec.
 * It must let pass what loading, initialising and the inner stage need; the
 * worker's own list (policy.c in its folder) then takes most of that away.
 *
 * Nothing here runs in the launcher: jail/compile.c makes its filters of these
 * tables when airlock is built.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "jail/groups.h"
#include "jail/outer.h"
#include "jail/spawn.h"

/* Exec of the worker's program, which the filter is loaded before. */
static const struct jail_rule start[] = {
	JAIL_ALLOW_IF2(execveat, 0, 0xffffffff, SPAWN_FD_PROGRAM,
	    4, 0xffffffff, AT_EMPTY_PATH),
};

/* The loader, constructors, and libraries that look around. */
static const struct jail_rule loading[] = {
	JAIL_ALLOW(brk), JAIL_ALLOW(mmap), JAIL_ALLOW(mprotect),
	JAIL_ALLOW(munmap), JAIL_ALLOW(mremap), JAIL_ALLOW(madvise),
	JAIL_ALLOW(openat), JAIL_ALLOW(fstat), JAIL_ALLOW(newfstatat),
	JAIL_ALLOW(statx), JAIL_ALLOW(readlinkat), JAIL_ALLOW(getdents64),
	JAIL_ALLOW(getcwd), JAIL_ALLOW(statfs), JAIL_ALLOW(uname),
	JAIL_ALLOW(sysinfo), JAIL_ALLOW(getrusage), JAIL_ALLOW(umask),
	JAIL_ALLOW(set_tid_address), JAIL_ALLOW(set_robust_list),
	JAIL_ALLOW(rseq), JAIL_ALLOW(prlimit64), JAIL_ALLOW(sigaltstack),
	JAIL_ALLOW(sched_getaffinity), JAIL_ALLOW(sched_yield),
	JAIL_ALLOW(getpid), JAIL_ALLOW(getppid), JAIL_ALLOW(gettid),
	JAIL_ALLOW(getuid), JAIL_ALLOW(geteuid), JAIL_ALLOW(getgid),
	JAIL_ALLOW(getegid), JAIL_ALLOW(mlock), JAIL_ALLOW(tgkill),
#ifdef SYS_arch_prctl
	JAIL_ALLOW(arch_prctl), JAIL_ALLOW(readlink), JAIL_ALLOW(getdents),
#endif
	JAIL_RULES_ACCESS, JAIL_ALLOW(faccessat2),
};

static const struct jail_rule running[] = {
	JAIL_RULES_CHANNEL, JAIL_RULES_POLL, JAIL_RULES_END, JAIL_RULES_CLOCK,
	JAIL_ALLOW(dup), JAIL_ALLOW(dup3), JAIL_ALLOW(pipe2),
	JAIL_ALLOW(close_range), JAIL_ALLOW(eventfd2),
	JAIL_REFUSE(ioctl, ENOTTY),	/* no terminal, no device */
#ifdef SYS_dup2
	JAIL_ALLOW(dup2), JAIL_ALLOW(pipe),
#endif
};

static const struct jail_rule entering[] = { JAIL_RULES_ENTER };

#define COMMON								\
	JAIL_GROUP("its own start", start),				\
	JAIL_GROUP("loading and initialising libraries", loading),	\
	JAIL_GROUP("descriptors that it holds, time, its end", running), \
	JAIL_GROUP("entering the inner stage", entering)
#define END	{ NULL, NULL, 0 }

/* Internet sockets; the kernel reads the family as 32 bits. */
static const struct jail_rule dialing[] = {
	JAIL_ALLOW_IF2(socket, 0, 0xffffffff, AF_INET, 2, 0xffffffff, 0),
	JAIL_ALLOW_IF2(socket, 0, 0xffffffff, AF_INET6, 2, 0xffffffff, 0),
	JAIL_REFUSE_IF(socket, EAFNOSUPPORT, 0, 0xffffffff, AF_UNIX),
	JAIL_REFUSE_IF(socket, EAFNOSUPPORT, 0, 0xffffffff, AF_NETLINK),
	JAIL_ALLOW(connect), JAIL_ALLOW(setsockopt), JAIL_ALLOW(getsockname),
	JAIL_ALLOW(getpeername), JAIL_ALLOW(sendto), JAIL_ALLOW(sendmmsg),
	JAIL_ALLOW(writev), JAIL_ALLOW(recvfrom),
};
static const struct jail_group dialer[] = {
	COMMON, JAIL_GROUP("connections and name servers", dialing), END
};

/* Sockets that were connected by others. */
static const struct jail_rule emptying[] = {
	JAIL_RULES_MOUNT,
	JAIL_ALLOW_IF(unshare, 0, UINT64_MAX, CLONE_NEWUSER | CLONE_NEWNS),
};
static const struct jail_rule talking[] = {
	JAIL_REFUSE(socketpair, EPERM),
	JAIL_REFUSE(socket, EACCES),	/* curl_version(), once, before main's
					 * filter: only asks whether IPv6 is there */
	JAIL_REFUSE(connect, EINPROGRESS),
	JAIL_ALLOW(setsockopt), JAIL_ALLOW(getsockname),
	JAIL_ALLOW(getpeername), JAIL_ALLOW(recvfrom),
	JAIL_ALLOW(shutdown),
	JAIL_ALLOW_IF2(sendto, 3, 0x20000000, 0, 4, UINT64_MAX, 0),
};
static const struct jail_group fetcher[] = {
	COMMON, JAIL_GROUP("the inner stage's empty root", emptying),
	JAIL_GROUP("sockets that it is handed", talking), END
};

/* gpg, which libgpgme starts through fork and exec. */
static const struct jail_rule executing[] = {
	JAIL_RULES_TEMPLATE,
	JAIL_ALLOW_IF(clone, 0, ~UINT64_C(0x01200000), SIGCHLD),
	JAIL_ALLOW(execve), JAIL_ALLOW(mkdirat), JAIL_ALLOW(ftruncate),
#ifdef SYS_vfork
	JAIL_ALLOW(mkdir), JAIL_ALLOW(stat), JAIL_ALLOW(open),
#endif
};
static const struct jail_group verifier[] = {
	COMMON, JAIL_GROUP("children, and the OpenPGP engine", executing), END
};

/* And sqv, which opens its input by name: there are fifos for it. */
static const struct jail_rule feeding[] = {
	JAIL_ALLOW_IF(mknodat, 2, S_IFMT, S_IFIFO),
};
static const struct jail_group sequoia[] = {
	COMMON, JAIL_GROUP("children, and the OpenPGP engine", executing),
	JAIL_GROUP("fifos in its home", feeding), END
};

static const struct jail_rule writing[] = {
	JAIL_RULES_TEMPLATE, JAIL_RULES_TEMPLATE_MOUNT,
	JAIL_ALLOW(linkat), JAIL_ALLOW(symlinkat), JAIL_ALLOW(utimensat),
	JAIL_ALLOW_IF(mkdirat, 2, 07000, 0),
};
static const struct jail_group extractor[] = {
	COMMON, JAIL_GROUP("children, and files beneath staging", writing), END
};

const struct jail_group *const outer_groups[LAUNCHER_KINDS] = {
	[LAUNCHER_A_DIALER] = dialer,
	[LAUNCHER_A_FETCHER] = fetcher,
	[LAUNCHER_A_VERIFIER] = verifier,
	[LAUNCHER_AN_EXTRACTOR] = extractor,
	[LAUNCHER_A_SEQUOIA] = sequoia,
};

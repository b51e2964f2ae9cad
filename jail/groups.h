/*
 * groups.h - rules that several policies share, each group for one need.
 *
 * Rows only: a policy lists the groups that it takes, so that it still reads
 * top to bottom as all that its process can ask of the kernel.  Calls that an
 * architecture does not have are left out by name, never by architecture.
 */
#ifndef JAIL_GROUPS_H
#define JAIL_GROUPS_H

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "jail/jail.h"

/* No more than capabilities are checked with: SO_PEERPIDFD, for one, would give
 * a worker a pidfd of the manager. */
#define JAIL_SOCKET_OPTION(option)					\
	JAIL_ALLOW_IF2(getsockopt, 1, 0xffffffff, SOL_SOCKET,		\
	    2, 0xffffffff, (option))

/* Its channel, and descriptors that it holds already.  No leases and locks,
 * which would hold up the manager, no owners of signals. */
#define JAIL_FCNTL(command)	JAIL_ALLOW_IF(fcntl, 1, 0xffffffff, (command))
#define JAIL_RULES_CHANNEL						\
	JAIL_ALLOW(read),						\
	JAIL_ALLOW(write),						\
	JAIL_ALLOW(recvmsg),						\
	JAIL_ALLOW_IF(sendmsg, 2, 0xffffffff & ~0x4000ul, 0),	/* MSG_NOSIGNAL */ \
	JAIL_ALLOW(close),						\
	JAIL_ALLOW(lseek),						\
	JAIL_ALLOW(pread64),						\
	JAIL_ALLOW(fstat),						\
	JAIL_FCNTL(F_DUPFD), JAIL_FCNTL(F_DUPFD_CLOEXEC),		\
	JAIL_FCNTL(F_GETFD), JAIL_FCNTL(F_SETFD),			\
	JAIL_FCNTL(F_GETFL), JAIL_FCNTL(F_SETFL), JAIL_FCNTL(F_GET_SEALS), \
	JAIL_SOCKET_OPTION(SO_TYPE),					\
	JAIL_SOCKET_OPTION(SO_DOMAIN),					\
	JAIL_SOCKET_OPTION(SO_ACCEPTCONN),				\
	JAIL_SOCKET_OPTION(SO_ERROR)

/* Waiting, where the architecture has the old calls. */
#ifdef SYS_poll
#define JAIL_RULES_POLL		JAIL_ALLOW(poll), JAIL_ALLOW(ppoll)
#else
#define JAIL_RULES_POLL		JAIL_ALLOW(ppoll)
#endif

/* Its own end, and the return from its own signal handlers. */
#define JAIL_RULES_END							\
	JAIL_ALLOW(exit),						\
	JAIL_ALLOW(exit_group),						\
	JAIL_ALLOW(rt_sigreturn),					\
	JAIL_ALLOW(rt_sigaction),					\
	JAIL_ALLOW(rt_sigprocmask),					\
	JAIL_ALLOW(restart_syscall)

/* Time, randomness, locks within the process. */
#define JAIL_RULES_CLOCK						\
	JAIL_ALLOW(clock_gettime),					\
	JAIL_ALLOW(clock_nanosleep),					\
	JAIL_ALLOW(gettimeofday),					\
	JAIL_ALLOW(getrandom),						\
	JAIL_ALLOW(futex)

/* A template's: to fork children, and what a child's jail_enter() calls under
 * the template's filter, before its own.  The kernel reads clone's flags as 64
 * bits; all are compared, so that no other namespace and no thread passes. */
#define JAIL_CLONE_FORK		(UINT64_C(0x1000) | SIGCHLD)	/* CLONE_PIDFD */
#define JAIL_RULES_TEMPLATE						\
	JAIL_ALLOW_IF(clone, 0, UINT64_MAX, JAIL_CLONE_FORK),		\
	JAIL_ALLOW_IF(clone, 0, UINT64_MAX,				\
	    JAIL_CLONE_FORK | CLONE_NEWUSER | CLONE_NEWPID),		\
	JAIL_ALLOW(wait4),						\
	JAIL_RULES_ENTER

/* jail_enter() itself, in a policy below which another one is entered. */
#define JAIL_RULES_ENTER						\
	JAIL_ALLOW(prctl),						\
	JAIL_ALLOW(capset),						\
	JAIL_ALLOW(seccomp),						\
	JAIL_ALLOW(landlock_create_ruleset),				\
	JAIL_ALLOW(landlock_add_rule),					\
	JAIL_ALLOW(landlock_restrict_self),				\
	JAIL_ALLOW(prlimit64),						\
	JAIL_ALLOW(openat),						\
	JAIL_ALLOW(chdir),						\
	JAIL_RULES_ACCESS

/* A template whose children get a root of their own (JAIL_ROOT_STAGING). */
#define JAIL_RULES_TEMPLATE_MOUNT					\
	JAIL_ALLOW_IF(clone, 0, UINT64_MAX, JAIL_CLONE_FORK |		\
	    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS),		\
	JAIL_RULES_MOUNT
#define JAIL_RULES_MOUNT						\
	JAIL_ALLOW(mount),						\
	JAIL_ALLOW(umount2),						\
	JAIL_ALLOW(pivot_root)

#ifdef SYS_access
#define JAIL_RULES_ACCESS	JAIL_ALLOW(access), JAIL_ALLOW(faccessat)
#else
#define JAIL_RULES_ACCESS	JAIL_ALLOW(faccessat)
#endif

#endif /* JAIL_GROUPS_H */

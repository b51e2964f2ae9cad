/*
 * jail.h - the inner stage of a jail: what a worker gives up before its first
 * byte of input.
 *
 * The launcher built the outer stage before exec: namespaces, a view of the
 * libraries' directories, own uid, no_new_privs, no capabilities, limits,
 * exactly two descriptors, a first filter.  The worker then loads and initialises its
 * library and calls jail_enter(): empty root, Landlock, its own system-call
 * list.  A policy is data.  There is no "deny" list to forget something in:
 * what is not listed ends the process.  jail_enter() either does all that the
 * kernel offers and the policy asks, or does not return.
 */
#ifndef JAIL_JAIL_H
#define JAIL_JAIL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* The two descriptors of every worker, beside /dev/null as 0, 1 and 2. */
#define JAIL_FD_CHANNEL	3	/* to the manager */
#define JAIL_FD_INPUT	4	/* sealed buffer: a key, certificates, or empty */

/* Exit statuses of a worker that its jail ended, or that had none. */
#define JAIL_EXIT_SETUP		97	/* a layer could not be built */
#define JAIL_EXIT_VIOLATION	98	/* a system call outside the policy */
#define JAIL_EXIT_LIMIT		99	/* out of its processor time */

/* The layers that hold; a bit is set when the kernel has confirmed it. */
enum jail_layer {
	JAIL_SECCOMP	   = 1 << 0,
	JAIL_NO_NEW_PRIVS  = 1 << 1,
	JAIL_LIMITS	   = 1 << 2,
	JAIL_USER_NS	   = 1 << 3,
	JAIL_MOUNT_NS	   = 1 << 4,
	JAIL_PID_NS	   = 1 << 5,
	JAIL_NET_NS	   = 1 << 6,
	JAIL_IPC_NS	   = 1 << 7,	/* and uts, cgroup */
	JAIL_OWN_UID	   = 1 << 8,	/* no uid of the host's users; root only */
	JAIL_LANDLOCK	   = 1 << 9,	/* files */
	JAIL_LANDLOCK_NET  = 1 << 10,	/* TCP, ABI 4 */
	JAIL_LANDLOCK_SCOPE = 1 << 11,	/* signals, abstract sockets, ABI 6 */
};

/* How much has to hold; the numbers are those of cli.h. */
enum jail_level {
	JAIL_BASIC = 1,		/* seccomp, no_new_privs, limits */
	JAIL_STRONG,		/* and a mount namespace or Landlock */
	JAIL_FULL,		/* user, mount and pid namespaces and Landlock */
};

/*
 * One system call.  With tests, every test must hold: (argument & mask) op
 * value.  Arguments that the kernel reads as 32 bits must be masked to 32 bits.
 * Several rows for one call are alternatives.
 */
enum jail_op { JAIL_ANY = 0, JAIL_MASKED_EQ };
struct jail_test {
	enum jail_op	op;	/* JAIL_ANY: no test */
	unsigned int	arg;	/* 0 to 5 */
	uint64_t	mask;	/* for JAIL_MASKED_EQ */
	uint64_t	value;
};
#define JAIL_TESTS	3
struct jail_rule {
	int		 nr;
	int		 error;	/* 0: allowed; else the errno it answers */
	struct jail_test test[JAIL_TESTS];
};

/* Rows of a policy's tables. */
#define JAIL_ALLOW(call)	{ .nr = SYS_##call }
#define JAIL_REFUSE(call, e)	{ .nr = SYS_##call, .error = (e) }
/* Argument arg, only the bits of mask looked at, equals value. */
#define JAIL_ALLOW_IF(call, a, m, v)					\
	{ .nr = SYS_##call, .test = { { JAIL_MASKED_EQ, (a), (m), (v) } } }
#define JAIL_REFUSE_IF(call, e, a, m, v)				\
	{ .nr = SYS_##call, .error = (e),				\
	    .test = { { JAIL_MASKED_EQ, (a), (m), (v) } } }
#define JAIL_ALLOW_IF2(call, a, m, v, a2, m2, v2)			\
	{ .nr = SYS_##call, .test = { { JAIL_MASKED_EQ, (a), (m), (v) },	\
	    { JAIL_MASKED_EQ, (a2), (m2), (v2) } } }

/* Rules with one reason. */
struct jail_group {
	const char		*need;	/* why the process needs them */
	const struct jail_rule	*rules;
	size_t			 count;
};
#define JAIL_GROUP(why, table)						\
	{ (why), (table), sizeof(table) / sizeof((table)[0]) }

/* A path that Landlock leaves open.  rights: LANDLOCK_ACCESS_FS_*, masked to
 * what the running kernel knows. */
struct jail_path {
	const char	*path;	/* "." is the working directory */
	uint64_t	 rights;
};

enum jail_root {
	JAIL_ROOT_KEEP = 0,	/* the outer stage's view stays */
	JAIL_ROOT_EMPTY,	/* an empty read-only directory */
	JAIL_ROOT_STAGING,	/* the job's staging directory (template child) */
	JAIL_ROOT_SLOT,		/* the view stays; the working directory is one
				 * of the template's, which no other living
				 * child has (template child) */
};

/* Directories of a template for its children (JAIL_ROOT_SLOT), called "0" and on
 * in its working directory.  It makes them before it enters its own jail. */
#define JAIL_SLOTS	32

/* What Landlock leaves of TCP. */
enum jail_net {
	JAIL_NET_NONE = 0,
	JAIL_NET_CONNECT,	/* connect(), for the dialer */
};

struct jail_policy {
	const char		*name;		/* of the process: its title */
	enum jail_root		 root;
	enum jail_net		 net;
	int			 mounts;	/* 1: its children mount, which
						 * Landlock forbids: none here,
						 * if there is a view */
	int			 signals;	/* 1: it ends others by signals */
	const struct jail_path	*paths;		/* ends with a NULL path */
	const struct jail_group	*groups;	/* ends with a NULL need */
	rlim_t			 cpu_seconds;	/* 0: none; where the launcher
						 * has set one, that stays */
	rlim_t			 file_size;	/* bytes; RLIM_INFINITY: as left */
};

/*
 * Close the jail.  Violations are reported on channel before the process ends.
 * job names the directory of a JAIL_ROOT_STAGING or JAIL_ROOT_SLOT policy, else
 * 0.
 * The layers of this stage are told on the channel (RPC_READY), before any
 * input.  A layer that the kernel offers but that cannot be built ends the
 * process with JAIL_EXIT_SETUP.
 */
void	jail_enter(const struct jail_policy *, int channel, uint64_t job);

/* The same, with the policy's own filter as filter_compile() made it. */
struct filter;
void	jail_enter_with(const struct jail_policy *, const struct filter *,
	    int channel, uint64_t job);

/*
 * What a template's children will enter: compiled once, before the template
 * enters its own jail, which need not allow for it.  A failure ends the process
 * as one of jail_enter() does.
 */
void	template_prepare(const struct jail_policy *child);

/*
 * Serve template_fork (jail/template.h) on JAIL_FD_CHANNEL for ever; exits 0
 * when the manager hangs up.  Each child enters the prepared policy and runs
 * job(), which owns the channel and returns the child's exit status.  Call it
 * when the library is initialised and the template's own jail entered.  A
 * template links no more input into itself than these records.
 */
_Noreturn void template_serve(int (*job)(int channel));

#endif /* JAIL_JAIL_H */

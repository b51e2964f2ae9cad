/*
 * From the launcher to a worker's program: one clone into all namespaces, then
 * everything is given up that the program shall not have, then exec.
 *
 * A user namespace maps the uid of whoever creates it.  So the launcher puts on
 * the worker's uid for the time of the clone, and its own again after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/privileges.h"
#include "jail/spawn.h"
#include "jail/view.h"
#include "rpc/rpc.h"
#include "rpc/cap.h"

#define UID_INSIDE	1u	/* a worker's uid and gid in its own namespace */

/* Sanitizers reserve terabytes of address space, and report on stderr. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY(kind)	RLIM_INFINITY
#define NULL_FDS	2
#else
#define MEMORY(kind)	((kind)->memory)
#define NULL_FDS	3
#endif

/* In the worker, to the manager. */
static int channel;

void
spawn_fail(int error)
{
	const struct { struct rpc_header header; struct rpc_death death; }
	    word = { { RPC_DEATH, 0 }, { RPC_DEATH_SETUP, -error } };

	(void)!write(channel, &word, sizeof(word));
	_exit(JAIL_EXIT_SETUP);
}

void
spawn_must(long result)
{
	if (result == -1)
		spawn_fail(-errno);
}

/* For a while: the real and the saved ids are the way back. */
static int
ids_wear(const struct spawn *spawn, uint32_t id)
{
	if (spawn->uid != SPAWN_UID_KEEP &&
	    (setresgid((gid_t)-1, id, (gid_t)-1) == -1 ||
		setresuid((uid_t)-1, id, (uid_t)-1) == -1))
		return -errno;
	/* Where no pid namespace ends us with our parent, this has to; but a
	 * change of ids clears it. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ? -errno : 0;
}

static void
file_put(const char *path, const char *text)
{
	CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	spawn_must(fd);
	spawn_must(write(fd, text, strlen(text)));
}

/* The worker has one uid and one gid, and they are not root's, so that exec
 * takes all capabilities away. */
static void
ids_map(uid_t uid, gid_t gid)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "%u %u 1", UID_INSIDE, uid);
	snprintf(gids, sizeof(gids), "%u %u 1", UID_INSIDE, gid);
	/* Else /proc/self is root's since the uid has changed. */
	spawn_must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	file_put("/proc/self/setgroups", "deny");
	file_put("/proc/self/uid_map", uids);
	file_put("/proc/self/gid_map", gids);
}

/* For good: real and saved ids too. */
static void
ids_fix(const struct spawn *spawn, int namespaces, uid_t euid, gid_t egid)
{
	uint32_t id = spawn->uid;

	if (namespaces & CLONE_NEWUSER) {
		ids_map(euid, egid);
		id = UID_INSIDE;
	} else if (id != SPAWN_UID_KEEP) {
		spawn_must(ids_wear(spawn, 0) < 0 ? -1 : 0);
		spawn_must(setgroups(0, NULL));
	} else
		return;
	spawn_must(setresgid(id, id, id));
	spawn_must(setresuid(id, id, id));
}

static void
limits_set(const struct spawn *spawn, int namespaces)
{
	const struct kind *kind = spawn->kind;
	/* Processes are counted by uid: not those of the user's whole session. */
	bool counts = namespaces & CLONE_NEWUSER ||
	    spawn->uid != SPAWN_UID_KEEP;
	const struct { int resource; rlim_t value; } limits[] = {
		{ RLIMIT_CORE, 0 },
		/* Those on their way to others are counted by uid, and all
		 * workers of a kind may have one. */
		{ RLIMIT_NOFILE, 1024 },
		{ RLIMIT_MEMLOCK, 64 * 1024 },
		{ RLIMIT_AS, MEMORY(kind) },
		{ RLIMIT_CPU, kind->cpu_seconds },
		{ RLIMIT_NPROC, counts ? kind->processes : RLIM_INFINITY },
		{ RLIMIT_FSIZE, kind->file_size },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		/* The signal comes first: the kernel's kill would look like an
		 * accident. */
		struct rlimit rl = { limits[i].value, limits[i].value +
		    (limits[i].resource == RLIMIT_CPU) };
		if (limits[i].value != RLIM_INFINITY)
			spawn_must(setrlimit(
			    (__rlimit_resource_t)limits[i].resource, &rl));
	}
}

/* Exactly the listed descriptors, whatever the launcher has open.  The sources
 * are first moved out of the way of the targets. */
static void
descriptors_set(const struct spawn *spawn)
{
	char input[32];
	int fds[3], null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A description of its own: other workers may have the same input, and
	 * an offset that two share is a channel between them. */
	snprintf(input, sizeof(input), "/proc/self/fd/%d", spawn->input);
	const int from[] = { spawn->channel, open(input, O_RDONLY | O_CLOEXEC),
	    spawn->program };
	for (int i = 0; i < NULL_FDS; i++)
		spawn_must(dup2(null, i));
	for (int i = 0; i < 3; i++)
		spawn_must(fds[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 32));
	channel = fds[0];
	for (int i = 0; i < 3; i++)
		spawn_must(dup3(fds[i], JAIL_FD_CHANNEL + i,
		    i < 2 ? 0 : O_CLOEXEC));
	channel = JAIL_FD_CHANNEL;
	spawn_must(close_range(SPAWN_FD_PROGRAM + 1, ~0u, 0));
}

static _Noreturn void
worker_exec(const struct spawn *spawn, int namespaces, uid_t euid, gid_t egid)
{
	char *argv[] = { (char *)(uintptr_t)spawn->kind->title, NULL };
	char *envp[] = { NULL };
	sigset_t none;
	int error;

	ids_fix(spawn, namespaces, euid, egid);
	descriptors_set(spawn);
	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	spawn_must(sigprocmask(SIG_SETMASK, &none, NULL));
	spawn_must(setsid());
	spawn_must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
	umask(077);
	if (namespaces & CLONE_NEWNS)
		view_enter(spawn->kind);
	limits_set(spawn, namespaces);
	if ((error = privileges_drop()) < 0)
		spawn_fail(error);
	spawn_must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
	    spawn->filter));
	spawn_must(syscall(SYS_execveat, SPAWN_FD_PROGRAM, "", argv, envp,
	    AT_EMPTY_PATH));
	_exit(JAIL_EXIT_SETUP);
}

/* All kinds have the same namespaces (jail/kinds.c), but for the network. */
static uint32_t
layers_of(const struct spawn *spawn, int namespaces)
{
	uint32_t layers = namespaces == 0 ? 0 : JAIL_USER_NS | JAIL_MOUNT_NS |
	    JAIL_PID_NS | JAIL_IPC_NS;

	if (namespaces & CLONE_NEWNET)
		layers |= JAIL_NET_NS;
	return layers | JAIL_LIMITS |
	    (spawn->uid != SPAWN_UID_KEEP ? JAIL_OWN_UID : 0);
}

static pid_t
worker_clone(const struct spawn *spawn, int namespaces, int *pidfd)
{
	/* Inside, the ids have no names yet. */
	uid_t euid = geteuid();
	gid_t egid = getegid();
	pid_t pid = (pid_t)syscall(SYS_clone, (unsigned long)namespaces |
	    CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, NULL);

	if (pid == 0) {
		channel = spawn->channel;
		worker_exec(spawn, namespaces, euid, egid);
	}
	return pid;
}

pid_t
spawn_worker(const struct spawn *spawn, int *pidfd, uint32_t *layers)
{
	int namespaces = spawn->kind->namespaces;
	int error = ids_wear(spawn, spawn->uid);
	pid_t pid;

	if (error < 0)
		return error;
	/* A stated degradation: the layers tell the manager. */
	while ((pid = worker_clone(spawn, namespaces, pidfd)) == -1 &&
	    namespaces != 0)
		namespaces &= namespaces & CLONE_NEWNET ? ~CLONE_NEWNET : 0;
	error = -errno;
	if (ids_wear(spawn, 0) < 0)
		_exit(JAIL_EXIT_SETUP);		/* we are nobody any more */
	*layers = layers_of(spawn, namespaces);
	return pid == -1 ? error : pid;
}

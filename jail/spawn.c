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
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/privileges.h"
#include "jail/seccomp.h"
#include "jail/spawn.h"
#include "jail/view.h"
#include "rpc/cap.h"

#define FD_REPORT	6	/* to the launcher; closed by a successful exec */
#define UID_INSIDE	1	/* a worker's uid and gid in its own namespace */

/* Sanitizers reserve terabytes of address space, and report on stderr. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY(kind)	RLIM_INFINITY
#define NULL_FDS	2
#else
#define MEMORY(kind)	((kind)->memory)
#define NULL_FDS	3
#endif

static int
ids_set(uint32_t uid)
{
	/* Each -1 leaves the real and the saved id: the way back. */
	return uid != SPAWN_UID_KEEP && (setresgid((gid_t)-1, uid,
	    (gid_t)-1) == -1 || setresuid((uid_t)-1, uid, (uid_t)-1) == -1) ?
	    -errno : 0;
}

static int
ids_return(uint32_t uid)
{
	return uid != SPAWN_UID_KEEP && (setresuid((uid_t)-1, 0,
	    (uid_t)-1) == -1 || setresgid((gid_t)-1, 0, (gid_t)-1) == -1) ?
	    -errno : 0;
}

static int
file_put(const char *path, unsigned int inside, unsigned int outside)
{
	CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd == -1 || dprintf(fd, "%u %u 1", inside, outside) < 0 ?
	    -errno : 0;
}

/* The worker has one uid and one gid, and they are not root's, so that exec
 * takes all capabilities away. */
static int
ids_map(uid_t uid, gid_t gid)
{
	int error;

	/* Else /proc/self is root's since the uid has changed. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return -errno;
	CLOSE int groups = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (groups == -1 || write(groups, "deny", 4) != 4)
		return -errno;
	if ((error = file_put("/proc/self/uid_map", UID_INSIDE, uid)) == 0)
		error = file_put("/proc/self/gid_map", UID_INSIDE, gid);
	return error;
}

/* For good: real and saved ids too. */
static int
ids_fix(const struct spawn *spawn, int namespaces, uid_t euid, gid_t egid)
{
	int error = 0;
	uint32_t uid = spawn->uid;

	if (namespaces & CLONE_NEWUSER) {
		error = ids_map(euid, egid);
		uid = UID_INSIDE;
	} else if (uid == SPAWN_UID_KEEP)
		return 0;
	else if (ids_return(uid) < 0 || setgroups(0, NULL) == -1)
		return -errno;
	if (error == 0 && (setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1))
		error = -errno;
	return error;
}

static int
limits_set(const struct kind *kind)
{
	const struct { int resource; rlim_t value; } limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NOFILE, 64 },
		{ RLIMIT_MEMLOCK, 64 * 1024 },
		{ RLIMIT_AS, MEMORY(kind) },
		{ RLIMIT_CPU, kind->cpu_seconds },
		{ RLIMIT_NPROC, kind->processes },
		{ RLIMIT_FSIZE, kind->file_size },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit rl = { limits[i].value, limits[i].value };
		if (limits[i].value != RLIM_INFINITY &&
		    setrlimit((__rlimit_resource_t)limits[i].resource, &rl)
		    == -1)
			return -errno;
	}
	return 0;
}

/* Exactly the listed descriptors, whatever the launcher has open.  The sources
 * are first moved out of the way of the targets. */
static int
descriptors_set(const struct spawn *spawn, int report)
{
	CLOSE int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int from[] = { spawn->channel, spawn->input, spawn->program,
	    report };
	int high[4];

	for (int i = 0; i < NULL_FDS; i++)
		if (dup2(null, i) == -1)
			return -errno;
	for (int i = 0; i < 4; i++)
		if ((high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 32)) == -1)
			return -errno;
	for (int i = 0; i < 4; i++)
		if (dup3(high[i], JAIL_FD_CHANNEL + i,
		    i < 2 ? 0 : O_CLOEXEC) == -1)
			return -errno;
	null = -1;	/* closed with the rest */
	return close_range(FD_REPORT + 1, ~0u, 0) == -1 ? -errno : 0;
}

static int
worker_prepare(const struct spawn *spawn, int namespaces)
{
	sigset_t none;
	int error = 0;

	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == -1 || setsid() == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -errno;
	umask(077);
	if (namespaces & CLONE_NEWNS)
		error = view_enter(spawn->kind, spawn->origin);
	if (error == 0)
		error = limits_set(spawn->kind);
	if (error == 0)
		error = privileges_drop();
	return error == 0 ? seccomp_allow(spawn->kind->groups) : error;
}

static _Noreturn void
worker_exec(const struct spawn *spawn, int report, int namespaces, uid_t euid,
    gid_t egid)
{
	char *argv[] = { (char *)(uintptr_t)spawn->kind->title, NULL };
	char *envp[] = { NULL };
	int error = ids_fix(spawn, namespaces, euid, egid);

	if (error == 0 && (error = descriptors_set(spawn, report)) == 0) {
		report = FD_REPORT;
		error = worker_prepare(spawn, namespaces);
	}
	if (error == 0) {
		syscall(SYS_execveat, SPAWN_FD_PROGRAM, "", argv, envp,
		    AT_EMPTY_PATH);
		error = -errno;
	}
	(void)!write(report, &error, sizeof(error));
	_exit(JAIL_EXIT_SETUP);
}

static uint32_t
layers_of(const struct spawn *spawn, int namespaces)
{
	return JAIL_LIMITS |
	    (spawn->uid != SPAWN_UID_KEEP ? (uint32_t)JAIL_OWN_UID : 0) |
	    (namespaces & CLONE_NEWUSER ? (uint32_t)JAIL_USER_NS : 0) |
	    (namespaces & CLONE_NEWNS ? (uint32_t)JAIL_MOUNT_NS : 0) |
	    (namespaces & CLONE_NEWPID ? (uint32_t)JAIL_PID_NS : 0) |
	    (namespaces & CLONE_NEWNET ? (uint32_t)JAIL_NET_NS : 0) |
	    (namespaces & CLONE_NEWIPC ? (uint32_t)JAIL_IPC_NS : 0);
}

static pid_t
worker_clone(const struct spawn *spawn, int report, int namespaces, int *pidfd)
{
	/* Inside, the ids have no names yet. */
	uid_t euid = geteuid();
	gid_t egid = getegid();
	pid_t pid = (pid_t)syscall(SYS_clone, (unsigned long)namespaces |
	    CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, NULL);

	if (pid == 0)
		worker_exec(spawn, report, namespaces, euid, egid);
	return pid;
}

int
spawn_worker(const struct spawn *spawn, int *pidfd, uint32_t *layers)
{
	int namespaces = spawn->kind->namespaces;
	int ends[2], fd = -1, error = 0;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -errno;
	CLOSE int in = ends[0];
	CLOSE int out = ends[1];
	if ((error = ids_set(spawn->uid)) < 0)
		return error;
	pid_t pid = worker_clone(spawn, out, namespaces, &fd);
	if (pid == -1) {
		/* A stated degradation: the layers tell the manager. */
		namespaces = 0;
		pid = worker_clone(spawn, out, 0, &fd);
	}
	error = pid == -1 ? -errno : 0;
	if (ids_return(spawn->uid) < 0)
		_exit(JAIL_EXIT_SETUP);		/* we are nobody any more */
	cap_close_fd(&out);
	/* It ends when the worker has exec'ed, or has failed and said so. */
	if (error == 0 && read(in, &error, sizeof(error)) == 0)
		error = 0;
	if (error < 0) {
		cap_close_fd(&fd);
		return error;
	}
	*pidfd = fd;
	*layers = layers_of(spawn, namespaces);
	return 0;
}

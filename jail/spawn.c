/*
 * Three processes take part.  The launcher forks a helper, which puts on the
 * worker's uid and then clones the worker into its namespaces as the launcher's
 * own child (CLONE_PARENT): a namespace must be created by the uid that is to
 * live in it, and the launcher keeps its own.  The helper ends at once.
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
#include <sys/wait.h>
#include <unistd.h>

#include "jail/privileges.h"
#include "jail/seccomp.h"
#include "jail/spawn.h"
#include "jail/view.h"
#include "rpc/cap.h"

#define FD_REPORT	6	/* to the launcher; closed by a successful exec */
#define UID_INSIDE	1	/* a worker's uid and gid in its own namespace */

/* What helper and worker tell the launcher, through a pipe. */
struct report {
	int32_t	 error;		/* -errno: it failed */
	int32_t	 pid;		/* of the worker, in the launcher's namespace */
	uint32_t layers;
};

static _Noreturn void
report_exit(int fd, int error)
{
	struct report report = { .error = error };

	(void)!write(fd, &report, sizeof(report));
	_exit(1);
}

static int
file_put(const char *path, const char *text)
{
	CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd == -1 || dprintf(fd, "%s", text) < 0 ? -errno : 0;
}

/* The worker has one uid and one gid, and they are not root's, so that exec
 * takes all capabilities away. */
static int
ids_map(uid_t outside_uid, gid_t outside_gid)
{
	char line[64];

	snprintf(line, sizeof(line), "%d %u 1", UID_INSIDE, outside_uid);
	int error = file_put("/proc/self/uid_map", line);
	if (error == 0)
		error = file_put("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%d %u 1", UID_INSIDE, outside_gid);
	return error == 0 ? file_put("/proc/self/gid_map", line) : error;
}

/* Sanitizers reserve terabytes of address space, */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY(kind)	RLIM_INFINITY
#define NULL_FDS	2	/* and they report on standard error */
#else
#define MEMORY(kind)	((kind)->memory)
#define NULL_FDS	3
#endif

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
	const int from[] = { spawn->channel, spawn->input, spawn->program,
	    report };
	int high[4];

	for (int i = 0; i < 4; i++)
		if ((high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 32)) == -1)
			return -errno;
	for (int i = 0; i < 4; i++)
		if (dup3(high[i], JAIL_FD_CHANNEL + i,
		    i < 2 ? 0 : O_CLOEXEC) == -1)
			return -errno;
	return close_range(FD_REPORT + 1, ~0u, 0) == -1 ? -errno : 0;
}

/* No terminal, no log: what a worker has to say goes through its channel. */
static int
null_open(void)
{
	CLOSE int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd == -1)
		return -errno;
	for (int i = 0; i < NULL_FDS; i++)
		if (dup2(fd, i) == -1)
			return -errno;
	return 0;
}

/* The launcher's own, which exec would hand on. */
static int
signals_reset(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	return sigprocmask(SIG_SETMASK, &none, NULL) == -1 ? -errno : 0;
}

static int
worker_prepare(const struct spawn *spawn, int namespaces)
{
	int error = 0;

	if (setsid() == -1 && errno != EPERM)
		return -errno;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -errno;
	umask(077);
	if ((error = signals_reset()) < 0 || (error = null_open()) < 0)
		return error;
	if (namespaces & CLONE_NEWNS)
		error = view_enter(spawn->kind, spawn->origin);
	if (error == 0)
		error = limits_set(spawn->kind);
	if (error == 0)
		error = privileges_drop();
	return error == 0 ? seccomp_allow(spawn->kind->groups) : error;
}

static _Noreturn void
worker_exec(const struct spawn *spawn, int report, int namespaces,
    uid_t outside_uid, gid_t outside_gid)
{
	char *argv[] = { (char *)(uintptr_t)spawn->kind->title, NULL };
	char *envp[] = { NULL };
	int error = 0;

	if (namespaces & CLONE_NEWUSER)
		error = ids_map(outside_uid, outside_gid);
	if (error == 0)
		error = descriptors_set(spawn, report);
	if (error < 0)
		report_exit(report, error);
	if ((error = worker_prepare(spawn, namespaces)) == 0)
		syscall(SYS_execveat, SPAWN_FD_PROGRAM, "", argv, envp,
		    AT_EMPTY_PATH);
	report_exit(FD_REPORT, error == 0 ? -errno : error);
}

static uint32_t
layers_of(int namespaces)
{
	return (namespaces & CLONE_NEWUSER ? (uint32_t)JAIL_USER_NS : 0) |
	    (namespaces & CLONE_NEWNS ? (uint32_t)JAIL_MOUNT_NS : 0) |
	    (namespaces & CLONE_NEWPID ? (uint32_t)JAIL_PID_NS : 0) |
	    (namespaces & CLONE_NEWNET ? (uint32_t)JAIL_NET_NS : 0) |
	    (namespaces & CLONE_NEWIPC ? (uint32_t)JAIL_IPC_NS : 0);
}

static int
uid_change(uint32_t uid)
{
	if (uid == SPAWN_UID_KEEP)
		return 0;
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return -errno;
	/* Else /proc/self belongs to root, and its maps cannot be written. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ? -errno : 0;
}

static _Noreturn void
helper_run(const struct spawn *spawn, int report)
{
	struct report done = { .layers = spawn->uid == SPAWN_UID_KEEP ? 0 :
	    JAIL_OWN_UID };
	int namespaces = spawn->kind->namespaces;
	int error = uid_change(spawn->uid);
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (error < 0)
		report_exit(report, error);
	pid_t pid = (pid_t)syscall(SYS_clone, (unsigned long)namespaces |
	    CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == -1) {
		/* A stated degradation: the layers below tell the manager. */
		namespaces = 0;
		pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL,
		    NULL, NULL, NULL);
	}
	if (pid == -1)
		report_exit(report, -errno);
	if (pid == 0)
		worker_exec(spawn, report, namespaces, uid, gid);
	done.pid = pid;
	done.layers |= layers_of(namespaces);
	_exit(write(report, &done, sizeof(done)) == sizeof(done) ? 0 : 1);
}

/* The helper's report, or the first failure. */
static int
report_read(int fd, struct report *report)
{
	struct report next;
	int got = 0;

	while (read(fd, &next, sizeof(next)) == sizeof(next)) {
		if (next.error < 0)
			return next.error;
		*report = next;
		got = 1;
	}
	return got ? 0 : -ECHILD;
}

int
spawn_worker(const struct spawn *spawn, int *pidfd, uint32_t *layers)
{
	struct report report = { 0 };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -errno;
	CLOSE int in = ends[0];
	pid_t helper = fork();
	if (helper == 0)
		helper_run(spawn, ends[1]);
	int error = helper == -1 ? -errno : 0;
	close(ends[1]);
	/* It ends when the worker has exec'ed, or all of them are gone. */
	if (error == 0)
		error = report_read(in, &report);
	if (helper != -1)
		waitpid(helper, NULL, 0);
	if (error < 0)
		return error;
	/* Our own child, not yet reaped: the number cannot be another's. */
	*pidfd = (int)syscall(SYS_pidfd_open, report.pid, 0);
	*layers = report.layers | jail_offered();
	return *pidfd == -1 ? -errno : 0;
}

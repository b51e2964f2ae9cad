/*
 * Starting launcher and manager, with exactly what each is to hold.
 *
 * The launcher's namespaces are made here, because only the process outside can
 * give it uids: as root a range that nobody else on the host has, so that
 * neither it nor a worker is root of the host; else the user's own.  It gets the
 * workers' programs as open files and the staging directory as its working
 * directory, because both may lie where its new uid cannot go.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/start.h"
#include "cli/status.h"
#include "depot/clear.h"
#include "depot/store.h"
#include "jail/launcher.h"
#include "jail/spawn.h"
#include "rpc/rpc.h"

#define START_PROCESSES	1024	/* of all workers together; they need some 100 */
#define NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)

/* Where the launcher is at home, and what it and the manager are made of. */
struct start {
	int	manager, launcher;		/* programs */
	int	program[LAUNCHER_PROGRAMS];
	struct store store;			/* ROOT's, or none */
	int	lock;				/* -1: none */
	int	usage;				/* the launcher's end */
	uint64_t limit[LAUNCHER_ARGUMENTS];	/* but its first */
	int	cli_pair[2], launcher_pair[2];	/* [0] is the manager's */
};

#define START_INIT(held)						\
	{ .cli_pair = { -1, -1 }, .launcher_pair = { -1, -1 },		\
	    .store = STORE_NONE, .lock = (held), .usage = -1 }

static const char *const program_names[LAUNCHER_PROGRAMS] = {
	[LAUNCHER_DIALER] = "dialer",
	[LAUNCHER_FETCHER] = "fetcher",
	[LAUNCHER_VERIFIER] = "verifier",
	[LAUNCHER_EXTRACTOR] = "extractor",
	[LAUNCHER_SEQUOIA] = "sequoia",
};

static int
programs_open(struct start *s, const char *const workers[LAUNCHER_PROGRAMS])
{
	s->manager = program_open("manager");
	s->launcher = program_open("launcher");
	if (s->manager < 0 || s->launcher < 0)
		return -ENOENT;
	for (size_t i = 0; i < LAUNCHER_PROGRAMS; i++)
		if ((s->program[i] = program_open(workers[i])) < 0)
			return s->program[i];
	return 0;
}

/* For the manager; and what a run has left that was killed is cleared. */
static int
directories_open(struct start *s, const char *root, struct started *started)
{
	int error = root == NULL ? 0 : store_open(&s->store, root);

	if (error < 0)
		warnx("%s: %s", root, error == -EPERM ? "somebody else owns a "
		    "part of it, or may write to it" : strerror(-error));
	if (error < 0 || root == NULL)
		return error;
	started->staging = fcntl(s->store.staging, F_DUPFD_CLOEXEC, 0);
	(void)clear_directory(s->store.staging, ".");
	return started->staging == -1 ? -errno : 0;
}

static void
start_close(struct start *s)
{
	cap_close_fd(&s->manager);
	cap_close_fd(&s->launcher);
	for (size_t i = 0; i < LAUNCHER_PROGRAMS; i++)
		cap_close_fd(&s->program[i]);
	store_close(&s->store);
	cap_close_fd(&s->usage);
	cap_close_fd(&s->cli_pair[0]);
	cap_close_fd(&s->launcher_pair[0]);
	cap_close_fd(&s->launcher_pair[1]);
}

static _Noreturn void
manager_exec(const struct start *s)
{
	const int from[] = { s->cli_pair[0], s->launcher_pair[0],
	    s->store.depot, s->store.receipts, s->store.quarantine,
	    s->store.staging, s->lock };
	char *argv[] = { (char *)(uintptr_t)"manager", NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* Ctrl-C and Ctrl-Z are the cli's to hear; exec hands this on. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	program_exec(s->manager, argv, NULL, from,
	    sizeof(from) / sizeof(from[0]), confine_manager);
	err(1, "manager");
}

static _Noreturn void
launcher_exec(const struct start *s, uint32_t uids)
{
	int from[2 + LAUNCHER_PROGRAMS] = { s->launcher_pair[1],
	    [1 + LAUNCHER_PROGRAMS] = s->usage };
	char numbers[LAUNCHER_ARGUMENTS][24] = { "launcher" };
	char *argv[LAUNCHER_ARGUMENTS + 1] = { numbers[0] };

	for (size_t i = 1; i < LAUNCHER_ARGUMENTS; i++) {
		snprintf(numbers[i], sizeof(numbers[i]), "%" PRIu64,
		    i == LAUNCHER_UIDS ? uids : s->limit[i]);
		argv[i] = numbers[i];
	}
	memcpy(from + 1, s->program, sizeof(s->program));
	program_exec(s->launcher, argv, NULL, from, 2 + LAUNCHER_PROGRAMS,
	    confine_launcher);
	err(1, "launcher");
}

/* Are we root, with the workers' uids to give away?  Not in a container that has
 * fewer; there root is just another user of the host. */
static bool
has_uids(void)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long first, outside, count;
	bool has = false;

	while (map != NULL &&
	    fscanf(map, "%lu %lu %lu", &first, &outside, &count) == 3)
		has |= first <= LAUNCHER_UID_BASE && count >= LAUNCHER_UID_COUNT
		    && LAUNCHER_UID_BASE - first <= count - LAUNCHER_UID_COUNT;
	if (map != NULL)
		fclose(map);
	return geteuid() == 0 && has;
}

/* In the launcher's process, before its program: its uid. */
static _Noreturn void
launcher_run(const struct start *s, int go)
{
	char mapped = 0;

	if (read(go, &mapped, 1) != 1)
		_exit(1);
	if (mapped == 'n')
		launcher_exec(s, has_uids() ? LAUNCHER_UID_BASE :
		    SPAWN_UID_KEEP);
	/* 'r': a range was mapped, whose first uid is ours. */
	if (mapped == 'r' && (setgroups(0, NULL) == -1 ||
	    setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1))
		err(1, "launcher: uid");
	launcher_exec(s, mapped == 'r' ? 0 : SPAWN_UID_KEEP);
}

static int
map_write(pid_t pid, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd == -1 || dprintf(fd, "%s", text) < 0 ? -errno : 0;
}

/* Give the new user namespace its ids: 'r' for a range, 's' for our own single
 * one, 0 for a failure. */
static char
maps_write(pid_t pid)
{
	char range[64], line[64];

	snprintf(range, sizeof(range), "0 %u %u", LAUNCHER_UID_BASE,
	    LAUNCHER_UID_COUNT);
	if (has_uids())
		return map_write(pid, "uid_map", range) == 0 &&
		    map_write(pid, "gid_map", range) == 0 ? 'r' : 0;
	snprintf(line, sizeof(line), "0 %u 1", geteuid());
	if (map_write(pid, "setgroups", "deny") < 0 ||
	    map_write(pid, "uid_map", line) < 0)
		return 0;
	snprintf(line, sizeof(line), "0 %u 1", getegid());
	return map_write(pid, "gid_map", line) == 0 ? 's' : 0;
}

/*
 * In these namespaces, with its ids in them and in its group; it waits for a
 * letter: 'n', there are no namespaces, else maps_write()'s.
 */
static pid_t
launcher_clone(const struct start *s, int namespaces, struct cgroup *group,
    int go[2])
{
	pid_t pid = (pid_t)syscall(SYS_clone,
	    (unsigned long)namespaces | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0) {
		close(go[1]);
		launcher_run(s, go[0]);
	}
	if (pid == -1)
		return -errno;
	char letter = namespaces ? maps_write(pid) : 'n';
	if (letter != 0)
		cgroup_add(group, pid);
	if (letter != 0 && write(go[1], &letter, 1) == 1)
		return pid;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return -EPERM;
}

/* What a kind of worker finds in its working directory instead of a /home; only
 * it may enter. */
static int
home_make(const struct start *s, const struct started *started,
    const char *name, enum launcher_kind kind)
{
	uid_t uid = LAUNCHER_UID_BASE + LAUNCHER_UID(kind);
	char home[PATH_MAX + 16];

	snprintf(home, sizeof(home), "%s/%s", started->scratch_path, name);
	return mkdirat(started->scratch, name, 0700) == -1 || (has_uids() &&
		fchownat(started->scratch, name, uid, uid,
		AT_SYMLINK_NOFOLLOW) == -1) || (s->store.staging != -1 &&
		symlinkat(home, s->store.staging, name) == -1) ? -errno : 0;
}

/*
 * Without namespaces a worker has no view of its own, and so no directory in
 * memory: verifiers get one where they are started, for the time being, whose
 * whole path their uid can reach.
 */
static int
scratch_make(struct start *s, struct started *started)
{
	const char *tmp = has_uids() ? NULL : getenv("TMPDIR");
	char *path = started->scratch_path;

	snprintf(path, PATH_MAX, "%s/airlock.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(path) == NULL)
		return -errno;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	started->scratch = dir;
	if (dir == -1 || fchmod(dir, 0711) == -1 ||
	    (s->store.staging == -1 && fchdir(dir) == -1))
		return -errno;
	int error = home_make(s, started, "home", LAUNCHER_A_VERIFIER);
	return error < 0 ? error :
	    home_make(s, started, "sequoia", LAUNCHER_A_SEQUOIA);
}

static pid_t
launcher_start(struct start *s, struct started *started)
{
	int go[2];

	/* Before the clone: it is then that the working directory moves over to
	 * the new mount namespace, where alone it can be mounted further. */
	CLOSE int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here == -1 || pipe2(go, O_CLOEXEC) == -1)
		return -errno;
	if ((s->store.staging != -1 ? fchdir(s->store.staging) :
	    chdir("/")) == -1)
		return -errno;
	pid_t pid = launcher_clone(s, NAMESPACES, &started->cgroup, go);
	/* Without user namespaces the launcher says with each worker what does
	 * not hold, and the manager decides whether that is enough. */
	int error = pid < 0 ? scratch_make(s, started) : 0;
	if (pid < 0 && error == 0)
		pid = launcher_clone(s, 0, &started->cgroup, go);
	close(go[0]);
	close(go[1]);
	if (fchdir(here) == -1)
		warn("working directory");
	return error < 0 ? error : pid;
}

/* All workers' budget, each one's, and the way to hear what they used. */
static int
budget_open(struct start *s, const struct arguments *a, struct started *started)
{
	struct arguments usual;
	int ends[2];

	arguments_init(&usual);
	a = a == NULL ? &usual : a;
	s->limit[LAUNCHER_MAX_MEMORY] = a->max_memory;
	s->limit[LAUNCHER_MAX_CPU] = a->max_cpu;
	s->limit[LAUNCHER_MAX_PROCESSES] = a->max_processes;
	cgroup_open(&started->cgroup, a->max_memory_total,
	    a->max_processes != 0 ? a->max_processes : START_PROCESSES);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return -errno;
	started->usage = ends[0];
	s->usage = ends[1];
	return 0;
}

static int
processes_start(struct start *s, struct started *started)
{
	int error = rpc_pair(s->cli_pair);

	if (error == 0)
		error = rpc_pair(s->launcher_pair);
	if (error < 0)
		return error;
	started->launcher = launcher_start(s, started);
	if (started->launcher < 0)
		return started->launcher;
	started->manager = fork();
	if (started->manager == 0)
		manager_exec(s);
	return started->manager == -1 ? -errno : 0;
}

static int
reap(pid_t *pid, const char *name, struct rusage *used)
{
	int status = 0;

	if (*pid <= 0)
		return 0;
	while (wait4(*pid, &status, 0, used) == -1)
		if (errno != EINTR)
			return -errno;
	*pid = -1;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		warnx("violated: the %s made a forbidden system call: a bug or "
		    "an attack", name);
		return STATUS_JAIL;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECANCELED;
}

int
start_reap(struct started *started)
{
	int manager = reap(&started->manager, "manager",
	    &started->manager_used);
	int launcher = reap(&started->launcher, "launcher",
	    &started->launcher_used);

	/* Whoever could write to it is gone. */
	if (started->staging != -1)
		(void)clear_directory(started->staging, ".");
	if (started->scratch != -1 && clear_directory(started->scratch, ".") == 0)
		(void)rmdir(started->scratch_path);
	cgroup_close(&started->cgroup);
	cap_close_fd(&started->scratch);
	cap_close_fd(&started->staging);
	return manager != 0 ? manager : launcher;
}

int
start_manager(const struct arguments *a, const char *root, int lock,
    struct started *started, int *channel)
{
	struct start s = START_INIT(lock);
	int error = programs_open(&s, program_names);

	*started = (struct started)STARTED_NONE;
	if (error == 0)
		error = directories_open(&s, root, started);
	if (error == 0)
		error = budget_open(&s, a, started);
	if (error == 0 && (error = processes_start(&s, started)) < 0)
		warnx("cannot start: %s", strerror(-error));
	start_close(&s);
	if (error < 0) {
		cap_close_fd(&s.cli_pair[1]);
		(void)start_reap(started);
	} else
		*channel = s.cli_pair[1];
	return error;
}

int
start_launcher(const char *root, const char *const programs[LAUNCHER_PROGRAMS],
    struct started *started, int *channel)
{
	struct start s = START_INIT(-1);
	int error = programs_open(&s, programs);

	*started = (struct started)STARTED_NONE;
	if (error == 0)
		error = directories_open(&s, root, started);
	if (error == 0)
		error = budget_open(&s, NULL, started);
	if (error == 0)
		error = rpc_pair(s.launcher_pair);
	if (error == 0 &&
	    (started->launcher = launcher_start(&s, started)) < 0)
		error = started->launcher;
	if (error == 0) {
		*channel = s.launcher_pair[0];
		s.launcher_pair[0] = -1;
	}
	start_close(&s);
	return error;
}

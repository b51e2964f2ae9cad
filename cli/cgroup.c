#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cgroup.h"
#include "rpc/rpc.h"

#define WORKERS		"airlock.%d"		/* by the cli's pid */
#define OURSELVES	"airlock.%d.cli"
#define NAME		32	/* array size of these */
#define SHORT		256	/* longer than any of the files read here */
#define RECENT_MS	1000	/* that an event explains a worker's end */
#define EMPTY_TRIES	50	/* ms until what was killed has gone */

static const struct {
	unsigned int	 budget;
	const char	*name, *on, *off, *limit;
} controllers[] = {
	{ CGROUP_MEMORY, "memory", "+memory", "-memory", "memory.max" },
	{ CGROUP_PIDS, "pids", "+pids", "-pids", "pids.max" },
};
#define CONTROLLERS	(sizeof(controllers) / sizeof(controllers[0]))

/* ---- a group's files ---- */

static int
file_write(int dir, const char *name, const char *text)
{
	size_t size = strlen(text);
	CLOSE int fd = dir == -1 ? -1 :
	    openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return dir == -1 ? -ENOENT : -errno;
	return write(fd, text, size) == (ssize_t)size ? 0 : -errno;
}

static int
file_write_number(int dir, const char *name, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return file_write(dir, name, text);
}

/* Cut to what fits; "" if it is not there. */
static void
file_read(int dir, const char *name, char text[SHORT])
{
	CLOSE int fd = dir == -1 ? -1 : openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, SHORT - 1);

	text[n > 0 ? n : 0] = '\0';
}

/* Is it one of the words? */
static bool
has_word(const char *words, const char *word)
{
	size_t size = strlen(word), n;

	for (; *words != '\0'; words += n + (words[n] != '\0')) {
		n = strcspn(words, " \n");
		if (n == size && memcmp(words, word, n) == 0)
			return true;
	}
	return false;
}

/* ---- where we are ---- */

/* Our group's path in its hierarchy: the line without controllers. */
static int
own_path(char path[PATH_MAX])
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	int error = -ENOENT;

	while (file != NULL && error != 0 &&
	    fgets(path, PATH_MAX, file) != NULL)
		if (strncmp(path, "0::/", 4) == 0) {
			path[strcspn(path, "\n")] = '\0';
			memmove(path, path + 3, strlen(path + 3) + 1);
			error = 0;
		}
	if (file != NULL)
		fclose(file);
	return error;
}

/* "36 25 0:30 ROOT MOUNTPOINT options - cgroup2 …": our group below the mount
 * point, if ROOT is above it. */
static int
mount_join(const char *line, const char *own, char path[PATH_MAX])
{
	char root[PATH_MAX], point[PATH_MAX];
	size_t size;

	if (strstr(line, " - cgroup2 ") == NULL || sscanf(line,
	    "%*s %*s %*s %4095s %4095s", root, point) != 2)
		return -ENOENT;
	size = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(own, root, size) != 0 ||
	    (own[size] != '/' && own[size] != '\0'))
		return -ENOENT;
	return snprintf(path, PATH_MAX, "%s%s", point, own + size) < PATH_MAX ?
	    0 : -ENAMETOOLONG;
}

static int
own_open(void)
{
	char own[PATH_MAX], path[PATH_MAX];
	FILE *file = fopen("/proc/self/mountinfo", "re");
	int error = own_path(own);
	char *line = NULL;
	size_t size = 0;

	if (error == 0)
		error = -ENOENT;
	while (file != NULL && error == -ENOENT &&
	    getline(&line, &size, file) != -1)
		error = mount_join(line, own, path);
	free(line);
	if (file != NULL)
		fclose(file);
	if (error < 0)
		return error;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd == -1 ? -errno : fd;
}

/* ---- making and removing ---- */

/* With all that is left in it. */
static void
group_remove(int own, const char *name)
{
	char file[2 * NAME];
	int tries = EMPTY_TRIES;

	snprintf(file, sizeof(file), "%s/cgroup.kill", name);
	(void)file_write(own, file, "1");	/* Linux 5.14 */
	while (unlinkat(own, name, AT_REMOVEDIR) == -1 && errno == EBUSY &&
	    tries-- > 0)
		usleep(1000);
}

/* What a cli that was killed has left. */
static void
leftovers_remove(int own)
{
	int fd = openat(own, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int pid;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (sscanf(entry->d_name, "airlock.%d", &pid) == 1 &&
		    kill(pid, 0) == -1 && errno == ESRCH)
			group_remove(own, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	else if (fd != -1)
		close(fd);
}

/* Out of our own group, so that it may have controllers for those below. */
static int
ourselves_move(struct cgroup *g)
{
	char name[NAME];

	snprintf(name, sizeof(name), OURSELVES, (int)getpid());
	if (mkdirat(g->own, name, 0755) == -1)
		return -errno;
	CLOSE int dir = openat(g->own, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = file_write(dir, "cgroup.procs", "0");
	g->moved = error == 0;
	if (error < 0)
		(void)unlinkat(g->own, name, AT_REMOVEDIR);
	return error;
}

static int
controller_enable(struct cgroup *g, size_t i)
{
	int error = file_write(g->own, "cgroup.subtree_control",
	    controllers[i].on);

	if (error == -EBUSY && !g->moved && (error = ourselves_move(g)) == 0)
		error = file_write(g->own, "cgroup.subtree_control",
		    controllers[i].on);
	if (error == 0)
		g->enabled |= controllers[i].budget;
	return error;
}

/* Each that there is: 0, or the last failure. */
static int
controllers_enable(struct cgroup *g)
{
	char here[SHORT], on[SHORT];
	int error = -ENOENT;

	file_read(g->own, "cgroup.controllers", here);
	file_read(g->own, "cgroup.subtree_control", on);
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (has_word(on, controllers[i].name))
			error = 0;
		else if (has_word(here, controllers[i].name))
			error = controller_enable(g, i);
	return error;
}

static int
workers_make(struct cgroup *g)
{
	char name[NAME];

	leftovers_remove(g->own);
	snprintf(name, sizeof(name), WORKERS, (int)getpid());
	if (mkdirat(g->own, name, 0755) == -1)
		return -errno;
	g->workers = openat(g->own, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return g->workers == -1 ? -errno : controllers_enable(g);
}

/* What the kernel then says is what holds. */
static void
limit_set(struct cgroup *g, size_t i, uint64_t limit)
{
	char text[SHORT];

	if (file_write_number(g->workers, controllers[i].limit, limit) < 0)
		return;
	file_read(g->workers, controllers[i].limit, text);
	if (text[0] >= '0' && text[0] <= '9' &&
	    strtoull(text, NULL, 10) <= limit)
		g->holds |= controllers[i].budget;
}

void
cgroup_open(struct cgroup *g, uint64_t memory, uint64_t processes)
{
	*g = (struct cgroup)CGROUP_INIT;
	g->own = own_open();
	g->error = g->own < 0 ? g->own : workers_make(g);
	/* One of them is better than none. */
	limit_set(g, 0, memory);
	limit_set(g, 1, processes);
	if (g->holds != 0)
		g->error = 0;
	else
		cgroup_close(g);
}

void
cgroup_add(struct cgroup *g, pid_t pid)
{
	if (g->holds == 0)
		return;
	g->error = file_write_number(g->workers, "cgroup.procs",
	    (uint64_t)pid);
	if (g->error < 0) {
		g->holds = 0;
		cgroup_close(g);
	}
}

void
cgroup_close(struct cgroup *g)
{
	char name[NAME], peak[SHORT];

	if (g->own < 0)
		return;
	file_read(g->workers, "memory.peak", peak);	/* Linux 5.19 */
	g->peak = strtoull(peak, NULL, 10);
	g->held = g->holds;
	if (g->workers != -1) {
		snprintf(name, sizeof(name), WORKERS, (int)getpid());
		group_remove(g->own, name);
	}
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (g->enabled & controllers[i].budget)
			(void)file_write(g->own, "cgroup.subtree_control",
			    controllers[i].off);
	if (g->moved && file_write(g->own, "cgroup.procs", "0") == 0) {
		snprintf(name, sizeof(name), OURSELVES, (int)getpid());
		(void)unlinkat(g->own, name, AT_REMOVEDIR);
	}
	cap_close_fd(&g->workers);
	cap_close_fd(&g->own);
	g->holds = g->enabled = 0;
	g->moved = false;
}

/* ---- what became of it ---- */

/* Has the number behind a word grown of late? */
static bool
has_grown(const struct cgroup *g, const char *name, const char *word,
    struct cgroup_count *last)
{
	char text[SHORT];
	uint64_t count = 0;

	file_read(g->workers, name, text);
	const char *at = strstr(text, word);
	if (at != NULL)
		count = strtoull(at + strlen(word), NULL, 10);
	if (count > last->count)
		*last = (struct cgroup_count){ count, rpc_now() };
	return last->count > 0 && rpc_now() - last->when < RECENT_MS;
}

bool
cgroup_has_killed(struct cgroup *g)
{
	return has_grown(g, "memory.events", "\noom_kill ", &g->kills);
}

bool
cgroup_has_refused(struct cgroup *g)
{
	return has_grown(g, "pids.events", "max ", &g->refusals);
}

const char *
cgroup_reason(const struct cgroup *g)
{
	switch (g->error) {
	case 0:
		return "";
	case -ENOENT:
		return "there is no control group with these controllers";
	case -EBUSY:
		return "other processes are in airlock's control group";
	default:
		return "airlock's control group is not delegated to it";
	}
}

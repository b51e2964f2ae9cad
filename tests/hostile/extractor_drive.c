/*
 * A false manager for the real extractor.
 *
 *	extractor_drive PROGRAM ARCHIVES STAGING <TABLE
 *
 * Starts the extractor's template in its real jail and gives it each archive of
 * the table that tests/data/hostile.py prints, one child each.  Says for each
 * whether the outcome is the expected one, in the Test Anything Protocol, with
 * the time it took.  What was unpacked stays in STAGING/NAME.
 *
 * It must be started as root, or as a user who may create user namespaces.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "extractor/extractor.h"
#include "jail/jail.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/spawn.h"
#include "jail/template.h"
#include "rpc/buffer.h"

#define DEADLINE	120000	/* ms */

static const char *const outcomes[] = {
	[EXTRACTOR_NONE] = "none",
	[EXTRACTOR_DONE] = "done",
	[EXTRACTOR_CORRUPT] = "corrupt",
	[EXTRACTOR_ABSOLUTE] = "absolute",
	[EXTRACTOR_DOTDOT] = "dotdot",
	[EXTRACTOR_NAME] = "name",
	[EXTRACTOR_DEPTH] = "depth",
	[EXTRACTOR_TOPDIR] = "topdir",
	[EXTRACTOR_THROUGH_LINK] = "through-link",
	[EXTRACTOR_LINK_OUT] = "link-out",
	[EXTRACTOR_REPLACES] = "replaces",
	[EXTRACTOR_TYPE] = "type",
	[EXTRACTOR_HEADERS] = "headers",
	[EXTRACTOR_BYTES] = "bytes",
	[EXTRACTOR_ENTRIES] = "entries",
	[EXTRACTOR_RATIO] = "ratio",
	[EXTRACTOR_EMPTY] = "empty",
	[EXTRACTOR_MEMORY] = "memory",
	[EXTRACTOR_SPACE] = "space",
	[EXTRACTOR_SYSTEM] = "system",
};
#define OUTCOMES	(sizeof(outcomes) / sizeof(outcomes[0]))

/* What a child said, and how it ended. */
struct result {
	struct extractor_extract_rep rep;
	struct rpc_death death;
	int	answered;
	int	notes;		/* of progress */
	uint64_t work;		/* in the last one */
	uint32_t layers;	/* of its own jail */
	double	ms;
};

static struct template_fork_rep forked;
static int child_pidfd = -1;

RPC_MANAGER_SIDE(TEMPLATE_RPC, template_rows)
RPC_MANAGER_SIDE(EXTRACTOR_RPC, child_rows)

static int
answered_template_fork(struct rpc *rpc, void *context,
    const struct template_fork_rep *rep, struct cap *caps)
{
	(void)rpc, (void)context;
	forked = *rep;
	child_pidfd = cap_take(&caps[0]);
	return 0;
}

static int
answered_extractor_extract(struct rpc *rpc, void *context,
    const struct extractor_extract_rep *rep, struct cap *caps)
{
	struct result *result = context;

	(void)rpc, (void)caps;
	result->rep = *rep;
	result->answered = 1;
	return 0;
}

static int
heard_extractor_progress(struct rpc *rpc,
    const struct extractor_progress_req *req, struct cap *caps,
    uint32_t serial)
{
	struct result *result = rpc->owner;

	(void)caps, (void)serial;
	result->notes++;
	/* For the manager a note without more work is none. */
	if (req->work <= result->work)
		return -EBADMSG;
	result->work = req->work;
	return 0;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Wait until fd is readable, or give up. */
static void
await(int fd, const char *what)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, DEADLINE) != 1)
		errx(1, "%s: no answer within its time", what);
}

static uint32_t
worker_uid(void)
{
	return geteuid() != 0 ? SPAWN_UID_KEEP :
	    LAUNCHER_UID_BASE + LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR);
}

/* Its working directory is the staging directory, as the launcher's is. */
static void
template_start(struct rpc *rpc, int program)
{
	int fds[2], pidfd, input = buffer_seal("", 0);
	uint32_t layers;

	if (input < 0 || rpc_pair(fds) < 0)
		errx(1, "template: no channel");
	struct spawn spawn = {
		.kind = &kinds[LAUNCHER_AN_EXTRACTOR],
		.filter = &outer_filters[LAUNCHER_AN_EXTRACTOR],
		.uid = worker_uid(),
		.program = program,
		.channel = fds[1],
		.input = input,
	};
	pid_t error = spawn_worker(&spawn, &pidfd, &layers);
	if (error < 0)
		errx(1, "template: %s", strerror(-error));
	printf("# the outer stage's layers: %#x\n", layers);
	close(fds[1]);
	close(input);
	rpc_init(rpc, fds[0], RPC_ROWS(template_rows), NULL);
}

/* A child for this job, and its channel. */
static int
child_start(struct rpc *template, uint64_t job)
{
	struct template_fork_req req = { .job = job };
	int fds[2];

	if (rpc_pair(fds) < 0)
		errx(1, "child: no channel");
	struct cap caps[1] = { { .fd = fds[1] } };
	cap_close_fd(&child_pidfd);
	if (ask_template_fork(template, &req, caps, 0, NULL) < 0)
		errx(1, "template: cannot be asked");
	close(fds[1]);
	/* Its first record says that its jail is closed. */
	do
		await(template->fd, "template");
	while (rpc_receive(template, 0) == 1 && child_pidfd == -1 &&
	    forked.error == 0);
	if (child_pidfd == -1)
		errx(1, "template: no child: %d, cause %u (%d)", forked.error,
		    template->death.cause, template->death.syscall);
	return fds[0];
}

static void
request_parse(struct extractor_extract_req *req, const char *word)
{
	const char *value = strchr(word, '=');
	size_t size = value == NULL ? 0 : (size_t)(value++ - word);

	if (size == 3 && memcmp(word, "top", 3) == 0)
		snprintf(req->top, sizeof(req->top), "%s", value);
	else if (size == 5 && memcmp(word, "depth", 5) == 0)
		req->max_depth = (uint32_t)strtoul(value, NULL, 10);
	else if (size == 5 && memcmp(word, "bytes", 5) == 0)
		req->max_bytes = strtoull(value, NULL, 10);
	else if (size == 7 && memcmp(word, "entries", 7) == 0)
		req->max_entries = strtoull(value, NULL, 10);
	else if (size == 5 && memcmp(word, "ratio", 5) == 0)
		req->max_ratio = strtoull(value, NULL, 10);
	else if (size == 6 && memcmp(word, "format", 6) == 0)
		req->format = EXTRACTOR_XZ;
	else
		errx(1, "table: %s", word);
}

/* A job's own directory, which the worker's uid owns. */
static void
staging_make(uint64_t job)
{
	char dir[32];

	snprintf(dir, sizeof(dir), "%llu", (unsigned long long)job);
	if (mkdir(dir, 0700) == -1)
		err(1, "staging/%s", dir);
	if (worker_uid() != SPAWN_UID_KEEP &&
	    chown(dir, worker_uid(), worker_uid()) == -1)
		err(1, "staging/%s", dir);
}

static void
staging_keep(uint64_t job, const char *name)
{
	char dir[32];

	snprintf(dir, sizeof(dir), "%llu", (unsigned long long)job);
	if (rename(dir, name) == -1)
		err(1, "staging/%s", name);
}

/* Give one archive to one child, and see it end. */
static void
archive_give(struct rpc *template, uint64_t job, int archive,
    const struct extractor_extract_req *req, struct result *result)
{
	struct rpc rpc;
	struct cap caps[1] = { { .fd = archive } };
	double begin = now();

	staging_make(job);
	rpc_init(&rpc, child_start(template, job), RPC_ROWS(child_rows),
	    result);
	int error = ask_extractor_extract(&rpc, req, caps, 0, result);
	while (error >= 0 && !result->answered) {
		await(rpc.fd, "child");
		error = rpc_receive(&rpc, 0);
	}
	result->death = rpc.death;
	result->layers = rpc.ready.layers | forked.layers;
	rpc_close(&rpc);
	await(child_pidfd, "child's end");
	result->ms = now() - begin;
}

static void
result_print(int n, const char *name, const char *expected,
    const struct result *r)
{
	const char *got = !r->answered ? "no answer" :
	    r->rep.outcome < OUTCOMES ? outcomes[r->rep.outcome] : "?";

	printf("%s %d - %s: %s\n", strcmp(got, expected) == 0 ? "ok" : "not ok",
	    n, name, expected);
	printf("# %s, %llu names, %llu bytes, %.2f ms, layers %#x",
	    got,
	    (unsigned long long)r->rep.entries,
	    (unsigned long long)r->rep.bytes, r->ms, r->layers);
	if (r->rep.entry != 0)
		printf(", at entry %llu", (unsigned long long)r->rep.entry);
	if (r->rep.error != 0)
		printf(", %s", strerror(r->rep.error));
	if (r->notes != 0)
		printf(", %d notes", r->notes);
	if (r->death.cause != 0)
		printf(", died of cause %u (%d)", r->death.cause,
		    r->death.syscall);
	printf("\n");
}

/* "NAME OUTCOME [KEY=VALUE...]" */
static void
row_try(struct rpc *template, int archives, int n, char *line)
{
	struct extractor_extract_req req = { .format = EXTRACTOR_TAR_XZ,
	    .max_depth = 64, .max_bytes = 1 << 30, .max_entries = 2000,
	    .max_ratio = 500, .top = "1.0" };
	struct result result = { .answered = 0 };
	struct stat st;
	char *rest, *name = strtok_r(line, " \n", &rest),
	    *outcome = strtok_r(NULL, " \n", &rest), *word;

	if (outcome == NULL)
		errx(1, "table: line %d", n);
	while ((word = strtok_r(NULL, " \n", &rest)) != NULL)
		request_parse(&req, word);
	CLOSE int archive = openat(archives, name, O_RDONLY | O_CLOEXEC);
	if (archive == -1 || fstat(archive, &st) == -1)
		err(1, "%s", name);
	req.size = (uint64_t)st.st_size;
	archive_give(template, (uint64_t)n, archive, &req, &result);
	staging_keep((uint64_t)n, name);
	result_print(n, name, outcome, &result);
}

/* The manager hangs up, and the template ends. */
static int
template_end(struct rpc *template)
{
	int status;

	rpc_close(template);
	return waitpid(-1, &status, 0) != -1 && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 0;
}

int
main(int argc, char **argv)
{
	char line[4096];
	struct rpc template;
	int n = 0;

	if (argc != 4)
		errx(2, "usage: extractor_drive PROGRAM ARCHIVES STAGING");
	int program = open(argv[1], O_RDONLY | O_CLOEXEC);
	int archives = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (program == -1 || archives == -1 || chdir(argv[3]) == -1)
		err(1, "cannot begin");
	template_start(&template, program);
	while (fgets(line, sizeof(line), stdin) != NULL)
		row_try(&template, archives, ++n, line);
	printf("%s %d - the template ends with the channel\n",
	    template_end(&template) ? "ok" : "not ok", n + 1);
	printf("1..%d\n", n + 1);
	return 0;
}

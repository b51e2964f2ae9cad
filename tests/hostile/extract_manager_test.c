/*
 * A hostile manager for the real extractor, in its real jail: what no manager
 * would ever send.  Each lie differs in one thing from what a child does serve,
 * and has to end it at once: nothing said, nothing made.
 *
 * (tests/hostile/extractor_drive.c is the polite one, and has the archives.)
 */
#include <fcntl.h>
#include <limits.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "extractor/extractor.h"
#include "jail/jail.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/spawn.h"
#include "jail/template.h"
#include "liar_record.h"
#include "rpc/buffer.h"

#define PATIENCE	60000	/* ms; what is waited for takes a few */
#define BODY		"hello"
#define LONGEST		(2 * RPC_MAX_BODY)

/* A record to a child or to the template, with descriptors that stay ours. */
struct lie {
	uint32_t	 number, serial;
	size_t		 size;		/* of body, bytes */
	size_t		 nfds;
	int		 fds[8];
	_Alignas(8) unsigned char body[LONGEST];
};

static int program = -1;	/* the extractor */
static char staging[PATH_MAX];
static int archive = -1;	/* BODY, compressed; read-only */
static uint64_t archive_size;
static uint64_t jobs;		/* so far */
static const char *name;	/* of the lie that is being told */
static struct worker_template {
	pid_t	pid;
	int	channel, pidfd;
} template;

/* ---- what is given ---- */

/* Memory with this in it, opened anew. */
static int
file_of(const void *data, size_t size, int flags)
{
	char path[64];
	CLOSE int fd = memfd_create("archive", MFD_CLOEXEC);

	assert_int_equal(write(fd, data, size), (ssize_t)size);
	assert_int_equal(fchmod(fd, 0666), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int out = open(path, flags | O_CLOEXEC);
	assert_true(out >= 0);
	return out;
}

static void
archive_make(void)
{
	static const uint8_t body[] = BODY;
	uint8_t packed[512];
	size_t size = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL,
	    body, sizeof(BODY) - 1, packed, &size, sizeof(packed)), LZMA_OK);
	archive = file_of(packed, size, O_RDONLY);
	archive_size = size;
}

static struct extractor_extract_req
honest(void)
{
	return (struct extractor_extract_req){ .format = EXTRACTOR_XZ,
	    .max_depth = 64, .size = archive_size, .max_bytes = 1 << 20,
	    .max_entries = 100, .max_ratio = 500, .top = "1.0" };
}

static struct lie
lie_extract(struct extractor_extract_req req)
{
	struct lie lie = { .number = EXTRACTOR_EXTRACT, .serial = 1,
	    .size = sizeof(req), .nfds = 1, .fds = { archive } };

	memcpy(lie.body, &req, sizeof(req));
	return lie;
}

/* May fail, if the other has gone already: its end is what is looked at. */
static void
tell(int channel, const struct lie *lie)
{
	(void)say(channel, lie->number, lie->serial, lie->body, lie->size,
	    lie->fds, lie->nfds);
}

static void
expect(int channel, uint32_t number, struct record *r)
{
	uint32_t got = hear_worker(channel, r, PATIENCE);

	if (got != number)
		fail_msg("%s: heard %#x, not %#x", name, got, number);
}

/* ---- processes ---- */

static uint32_t
worker_uid(void)
{
	return geteuid() != 0 ? SPAWN_UID_KEEP :
	    LAUNCHER_UID_BASE + LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR);
}

/* Its working directory is the staging directory, as the launcher's is. */
static struct worker_template
template_start(void)
{
	struct worker_template t;
	uint32_t layers;
	int ends[2], input = buffer_seal("", 0);

	assert_true(input >= 0);
	assert_int_equal(rpc_pair(ends), 0);
	struct spawn spawn = { .kind = &kinds[LAUNCHER_AN_EXTRACTOR],
	    .filter = &outer_filters[LAUNCHER_AN_EXTRACTOR],
	    .uid = worker_uid(), .program = program, .channel = ends[1],
	    .input = input };
	assert_true(spawn_worker(&spawn, &t.pidfd, &layers) > 0);
	close(ends[1]);
	close(input);
	t.channel = ends[0];
	return t;
}

/* It says no more, and ends with this status. */
static void
template_end(struct worker_template *t, int want)
{
	siginfo_t info = { 0 };
	struct record r;

	expect(t->channel, HEARD_END, &r);
	close(t->channel);
	/* P_PIDFD, which an older libc does not name */
	assert_int_equal(waitid((idtype_t)3, (id_t)t->pidfd, &info, WEXITED),
	    0);
	close(t->pidfd);
	if (info.si_code != CLD_EXITED || info.si_status != want)
		fail_msg("%s: status %d", name, info.si_status);
}

static struct lie
lie_fork(int channel)
{
	const struct template_fork_req req = { .job = jobs };
	struct lie lie = { .number = TEMPLATE_FORK, .serial = 1,
	    .size = sizeof(req), .nfds = 1, .fds = { channel } };

	memcpy(lie.body, &req, sizeof(req));
	return lie;
}

static void
staging_make(void)
{
	char dir[32];

	snprintf(dir, sizeof(dir), "%llu", (unsigned long long)++jobs);
	assert_int_equal(mkdir(dir, 0700), 0);
	if (worker_uid() != SPAWN_UID_KEEP)
		assert_int_equal(chown(dir, worker_uid(), worker_uid()), 0);
}

/* The last child's, which has to be as empty as it was. */
static void
staging_check(void)
{
	char dir[32];

	snprintf(dir, sizeof(dir), "%llu", (unsigned long long)jobs);
	if (rmdir(dir) == -1)
		fail_msg("%s: something was made", name);
}

/* A child for the next job: its channel. */
static int
child_start(void)
{
	struct record r;
	int ends[2];

	staging_make();
	assert_int_equal(rpc_pair(ends), 0);
	struct lie lie = lie_fork(ends[1]);
	tell(template.channel, &lie);
	close(ends[1]);
	expect(template.channel, TEMPLATE_FORK | ANSWER, &r);
	return ends[0];
}

static void
refused(const char *what, const struct lie *lie)
{
	struct record r;

	name = what;
	CLOSE int child = child_start();
	tell(child, lie);
	expect(child, HEARD_END, &r);
	staging_check();
}

/* What comes of a request that a child does serve. */
static enum extractor_outcome
served(const char *what, struct extractor_extract_req req)
{
	const struct lie lie = lie_extract(req);
	const struct extractor_extract_rep *rep;
	struct record r;

	name = what;
	CLOSE int child = child_start();
	tell(child, &lie);
	expect(child, EXTRACTOR_EXTRACT | ANSWER, &r);
	rep = (const void *)r.body;
	enum extractor_outcome outcome = (enum extractor_outcome)rep->outcome;
	expect(child, HEARD_END, &r);
	return outcome;
}

/* ---- requests ---- */

static void
test_honest(void **state)
{
	char path[64], body[16] = "";

	(void)state;
	assert_int_equal(served("an honest request", honest()), EXTRACTOR_DONE);
	snprintf(path, sizeof(path), "%llu/1.0", (unsigned long long)jobs);
	CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, body, sizeof(body)), sizeof(BODY) - 1);
	assert_string_equal(body, BODY);
}

static void
test_formats(void **state)
{
	static const uint32_t formats[] = { EXTRACTOR_NO_FORMAT,
	    EXTRACTOR_PKG + 1, 256, UINT32_MAX };
	struct extractor_extract_req req = honest();

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		req.format = formats[i];
		const struct lie lie = lie_extract(req);
		refused("a format that is none", &lie);
	}
}

static void
test_tops(void **state)
{
	static const char *const tops[] = { "", ".", "..", "/", "/1.0", "1.0/",
	    "1.0/x", "../1.0", "./1.0", "1.0\n", "\x1b[2J", "\x7f" };
	struct extractor_extract_req req;

	(void)state;
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		for (uint32_t f = EXTRACTOR_TAR_XZ; f <= EXTRACTOR_PKG; f++) {
			req = honest();
			req.format = f;
			strcpy(req.top, tops[i]);
			const struct lie lie = lie_extract(req);
			refused(tops[i], &lie);
		}
	req = honest();
	memset(req.top, 'a', sizeof(req.top));
	const struct lie lie = lie_extract(req);
	refused("a top without end", &lie);
}

/* Sizes and limits that are not the archive's: a child goes by them, but does
 * not break. */
static void
test_limits(void **state)
{
	struct extractor_extract_req req = honest();

	(void)state;
	req.size++;
	assert_int_equal(served("one byte too many", req), EXTRACTOR_SYSTEM);
	req.size = UINT64_MAX;
	assert_int_equal(served("any size", req), EXTRACTOR_SYSTEM);
	req.size = archive_size - 1;
	assert_int_equal(served("one byte too few", req), EXTRACTOR_CORRUPT);
	req.size = 0;
	assert_int_equal(served("no size", req), EXTRACTOR_CORRUPT);
	req = honest();
	req.max_bytes = sizeof(BODY) - 2;
	assert_int_equal(served("few bytes", req), EXTRACTOR_BYTES);
	req = honest();
	req.max_entries = 0;
	assert_int_equal(served("no entry", req), EXTRACTOR_ENTRIES);
	req = honest();
	req.max_ratio = 0;
	assert_int_equal(served("no ratio, below 1 MiB", req), EXTRACTOR_DONE);
	req.max_depth = UINT32_MAX;
	req.max_bytes = req.max_entries = req.max_ratio = UINT64_MAX;
	assert_int_equal(served("no limits", req), EXTRACTOR_DONE);
}

/* ---- records ---- */

static void
capability_refused(const char *what, int fd)
{
	struct lie lie = lie_extract(honest());

	assert_true(fd >= 0);
	lie.fds[0] = fd;
	refused(what, &lie);
	close(fd);
}

static void
test_capabilities(void **state)
{
	static const size_t counts[] = { 0, 2, 3, 4, 8 };
	int pipes[2];

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	close(pipes[1]);
	capability_refused("a pipe", pipes[0]);
	capability_refused("a socket", socket(AF_UNIX, SOCK_STREAM, 0));
	capability_refused("a directory", open(".", O_RDONLY | O_CLOEXEC));
	capability_refused("a device", open("/dev/zero", O_RDONLY | O_CLOEXEC));
	capability_refused("a name", file_of("", 0, O_PATH));
	capability_refused("to write as well", file_of("", 0, O_RDWR));
	capability_refused("to write only", file_of("", 0, O_WRONLY));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct lie lie = lie_extract(honest());
		for (size_t j = 0; j < 8; j++)
			lie.fds[j] = archive;
		lie.nfds = counts[i];
		refused("fewer or more archives", &lie);
	}
}

static void
test_sizes(void **state)
{
	const size_t right = sizeof(struct extractor_extract_req),
	    sizes[] = { 0, 1, right - 8, right - 1, right + 1, right + 8,
	    RPC_MAX_BODY, RPC_MAX_BODY + 1, LONGEST };
	struct lie lie = lie_extract(honest());
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		lie.size = sizes[i];
		refused("another size", &lie);
	}
	name = "half a header";
	CLOSE int child = child_start();
	assert_int_equal(send(child, "half", 4, 0), 4);
	expect(child, HEARD_END, &r);
	staging_check();
}

/* Numbers that nobody has, or that are a child's own to say. */
static void
test_numbers(void **state)
{
	struct lie lie = lie_extract(honest());

	(void)state;
	lie.serial = 0;
	refused("no serial", &lie);
	lie.serial = 1;
	for (uint32_t number = EXTRACTOR_PROGRESS + 1; number != 0;
	    number = number * 2 & UINT32_MAX) {
		lie.number = number;
		refused("a foreign number", &lie);
	}
	lie.number = EXTRACTOR_EXTRACT | ANSWER;
	refused("an answer to nothing", &lie);
	lie = (struct lie){ .number = EXTRACTOR_PROGRESS,
	    .size = sizeof(struct extractor_progress_req) };
	refused("the child's own note", &lie);
}

/* A second request finds nobody, whether or not it waits already. */
static void
test_twice(void **state)
{
	struct lie lie = lie_extract(honest());
	struct record r;

	(void)state;
	name = "two archives";
	CLOSE int child = child_start();
	tell(child, &lie);
	lie.serial = 2;
	((struct extractor_extract_req *)(void *)lie.body)->top[0] = '2';
	tell(child, &lie);
	expect(child, EXTRACTOR_EXTRACT | ANSWER, &r);
	assert_int_equal(r.serial, 1);
	expect(child, HEARD_END, &r);
	tell(child, &lie);
	expect(child, HEARD_END, &r);
	char path[64];
	snprintf(path, sizeof(path), "%llu/2.0", (unsigned long long)jobs);
	assert_int_equal(access(path, F_OK), -1);
}

/* ---- the template ---- */

static void
template_refuses(const char *what, const struct lie *lie)
{
	struct worker_template t = template_start();

	name = what;
	tell(t.channel, lie);
	template_end(&t, JAIL_EXIT_SETUP);
}

static void
test_template(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(rpc_pair(ends), 0);
	struct lie lie = lie_fork(ends[1]);
	lie.nfds = 0;
	template_refuses("a fork without a channel", &lie);
	lie = lie_fork(archive);
	template_refuses("a fork with a file", &lie);
	lie = lie_fork(ends[1]);
	lie.nfds = 2;
	lie.fds[1] = archive;
	template_refuses("a fork with more", &lie);
	lie = lie_fork(ends[1]);
	lie.serial = 0;
	template_refuses("a fork without a serial", &lie);
	lie = lie_fork(ends[1]);
	lie.size++;
	template_refuses("a fork of another size", &lie);
	lie = lie_fork(ends[1]);
	lie.number |= ANSWER;
	template_refuses("an answer to a template", &lie);
	lie = lie_extract(honest());
	lie.number = TEMPLATE_FORK + 1;
	template_refuses("an archive for a template", &lie);
	close(ends[0]);
	close(ends[1]);
}

/* A job that has no directory: its child does not come to hear of an archive,
 * and the template goes on. */
static void
test_no_staging(void **state)
{
	const struct lie lie = lie_extract(honest());
	struct record r;
	int ends[2];

	(void)state;
	name = "no directory";
	assert_int_equal(rpc_pair(ends), 0);
	jobs++;
	struct lie forks = lie_fork(ends[1]);
	tell(template.channel, &forks);
	close(ends[1]);
	expect(template.channel, TEMPLATE_FORK | ANSWER, &r);
	tell(ends[0], &lie);
	expect(ends[0], RPC_DEATH, &r);
	assert_int_equal(((struct rpc_death *)(void *)r.body)->cause,
	    RPC_DEATH_SETUP);
	expect(ends[0], HEARD_END, &r);
	close(ends[0]);
	test_honest(state);
}

/* After all that, as ever. */
static void
test_end(void **state)
{
	test_honest(state);
	shutdown(template.channel, SHUT_WR);
	template_end(&template, 0);
}

/* ---- */

static int
group_setup(void **state)
{
	const char *build = getenv("BUILD"), *tmp = getenv("TMPDIR");
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/libexec/airlock/extractor",
	    build == NULL ? "build" : build);
	program = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(staging, sizeof(staging), "%s/airlock-staging.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (program == -1 || mkdtemp(staging) == NULL ||
	    chmod(staging, 0711) == -1 || chdir(staging) == -1)
		return -1;
	archive_make();
	template = template_start();
	return 0;
}

static int
group_teardown(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", staging);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_tops),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_no_staging),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

/*
 * cli_session_test.c - the command line against a false manager.
 *
 * start_manager() below takes the place of cli/start.c: it forks a process that
 * answers on the channel what a test's script says, honestly or not.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/start.h"

/* ---- the false manager ---- */

struct script {
	const struct cli_state_req *states;	/* told during the run */
	size_t		nstates;
	struct cli_open_rep open;
	struct cli_run_rep run;
	struct cli_verify_rep verify;
	struct cli_key_rep key;
	uint32_t	many_from;	/* wants from this number on are refused */
	pid_t		waits_for;	/* say so before opening */
	unsigned int	pause;		/* ms after each state */
	bool		waits_for_stop;	/* before the run is answered */
	bool		hangs;		/* never answers, whatever comes */
	bool		dies;		/* instead of answering the run */
	bool		violates;	/* says so, then dies */
	int		exit_status;
};

/* What it saw, for the test to look at. */
struct seen {
	struct cli_open_req open;
	struct cli_verify_req verify;
	char		wants[256][CLI_PATH];
	uint32_t	nwants, nstops;
	off_t		certificates, data, signature, key;	/* bytes */
	char		root[256];
};

static struct script script;
static struct seen *seen;	/* shared with the manager */

RPC_MANAGER_SIDE(CLI_RPC, manager_rows)

static off_t
cap_size(const struct cap *cap)
{
	struct stat st;

	return fstat(cap->fd, &st) == 0 ? st.st_size : -1;
}

static int
heard_cli_open(struct rpc *rpc, const struct cli_open_req *req,
    struct cap *caps, uint32_t serial)
{
	struct cli_wait_req wait = { .pid = script.waits_for };

	seen->open = *req;
	seen->certificates = cap_size(&caps[0]);
	for (int i = 0; script.waits_for != 0 && i < 2; i++)
		if (send_cli_wait(rpc, &wait) < 0)
			return -EPIPE;
	rpc->phase = CLI_OPENED;
	return answer_cli_open(rpc, serial, &script.open, NULL);
}

static int
heard_cli_want(struct rpc *rpc, const struct cli_want_req *req,
    struct cap *caps, uint32_t serial)
{
	struct cli_want_rep reply = { 0 };

	(void)caps;
	if (script.many_from != 0 && seen->nwants + 1 >= script.many_from)
		reply.why = WHY_MANY;
	memcpy(seen->wants[seen->nwants++ % 256], req->path, CLI_PATH);
	return answer_cli_want(rpc, serial, &reply, NULL);
}

static void
wait_for_stop(struct rpc *rpc)
{
	while (seen->nstops == 0 && rpc_receive(rpc, 0) > 0)
		continue;
}

static int
heard_cli_run(struct rpc *rpc, const struct cli_run_req *req,
    struct cap *caps, uint32_t serial)
{
	(void)req;
	(void)caps;
	rpc->phase = CLI_RUNNING;
	for (size_t i = 0; i < script.nstates; i++) {
		if (send_cli_state(rpc, &script.states[i]) < 0)
			return -EPIPE;
		poll(NULL, 0, (int)script.pause);
	}
	if (script.waits_for_stop)
		wait_for_stop(rpc);
	if (script.violates)
		rpc_last_words(rpc->fd, RPC_DEATH_VIOLATION, 42);
	if (script.dies || script.violates)
		return -EPIPE;
	while (script.hangs)
		pause();
	return answer_cli_run(rpc, serial, &script.run, NULL);
}

static int
heard_cli_stop(struct rpc *rpc, const struct cli_stop_req *req,
    struct cap *caps, uint32_t serial)
{
	(void)rpc;
	(void)req;
	(void)caps;
	(void)serial;
	seen->nstops++;
	return 0;
}

static int
heard_cli_verify(struct rpc *rpc, const struct cli_verify_req *req,
    struct cap *caps, uint32_t serial)
{
	seen->verify = *req;
	seen->data = cap_size(&caps[0]);
	seen->signature = cap_size(&caps[1]);
	seen->key = cap_size(&caps[2]);
	while (script.hangs)
		pause();
	return answer_cli_verify(rpc, serial, &script.verify, NULL);
}

static int
heard_cli_key(struct rpc *rpc, const struct cli_key_req *req,
    struct cap *caps, uint32_t serial)
{
	(void)req;
	seen->key = cap_size(&caps[0]);
	return answer_cli_key(rpc, serial, &script.key, NULL);
}

static _Noreturn void
manager(int channel)
{
	struct rpc rpc;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	alarm(60);
	rpc_init(&rpc, channel, RPC_ROWS(manager_rows), NULL);
	rpc_serve(&rpc);
	_exit(script.exit_status);
}

int
start_manager(const char *root, struct started *started, int *channel)
{
	int pair[2];

	if (root != NULL)
		snprintf(seen->root, sizeof(seen->root), "%s", root);
	assert_int_equal(rpc_pair(pair), 0);
	*started = (struct started){ fork(), -1 };
	assert_true(started->manager != -1);
	if (started->manager == 0) {
		close(pair[1]);
		manager(pair[0]);
	}
	close(pair[0]);
	*channel = pair[1];
	return 0;
}

int
start_reap(struct started *started)
{
	int status;

	if (script.hangs)
		kill(started->manager, SIGKILL);
	if (waitpid(started->manager, &status, 0) == -1)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* ---- running the command ---- */

static char dir[64];	/* removed at the end; the working directory */

struct run {
	pid_t	pid;
	int	out_fd, err_fd;
	int	status;
	char	out[65536], err[65536];
};

static struct run run;

static _Noreturn void
child(int out, int err, const char *line)
{
	char copy[2048];
	char *words[128] = { (char *)(uintptr_t)"airlock" };
	int n = 1;

	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
		words[n++] = w;
	setlocale(LC_CTYPE, "C.UTF-8");
	interrupt_setup();
	int status = (int)command_line(n, words);
	fflush(stdout);
	_exit(status);
}

static void
run_start(const char *line)
{
	memset(seen, 0, sizeof(*seen));
	run.out_fd = memfd_create("out", MFD_CLOEXEC);
	run.err_fd = memfd_create("err", MFD_CLOEXEC);
	assert_true(run.out_fd != -1 && run.err_fd != -1);
	run.pid = fork();
	assert_true(run.pid != -1);
	if (run.pid == 0)
		child(run.out_fd, run.err_fd, line);
}

static void
take(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
}

static int
run_end(void)
{
	int status;

	assert_int_equal(waitpid(run.pid, &status, 0), run.pid);
	take(run.out_fd, run.out, sizeof(run.out));
	take(run.err_fd, run.err, sizeof(run.err));
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    1000 + WTERMSIG(status);
	return run.status;
}

static int
airlock(const char *line)
{
	run_start(line);
	return run_end();
}

static void
contains(const char *text, const char *wanted)
{
	if (strstr(text, wanted) == NULL)
		fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void
lacks(const char *text, const char *unwanted)
{
	if (strstr(text, unwanted) != NULL)
		fail_msg("a \"%s\" in:\n%s", unwanted, text);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static char *
read_file(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd != -1);
	take(fd, text, sizeof(text));
	return text;
}

#define STATE(number, s, w, n, t, p)					\
	{ .archive = (number), .state = (s), .why = (w), .now = (n),	\
	    .total = (t), .wanted = 1, .path = p }

static const struct cli_state_req good_states[] = {
	STATE(0, CLI_WANTED, WHY_NONE, 0, 0, "alice/raw/x/1"),
	STATE(0, CLI_DOWNLOADING, WHY_NONE, 100, 2000, "alice/raw/x/1"),
	STATE(1, CLI_DOWNLOADING, WHY_NONE, 0, 0, "alice/raw/y/1"),
	STATE(0, CLI_DOWNLOADING, WHY_NONE, 1100, 2000, "alice/raw/x/1"),
	STATE(0, CLI_FETCHED, WHY_NONE, 2000, 2000, "alice/raw/x/1"),
	STATE(0, CLI_EXTRACTING, WHY_NONE, 0, 0, "alice/raw/x/1"),
	STATE(0, CLI_COMMITTED, WHY_INSTALLED, 2000, 2000, "alice/raw/x/1"),
	STATE(1, CLI_COMMITTED, WHY_PRESENT, 0, 0, "alice/raw/y/1"),
};

static void
play(const struct cli_state_req *states, size_t n)
{
	script.states = states;
	script.nstates = n;
}
#define PLAY(states)	play(states, sizeof(states) / sizeof((states)[0]))

/* ---- install ---- */

static void
test_install(void **state)
{
	(void)state;
	PLAY(good_states);
	assert_int_equal(airlock("--root R install alice/raw/x/1 "
	    "alice/raw/y/1/ --ca ca.pem"), 0);
	assert_string_equal(run.err, "");
	assert_non_null(strstr(run.out,
	    "alice/raw/x/1: downloading\n"
	    "alice/raw/y/1: downloading\n"
	    "alice/raw/x/1: installed (2.0 kB)\n"
	    "alice/raw/y/1: already installed\n"
	    "1 installed, 1 already present, 2.0 kB in 0."));
	assert_string_equal(seen->root, "R");
	assert_int_equal(seen->nwants, 2);
	assert_string_equal(seen->wants[1], "alice/raw/y/1");
	assert_int_equal(seen->certificates, 5);
	assert_int_equal(access("R/depot", X_OK), 0);
	assert_int_equal(access("R/public", X_OK), 0);
	assert_int_equal(access("R/state", X_OK), 0);
}

static void
test_quiet(void **state)
{
	(void)state;
	PLAY(good_states);
	assert_int_equal(airlock("install --quiet --root R alice/raw/x/1"), 0);
	assert_string_equal(run.out, "");
	assert_string_equal(run.err, "");
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_int_equal(airlock("install --root R --arch x86_64 a/pkg/b/1"),
	    0);
	assert_int_equal(seen->open.jobs, 4);
	assert_int_equal(seen->open.stall, 30000);
	assert_int_equal(seen->open.retries, 3);
	assert_true(seen->open.max_size == UINT64_C(4) << 30);
	assert_true(seen->open.max_bytes == UINT64_C(16) << 30);
	assert_int_equal(seen->open.max_entries, 1000000);
	assert_int_equal(seen->open.max_ratio, 1000);
	assert_int_equal(seen->open.level, CLI_STRONG);
	assert_int_equal(seen->open.flags, 0);
	assert_string_equal(seen->open.arch, "x86_64");
}

static void
test_settings(void **state)
{
	(void)state;
	mkdir("R", 0755);
	mkdir("R/etc", 0755);
	write_file("R/etc/settings", "jobs 7\nmax-size 5M\narch arm_v8a\n"
	    "require-jail full\nstall 9\n");
	assert_int_equal(airlock("install --root R a/raw/b/1 --stall 2 "
	    "--offline --source --dry-run"), 0);
	assert_int_equal(seen->open.jobs, 7);
	assert_int_equal(seen->open.max_size, 5 << 20);
	assert_string_equal(seen->open.arch, "arm_v8a");
	assert_int_equal(seen->open.level, CLI_FULL);
	assert_int_equal(seen->open.stall, 2000);
	assert_int_equal(seen->open.flags,
	    CLI_OFFLINE | CLI_SOURCE | CLI_DRY_RUN);
	/* An unknown word, one that is no setting, a bad value, a bad line. */
	static const char *const bad[] = { "jobs 7\ncolour red\n",
	    "force yes\n", "jobs 0\n", "jobs\n", "jobs 7", "ca x.pem\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file("R/etc/settings", bad[i]);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
		contains(run.err, i == 0 ? "R/etc/settings:2: unknown word" :
		    "R/etc/settings:1: ");
		assert_int_equal(seen->nwants, 0);
	}
}

static void
test_usage(void **state)
{
	static const char *const lines[] = {
		"", "nothing", "install", "install --fast a/raw/b/1",
		"install a/raw/b", "install a/raw/../1", "install --jobs",
		"install a/raw/b/1 --jobs 0", "install a/raw/b/1 --jobs 17",
		"install a/raw/b/1 --jobs 4x", "install a/raw/b/1 --jobs -1",
		"install a/raw/b/1 --max-size 1X", "install a/raw/b/1 --stall ",
		"install a/raw/b/1 --max-size 99999999999G", "user", "user x",
		"install a/raw/b/1 --require-jail none", "verify",
		"verify f", "verify f --key k --user u", "verify f g --key k",
		"list a b", "user add", "user add a", "user add a --key k",
		"user add a --url https://h/ --key k --fingerprint abc",
		"user add a --url gopher://h/ --key k", "help nothing",
		"user add .a --url https://h/ --key k", "list --jobs 4",
		"install a/raw/b/1 --arch x/y", "install a/raw/b/1 --quiet=1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (airlock(lines[i]) != 2)
			fail_msg("`%s`: status %d\n%s", lines[i], run.status,
			    run.err);
		assert_string_equal(run.out, "");
		contains(run.err, "airlock: ");
	}
}

static void
test_help(void **state)
{
	static const char *const lines[] = { "help", "--help", "install --help",
	    "help user add", "user add --help", "help user", "-h",
	    "user --help", "install x --help", "--version", "help help" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(airlock(lines[i]), 0);
		assert_string_equal(run.err, "");
		assert_true(strlen(run.out) > 10);
	}
}

static void
test_failures(void **state)
{
	static const struct cli_state_req states[] = {
		STATE(0, CLI_UNTRUSTED, WHY_BAD_SIGNATURE, 0, 0,
		    "alice/raw/x/1"),
		STATE(1, CLI_UNTRUSTED, WHY_NO_KEY, 0, 0, "bob/raw/y/1"),
		STATE(2, CLI_UNTRUSTED, WHY_NO_KEY, 0, 0, "bob/raw/z/1"),
		{ .archive = 3, .state = CLI_UNAVAILABLE,
		    .why = WHY_SERVER, .detail = 503, .path = "c/raw/d/1" },
		{ .archive = 4, .state = CLI_FAILED, .why = WHY_SPACE,
		    .error = ENOSPC, .path = "c/raw/e/1" },
		{ .archive = 5, .state = CLI_UNTRUSTED, .why = WHY_GATE,
		    .detail = 3, .path = "c/raw/f/1" },
		{ .archive = 6, .state = CLI_VIOLATED, .why = WHY_VIOLATION,
		    .detail = 42, .path = "c/raw/g/1" },
	};

	(void)state;
	PLAY(states);
	script.run.status = 7;
	assert_int_equal(airlock("install --root R alice/raw/x/1"), 7);
	contains(run.err, "airlock: alice/raw/x/1: untrusted: its signature "
	    "does not match its content\n");
	contains(run.err, "    airlock user add bob --url URL --key FILE\n");
	contains(run.err, "(HTTP status 503)");
	contains(run.err, "airlock: c/raw/e/1: failed: no space left "
	    "(No space left on device)\n");
	contains(run.err, "(system call 42)");
	/* The same advice is given once. */
	lacks(strstr(run.err, "user add bob") + 1, "user add bob");
	contains(run.out, "7 failed in ");
	script.nstates = 4;
	script.run.status = 0;
	/* A manager that forgot its failures does not make them good. */
	assert_int_equal(airlock("install --root R alice/raw/x/1"), 4);
	script.nstates = 0;
	script.run.status = 99;
	assert_int_equal(airlock("install --root R alice/raw/x/1"), 1);
}

static void
test_json(void **state)
{
	static const struct cli_state_req states[] = {
		STATE(0, CLI_DOWNLOADING, WHY_NONE, 5, 10, "alice/raw/x/1"),
		STATE(0, CLI_DOWNLOADING, WHY_NONE, 6, 10, "alice/raw/x/1"),
		STATE(0, CLI_COMMITTED, WHY_INSTALLED, 10, 10, "alice/raw/x/1"),
		STATE(1, CLI_MALFORMED, WHY_TOPDIR, 0, 0, "alice/raw/y/1"),
	};

	(void)state;
	PLAY(states);
	script.run.status = 5;
	assert_int_equal(airlock("--json install --root R alice/raw/x/1"), 5);
	assert_string_equal(run.err, "");
	char *end = strstr(run.out, "{\"event\":\"end\"");
	assert_non_null(end);
	contains(end, "{\"event\":\"end\",\"status\":5,\"installed\":1,"
	    "\"planned\":0,\"present\":0,\"failed\":1,\"stopped\":0,"
	    "\"bytes\":10,\"milliseconds\":");
	*end = '\0';
	assert_string_equal(run.out,
	    "{\"event\":\"state\",\"path\":\"alice/raw/x/1\","
	    "\"state\":\"downloading\",\"now\":5,\"total\":10}\n"
	    "{\"event\":\"result\",\"path\":\"alice/raw/x/1\","
	    "\"result\":\"installed\",\"state\":\"committed\","
	    "\"reason\":\"installed\",\"message\":\"installed\",\"size\":10}\n"
	    "{\"event\":\"result\",\"path\":\"alice/raw/y/1\","
	    "\"result\":\"failed\",\"state\":\"malformed\","
	    "\"reason\":\"top-directory\",\"message\":\"malformed: its top "
	    "directory is not the one that its path demands\",\"size\":0}\n");
}

static void
test_refused(void **state)
{
	(void)state;
	script.open = (struct cli_open_rep){ WHY_SYSTEM, EPERM };
	assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
	contains(run.err, "airlock: R: failed: the system failed (");
	script.open = (struct cli_open_rep){ WHY_JAIL, 0 };
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	contains(run.err, "--require-jail=basic");
	assert_int_equal(airlock("--json install --root R a/raw/b/1"), 7);
	contains(run.out, "{\"event\":\"error\",\"reason\":\"jail\"");
	contains(run.out, "{\"event\":\"end\",\"status\":7,");
	script.open = (struct cli_open_rep){ 0 };
	script.many_from = 2;
	assert_int_equal(airlock("install --root R a/raw/b/1 a/raw/b/2 "
	    "a/raw/b/3"), 5);
	assert_int_equal(seen->nwants, 3);
	contains(run.err, "airlock: a/raw/b/2: exhausted: too many");
	lacks(run.err, "a/raw/b/1");
}

/* More than fit in flight: all are asked for, and answered, in order. */
static void
test_many(void **state)
{
	char line[1024] = "install --root R";

	(void)state;
	for (int i = 0; i < 61; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
		    " a/raw/b/%d", i);
	assert_int_equal(airlock(line), 0);
	assert_int_equal(seen->nwants, 61);
	assert_string_equal(seen->wants[60], "a/raw/b/60");
}

static void
test_waiting(void **state)
{
	(void)state;
	script.waits_for = 4242;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	contains(run.err, "another airlock (process 4242) works on R\n");
	lacks(strstr(run.err, "4242") + 1, "4242");
}

static void
test_bad_root(void **state)
{
	(void)state;
	mkdir("R", 0755);
	chmod("R", 0777);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
	contains(run.err, "R: others than you may write it\n");
	assert_string_equal(seen->root, "");
	chmod("R", 0755);
	mkdir("R/depot", 0755);
	chmod("R/depot", 0775);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
	contains(run.err, "R/depot: others than you may write it\n");
	assert_int_equal(airlock("install --root ca.pem a/raw/b/1"), 1);
	assert_int_equal(airlock("install --root R --ca none.pem a/raw/b/1"),
	    1);
}

static void
test_proxy(void **state)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
	    "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv(names[i], "http://proxy:1", 1);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 3);
		contains(run.err, names[i]);
		contains(run.err, "--no-proxy");
		assert_string_equal(seen->root, "");
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "--no-proxy"), 0);
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "--offline"), 0);
		setenv("no_proxy", "*", 1);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
		unsetenv("no_proxy");
		setenv(names[i], "", 1);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
		unsetenv(names[i]);
	}
}

/* ---- a manager that fails or lies ---- */

static void
test_manager_ends(void **state)
{
	(void)state;
	script.dies = true;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
	contains(run.err, "the manager ended unexpectedly\n");
	script.exit_status = 7;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	script.exit_status = 0;
	script.violates = true;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	contains(run.err, "forbidden system call (42)");
}

static void
test_manager_lies(void **state)
{
	static const struct cli_state_req lies[] = {
		STATE(0, CLI_NSTATES, WHY_NONE, 0, 0, "a/raw/b/1"),
		STATE(0, CLI_WANTED, CLI_NWHYS, 0, 0, "a/raw/b/1"),
		STATE(70000, CLI_WANTED, WHY_NONE, 0, 0, "a/raw/b/1"),
	};
	static const struct cli_state_req twice[] = {
		STATE(0, CLI_COMMITTED, WHY_INSTALLED, 0, 0, "a/raw/b/1"),
		STATE(0, CLI_DOWNLOADING, WHY_NONE, 0, 0, "a/raw/b/1"),
	};
	struct cli_state_req endless = STATE(0, CLI_WANTED, WHY_NONE, 0, 0, "");

	(void)state;
	memset(endless.path, 'a', sizeof(endless.path));
	for (size_t i = 0; i < 3; i++) {
		play(&lies[i], 1);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
		contains(run.err, "the manager broke its protocol\n");
	}
	PLAY(twice);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	play(&endless, 1);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	script.nstates = 0;
	script.open.why = CLI_NWHYS;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
}

/* What a state says as a path is shown without what a terminal would obey. */
static void
test_escapes(void **state)
{
	static const struct cli_state_req states[] = {
		STATE(0, CLI_COMMITTED, WHY_INSTALLED, 0, 0,
		    "\033[2J\a\xc2\x9b" "1m\xe2\x80\xae" "gpj\xff" "\xc3\xa9"),
	};

	(void)state;
	PLAY(states);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	contains(run.out, "?[2J???1m???gpj?\xc3\xa9: installed\n");
	assert_int_equal(airlock("install --json --root R a/raw/b/1"), 0);
	contains(run.out, "\"\\u001b[2J\\u0007\\u009b1m\xe2\x80\xaegpj\\ufffd"
	    "\xc3\xa9\"");
}

/* ---- signals ---- */

static void
wait_for_text(int fd, const char *text)
{
	char got[8192];

	for (int i = 0; i < 1000; i++) {
		ssize_t n = pread(fd, got, sizeof(got) - 1, 0);
		got[n > 0 ? n : 0] = '\0';
		if (strstr(got, text) != NULL)
			return;
		poll(NULL, 0, 10);
	}
	fail_msg("never said: %s", text);
}

static void
test_stop(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	static const struct cli_state_req states[] = {
		STATE(0, CLI_DOWNLOADING, WHY_NONE, 5, 10, "a/raw/b/1"),
	};

	(void)state;
	PLAY(states);
	script.waits_for_stop = true;
	script.run = (struct cli_run_rep){ 130, WHY_STOPPED };
	for (size_t i = 0; i < 3; i++) {
		run_start("install --root R a/raw/b/1");
		wait_for_text(run.out_fd, "downloading");
		kill(run.pid, signals[i]);
		assert_int_equal(run_end(), 130);
		assert_int_equal(seen->nstops, 1);
		contains(run.err, "stopping");
	}
}

static void
test_stop_at_once(void **state)
{
	static const struct cli_state_req states[] = {
		STATE(0, CLI_DOWNLOADING, WHY_NONE, 5, 10, "a/raw/b/1"),
	};

	(void)state;
	PLAY(states);
	script.hangs = true;
	run_start("install --root R a/raw/b/1");
	wait_for_text(run.out_fd, "downloading");
	kill(run.pid, SIGINT);
	wait_for_text(run.err_fd, "stopping");
	kill(run.pid, SIGINT);
	assert_int_equal(run_end(), 130);
}

/* A verification changes nothing: it just ends. */
static void
test_stop_verify(void **state)
{
	(void)state;
	script.hangs = true;
	run_start("verify data --key key.asc");
	for (int i = 0; i < 1000 && seen->key == 0; i++)
		poll(NULL, 0, 10);
	kill(run.pid, SIGINT);
	assert_int_equal(run_end(), 130);
}

/* The reader of our output has gone: the work goes on. */
static void
test_no_reader(void **state)
{
	int fds[2];

	(void)state;
	PLAY(good_states);
	memset(seen, 0, sizeof(*seen));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	run.err_fd = memfd_create("err", MFD_CLOEXEC);
	run.out_fd = memfd_create("out", MFD_CLOEXEC);
	run.pid = fork();
	if (run.pid == 0)
		child(fds[1], run.err_fd, "install --root R alice/raw/x/1");
	close(fds[1]);
	assert_int_equal(run_end(), 0);
	assert_string_equal(run.err, "");
	/* A full disk is an error. */
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	run.err_fd = memfd_create("err", MFD_CLOEXEC);
	run.out_fd = memfd_create("out", MFD_CLOEXEC);
	run.pid = fork();
	if (run.pid == 0)
		child(full, run.err_fd, "help");
	close(full);
	assert_int_equal(run_end(), 1);
	contains(run.err, "standard output: ");
}

/* ---- a terminal ---- */

static void
terminal_read(int master, char *text, size_t size)
{
	size_t at = 0;
	ssize_t n;

	/* EIO: the last process of the terminal has ended. */
	while (at < size - 1 && (n = read(master, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	text[at] = '\0';
}

static void
test_terminal(void **state)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int master;

	(void)state;
	PLAY(good_states);
	script.pause = 60;
	memset(seen, 0, sizeof(*seen));
	run.pid = forkpty(&master, NULL, NULL, &size);
	assert_true(run.pid != -1);
	if (run.pid == 0) {
		setenv("TERM", "xterm", 1);
		child(1, 2, "install --root R alice/raw/x/1");
	}
	terminal_read(master, run.out, sizeof(run.out));
	close(master);
	int status;
	waitpid(run.pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 0);
	contains(run.out, "downloading  55%  1.1 kB of 2.0 kB\r\n");
	contains(run.out, "0 of 2 done  1.1 kB");
	/* The region is erased before a line that stays. */
	contains(run.out, "\033[Jalice/raw/x/1: installed (2.0 kB)\r\n");
	contains(run.out, "1 installed, 1 already present, 2.0 kB in 0.");
	lacks(run.out, "alice/raw/x/1: downloading");
	/* And nothing is left of it at the end. */
	char *last = strstr(run.out, "1 installed, 1 already");
	lacks(last, "\033");
}

/* ---- verify ---- */

static void
good_verdict(void)
{
	script.verify = (struct cli_verify_rep){ .hash = 10, .algorithm = 22,
	    .created = 1704164645, .fpr_size = 20 };
	memset(script.verify.fpr, 0xab, 20);
	memset(script.verify.primary, 0xab, 20);
}

static void
test_verify(void **state)
{
	(void)state;
	good_verdict();
	assert_int_equal(airlock("verify data --key key.asc"), 0);
	assert_string_equal(run.out, "data: good signature by ABABABABABABABAB"
	    "ABABABABABABABABABABABAB (EdDSA, SHA-512), "
	    "made 2024-01-02 03:04:05 UTC\n");
	assert_int_equal(seen->verify.size, 5);
	assert_int_equal(seen->data, 5);
	assert_int_equal(seen->signature, 3);
	assert_int_equal(seen->verify.armored, 0);
	assert_string_equal(seen->root, "");
	script.verify.primary[0] = 0xcd;
	assert_int_equal(airlock("verify data --key key.asc"), 0);
	contains(run.out, "    a subkey of CDABAB");
	assert_int_equal(airlock("verify data --json --key key.asc"), 0);
	contains(run.out, "{\"event\":\"verify\",\"file\":\"data\","
	    "\"result\":\"good\",\"fingerprint\":\"ABAB");
	assert_int_equal(airlock("verify data --quiet --key key.asc"), 0);
	assert_string_equal(run.out, "");
}

static void
test_verify_signatures(void **state)
{
	(void)state;
	good_verdict();
	assert_int_equal(airlock("verify data --key key.asc --signature "
	    "armored"), 0);
	assert_int_equal(seen->verify.armored, 1);
	rename("data.sig", "data.asc");
	assert_int_equal(airlock("verify data --key key.asc"), 0);
	assert_int_equal(seen->verify.armored, 0);	/* it is binary */
	unlink("data.asc");
	assert_int_equal(airlock("verify data --key key.asc"), 4);
	contains(run.err, "airlock: data: untrusted: there is no signature");
	assert_int_equal(airlock("verify data --key key.asc --signature no"),
	    4);
	assert_int_equal(airlock("verify nodata --key key.asc"), 1);
	assert_int_equal(airlock("verify R --key key.asc"), 1);
	assert_int_equal(airlock("verify data --key nokey"), 1);
	assert_int_equal(airlock("verify data --user bob --root R"), 4);
	contains(run.err, "    airlock user add bob --url URL --key FILE\n");
	int fd = open("large", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(ftruncate(fd, 100000), 0);
	close(fd);
	assert_int_equal(airlock("verify data --key key.asc --signature "
	    "large"), 4);
}

static void
test_verify_bad(void **state)
{
	(void)state;
	script.verify = (struct cli_verify_rep){ .why = WHY_BAD_SIGNATURE };
	assert_int_equal(airlock("verify data --key key.asc"), 4);
	contains(run.err, "airlock: data: untrusted: its signature does not "
	    "match its content\n");
	assert_string_equal(run.out, "");
	assert_int_equal(airlock("verify data --key key.asc --json"), 4);
	contains(run.out, "\"result\":\"failed\",\"state\":\"untrusted\","
	    "\"reason\":\"bad-signature\"");
	script.verify.why = WHY_JAIL;
	assert_int_equal(airlock("verify data --key key.asc"), 7);
	script.verify = (struct cli_verify_rep){ .fpr_size = CLI_FPR + 1 };
	assert_int_equal(airlock("verify data --key key.asc"), 7);
	contains(run.err, "broke its protocol");
	good_verdict();
	script.exit_status = 1;
	/* The verdict of a manager that ended badly does not count. */
	assert_int_equal(airlock("verify data --key key.asc"), 1);
	assert_string_equal(run.out, "");
}

/* ---- user ---- */

#define ADD "user add alice --root R --url https://h/a --key key.asc"

static void
good_keys(void)
{
	script.key = (struct cli_key_rep){ .count = 2 };
	script.key.keys[0] = (struct cli_key){ .fpr_size = 20,
	    .usable = 1, .algorithm = 1, .bits = 4096, .created = 1704164645 };
	script.key.keys[1] = script.key.keys[0];
	script.key.keys[1].usable = 0;
	memset(script.key.keys[0].fpr, 0x12, 20);
	memset(script.key.keys[1].fpr, 0x34, 20);
}

static void
test_user_add(void **state)
{
	(void)state;
	good_keys();
	assert_int_equal(airlock(ADD " --url file:///srv/a"), 0);
	contains(run.out, "alice: known from now on\nkey     1212 1212 ");
	contains(run.out, "RSA 4096, made 2024-01-02, expires never, signs\n");
	contains(run.err, "compare the fingerprint");
	assert_string_equal(read_file("R/depot/alice/download"),
	    "https://h/a\nfile:///srv/a\n");
	assert_string_equal(read_file("R/depot/alice/pubkey"),
	    read_file("key.asc"));
	assert_int_equal(seen->key, strlen(read_file("key.asc")));
	assert_string_equal(seen->root, "");
	assert_int_equal(airlock("user list --root R"), 0);
	assert_string_equal(run.out, "alice           https://h/a\n");
	assert_int_equal(airlock("user show alice --root R"), 0);
	contains(run.out, "alice: 0 archives in the depot\n"
	    "origin  https://h/a\nmirror  file:///srv/a\nkey     1212");
	assert_int_equal(airlock("user show alice --root R --json"), 0);
	contains(run.out, "{\"event\":\"user\",\"user\":\"alice\",\"urls\":["
	    "\"https://h/a\",\"file:///srv/a\"],\"archives\":0,\"keys\":[{"
	    "\"fingerprint\":\"1212");
}

static void
test_user_fingerprint(void **state)
{
	(void)state;
	good_keys();
	assert_int_equal(airlock(ADD " --fingerprint 1212121212121212"
	    "12121212121212121212121e"), 4);
	contains(run.err, "its fingerprint is 1212");
	assert_int_equal(access("R/depot/alice", F_OK), -1);
	/* A subkey's is not enough. */
	assert_int_equal(airlock(ADD " --fingerprint 3434343434343434"
	    "343434343434343434343434"), 4);
	assert_int_equal(airlock(ADD " --fingerprint 0x12121212:12121212"
	    "121212121212121212121212"), 0);
	assert_string_equal(run.err, "");
	/* Two primary keys: the second would be trusted unseen. */
	script.key.keys[1].primary = 1;
	assert_int_equal(airlock(ADD " --fingerprint 1212121212121212"
	    "121212121212121212121212"), 4);
	script.key.keys[1].primary = 2;
	assert_int_equal(airlock(ADD), 7);
	contains(run.err, "broke its protocol");
}

static void
test_user_keys(void **state)
{
	(void)state;
	good_keys();
	script.key.keys[0].usable = 1 | 2;
	assert_int_equal(airlock(ADD), 4);
	contains(run.out, "REVOKED");
	script.key.keys[0].usable = 1;
	script.key.keys[0].expires = 1704164646;
	assert_int_equal(airlock(ADD), 4);
	contains(run.out, "EXPIRED");
	script.key = (struct cli_key_rep){ .why = WHY_BAD_KEY };
	assert_int_equal(airlock(ADD), 4);
	contains(run.err, "key.asc: untrusted: the user's key file has no key");
	good_keys();
	assert_int_equal(airlock("user add alice --root R --url https://h/a "
	    "--key data"), 1);
	contains(run.err, "no ASCII-armored public key");
	write_file("secret.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n");
	assert_int_equal(airlock("user add alice --root R --url https://h/a "
	    "--key secret.asc"), 1);
	contains(run.err, "private key");
	assert_int_equal(access("R/depot/alice", F_OK), -1);
}

static void
test_user_replace(void **state)
{
	(void)state;
	good_keys();
	assert_int_equal(airlock(ADD), 0);
	assert_int_equal(airlock(ADD), 0);
	write_file("R/depot/alice/pubkey", "another");
	assert_int_equal(airlock(ADD), 1);
	contains(run.err, "another key is known");
	assert_string_equal(read_file("R/depot/alice/pubkey"), "another");
	assert_int_equal(airlock(ADD " --replace"), 0);
	assert_string_equal(read_file("R/depot/alice/pubkey"),
	    read_file("key.asc"));
	/* A link at its place is not followed. */
	unlink("R/depot/alice/pubkey");
	assert_int_equal(symlink("../../../data", "R/depot/alice/pubkey"), 0);
	assert_int_equal(airlock(ADD), 1);
	assert_int_equal(airlock(ADD " --replace"), 0);
	assert_string_equal(read_file("data"), "data\n");
}

static void
test_user_remove(void **state)
{
	(void)state;
	good_keys();
	assert_int_equal(airlock("user remove alice --root R"), 1);
	assert_int_equal(airlock(ADD), 0);
	mkdir("R/depot/alice/raw", 0755);
	mkdir("R/depot/alice/raw/x", 0755);
	mkdir("R/depot/alice/raw/x/1", 0755);
	assert_int_equal(airlock("user remove alice --root R"), 1);
	contains(run.err, "1 of this user's archives");
	assert_int_equal(access("R/depot/alice/pubkey", F_OK), 0);
	assert_int_equal(airlock("user remove alice --root R --force"), 0);
	assert_int_equal(access("R/depot/alice/pubkey", F_OK), -1);
	assert_int_equal(access("R/depot/alice/raw/x/1", F_OK), 0);
	assert_int_equal(airlock(ADD), 0);
	rmdir("R/depot/alice/raw/x/1");
	rmdir("R/depot/alice/raw/x");
	rmdir("R/depot/alice/raw");
	assert_int_equal(airlock("user remove alice --root R"), 0);
	assert_int_equal(access("R/depot/alice", F_OK), -1);
}

/* ---- list ---- */

static void
make_installed(void)
{
	static const char *const paths[] = { "R", "R/depot", "R/depot/a",
	    "R/depot/a/raw", "R/depot/a/raw/x", "R/depot/a/raw/x/1",
	    "R/depot/a/bin", "R/depot/a/bin/x86_64", "R/depot/a/bin/x86_64/y",
	    "R/depot/a/bin/x86_64/y/2", "R/depot/a/raws", "R/depot/.airlock",
	    "R/depot/.airlock/raw", "R/depot/a/index", "R/state",
	    "R/state/receipts" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		mkdir(paths[i], 0755);
	write_file("R/depot/a/index/25.09", "");
	write_file("R/state/receipts/a,raw,x,1", "path a/raw/x/1\n"
	    "digest 00\nsize 1234\ntime 1704164645\njail full\n");
	write_file("R/state/receipts/a,index,25.09", "");
	write_file("R/state/receipts/a,raw,gone,1", "path a/raw/gone/1\n");
	write_file("R/state/receipts/.x", "");
	write_file("R/state/receipts/nonsense", "");
}

static void
test_list(void **state)
{
	(void)state;
	assert_int_equal(airlock("list --root R"), 1);
	make_installed();
	assert_int_equal(airlock("list --root R"), 0);
	assert_string_equal(run.out, "a/bin/x86_64/y/2  foreign\n"
	    "a/index/25.09\na/raw/gone/1  missing\na/raw/x/1\n");
	assert_int_equal(airlock("list --root R a/raw/x"), 0);
	assert_string_equal(run.out, "a/raw/x/1\n");
	assert_int_equal(airlock("list --root R a/ra"), 0);
	assert_string_equal(run.out, "");
	assert_int_equal(airlock("list --root R *[12]"), 0);
	assert_string_equal(run.out, "a/bin/x86_64/y/2  foreign\n"
	    "a/raw/gone/1  missing\na/raw/x/1\n");
	assert_int_equal(airlock("list --root R --json a/raw/"), 0);
	assert_string_equal(run.out,
	    "{\"event\":\"archive\",\"path\":\"a/raw/gone/1\","
	    "\"state\":\"missing\"}\n"
	    "{\"event\":\"archive\",\"path\":\"a/raw/x/1\","
	    "\"state\":\"installed\",\"digest\":\"00\",\"size\":1234,"
	    "\"time\":1704164645,\"jail\":\"full\"}\n");
}

/* ---- */

static int
setup(void **state)
{
	(void)state;
	memset(&script, 0, sizeof(script));
	snprintf(dir, sizeof(dir), "/tmp/airlock-cli.XXXXXX");
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	write_file("ca.pem", "12345");
	write_file("data", "data\n");
	write_file("data.sig", "\x88\x01\x02");
	write_file("armored", "-----BEGIN PGP SIGNATURE-----\n");
	write_file("key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n");
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const char *const clean[] = { "http_proxy", "https_proxy",
	    "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
	    "NO_PROXY", "AIRLOCK_ROOT" };
	const struct CMUnitTest tests[] = {
		TEST(test_install), TEST(test_quiet), TEST(test_defaults),
		TEST(test_settings), TEST(test_usage), TEST(test_help),
		TEST(test_failures), TEST(test_json), TEST(test_refused),
		TEST(test_many), TEST(test_waiting), TEST(test_bad_root),
		TEST(test_proxy), TEST(test_manager_ends),
		TEST(test_manager_lies), TEST(test_escapes), TEST(test_stop),
		TEST(test_stop_at_once), TEST(test_stop_verify),
		TEST(test_no_reader), TEST(test_terminal), TEST(test_verify),
		TEST(test_verify_signatures), TEST(test_verify_bad),
		TEST(test_user_add), TEST(test_user_fingerprint),
		TEST(test_user_keys), TEST(test_user_replace),
		TEST(test_user_remove), TEST(test_list),
	};

	for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++)
		unsetenv(clean[i]);
	umask(022);
	signal(SIGINT, SIG_DFL);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

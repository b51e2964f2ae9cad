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
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/reading.h"
#include "cli/restrict.h"
#include "cli/start.h"
#include "depot/clear.h"
#include "depot/gate.h"
#include "depot/store.h"
#include "depot/url.h"
#include "rpc/buffer.h"

/* ---- the false manager ---- */

/* What happens to one archive: its states, then the answer. */
struct story {
	const char	*path;		/* whose; NULL: of any other */
	struct cli_state_req states[6];
	size_t		 nstates;
	struct cli_install_rep reply;	/* archive is filled in */
	const char	*host;		/* only of this host; NULL: of any */
	bool		 waits_for_stop;	/* before it is answered */
	bool		 hangs;		/* never answers, whatever comes */
	bool		 dies;		/* instead of answering */
	bool		 violates;	/* says so, then dies */
	uint32_t	 number;	/* not 0: told of that one */
	bool		 twice;		/* it is answered twice */
	struct { const char *path, *text; } makes[3];	/* files below ROOT */
};

struct script {
	struct story	stories[8];
	size_t		nstories;
	struct cli_verify_rep verify;
	struct cli_key_rep key;
	unsigned int	pause;		/* ms after each state */
	bool		hangs;		/* does not open, does not verify */
	int		exit_status;
};

/* What it saw, for the test to look at. */
struct seen {
	struct cli_open_req open;
	struct cli_verify_req verify;
	struct cli_install_req installs[256];
	uint32_t	ninstalls, nstops, most_in_flight, in_flight;
	off_t		copied[2];	/* bytes of the last one's files */
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
	seen->open = *req;
	seen->certificates = cap_size(&caps[0]);
	while (script.hangs)
		pause();
	const struct cli_open_rep rep = { 0 };
	rpc->phase = CLI_OPENED;
	return answer_cli_open(rpc, serial, &rep, NULL);
}

static void
wait_for_stop(struct rpc *rpc)
{
	while (seen->nstops == 0 && rpc_receive(rpc, 0) > 0)
		continue;
}

static const struct story *
story_find(const struct cli_install_req *req)
{
	for (size_t i = 0; i < script.nstories; i++)
		if ((script.stories[i].path == NULL ||
		    strcmp(script.stories[i].path, req->path) == 0) &&
		    (script.stories[i].host == NULL ||
		    strcmp(script.stories[i].host, req->from.host) == 0))
			return &script.stories[i];
	return NULL;
}

static void
make_directory(const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s/%s", seen->root, path);
	mkdir(full, 0755);
}

static void
make_file(const char *path, const char *text)
{
	char full[512], *slash = full;

	snprintf(full, sizeof(full), "%s/%s", seen->root, path);
	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	FILE *f = fopen(full, "w");
	fputs(text, f);
	fclose(f);
}

static int
tell(struct rpc *rpc, const struct story *story, uint32_t number)
{
	for (size_t i = 0; i < story->nstates; i++) {
		struct cli_state_req state = story->states[i];
		state.archive = number;
		if (send_cli_state(rpc, &state) < 0)
			return -EPIPE;
		poll(NULL, 0, (int)script.pause);
	}
	return 0;
}

/* No publisher here has a catalog, and no test counts that it was asked for. */
static bool
is_catalog(const char *path)
{
	const char *last = strrchr(path, '/');

	return last != NULL && strcmp(last, "/catalog") == 0;
}

/* In quarantine, when it is asked for: bytes; -1: there is none. */
static off_t
copied_size(const struct cli_install_req *req, const char *suffix)
{
	char name[600], flat[CLI_PATH];
	struct stat st;

	snprintf(flat, sizeof(flat), "%s", req->path);
	for (char *p = flat; (p = strchr(p, '/')) != NULL;)
		*p = ',';
	snprintf(name, sizeof(name), "%s/public/.airlock/%s%s", seen->root,
	    flat, suffix);
	return lstat(name, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

static int
heard_cli_install(struct rpc *rpc, const struct cli_install_req *req,
    struct cap *caps, uint32_t serial)
{
	static const struct story good = { .reply.why = WHY_INSTALLED };
	const struct story *story = story_find(req);
	struct cli_install_rep reply;

	if (is_catalog(req->path)) {
		reply = (struct cli_install_rep){ .archive = req->archive,
		    .why = WHY_NOT_FOUND };
		return answer_cli_install(rpc, serial, &reply, NULL);
	}
	seen->installs[seen->ninstalls++ % 256] = *req;
	(void)caps;
	seen->copied[0] = copied_size(req, "@sig");
	seen->copied[1] = copied_size(req, "");
	if (story == NULL)
		story = &good;
	reply = story->reply;
	reply.archive = story->number != 0 ? story->number :
	    req->archive;
	if (tell(rpc, story, reply.archive) < 0)
		return -EPIPE;
	if (story->waits_for_stop)
		wait_for_stop(rpc);
	if (story->violates)
		rpc_last_words(rpc->fd, RPC_DEATH_VIOLATION, 42);
	if (story->dies || story->violates)
		return -EPIPE;
	while (story->hangs)
		pause();
	for (size_t i = 0; i < 3 && story->makes[i].path != NULL; i++)
		make_file(story->makes[i].path, story->makes[i].text);
	int error = answer_cli_install(rpc, serial, &reply, NULL);
	return error == 0 && story->twice ?
	    answer_cli_install(rpc, serial, &reply, NULL) : error;
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
	if (script.key.why == WHY_NONE && rpc->phase == CLI_NEW)
		rpc->phase = CLI_KEYED;
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

/* This takes the place of cli/reading.c, in which a reader is asked. */
enum status
reading_signature(int armored, int *binary)
{
	char text[32] = "";

	assert_true(pread(armored, text, sizeof(text) - 1, 0) > 0);
	*binary = strcmp(text, "-----BEGIN PGP SIGNATURE-----\n") == 0 ?
	    buffer_seal("\x88\x01", 2) : -1;
	return STATUS_DONE;
}

enum status
reading_index(struct index *index, int file)
{
	(void)index, (void)file;
	return STATUS_FAILED;
}

static int
staging_open(const char *root)
{
	struct store store;

	assert_int_equal(store_open(&store, root), 0);
	int fd = fcntl(store.staging, F_DUPFD_CLOEXEC, 0);
	store_close(&store);
	return fd;
}

int
start_manager(const struct arguments *a, const char *root, int lock,
    struct started *started, int *channel)
{
	int pair[2];

	if (root != NULL) {
		snprintf(seen->root, sizeof(seen->root), "%s", root);
		make_directory("public/.airlock");
	}
	assert_int_equal(rpc_pair(pair), 0);
	/* It is held, and by this description. */
	assert_true(root == NULL || flock(lock, LOCK_EX | LOCK_NB) == 0);
	(void)a;
	*started = (struct started)STARTED_NONE;
	started->staging = root == NULL ? -1 : staging_open(root);
	started->manager = fork();
	assert_true(started->manager != -1);
	if (started->manager == 0) {
		close(pair[1]);
		manager(pair[0]);
	}
	close(pair[0]);
	*channel = pair[1];
	return 0;
}

/* These of cli/restrict.c's: this process goes on afterwards. */
void
restrict_calls(void)
{
}

void
restrict_files(const struct root *root, const struct started *started,
    const char *also)
{
	(void)root, (void)started, (void)also;
}

/* `airlock audit --attack` has no manager: it is not asked for here. */
int
start_launcher(const char *root, const char *const programs[LAUNCHER_PROGRAMS],
    struct started *started, int *channel)
{
	(void)root, (void)programs, (void)started, (void)channel;
	return -ENOSYS;
}

int
start_reap(struct started *started)
{
	int status;

	if (script.hangs)
		kill(started->manager, SIGKILL);
	if (waitpid(started->manager, &status, 0) == -1)
		return -errno;
	if (started->staging != -1) {
		assert_int_equal(clear_directory(started->staging, "."), 0);
		close(started->staging);
	}
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
	/* A fresh stream, as a program has: cmocka has written to this one. */
	stdout = fdopen(STDOUT_FILENO, "w");
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

#define STATE(s, n, t) { .state = (s), .now = (n), .total = (t) }
#define KILOBYTE "0123456789012345678901234567890123456789"		\
	"012345678901234567890123456789012345678901234567890123456789"

/* A publisher with a key and origins, a line each. */
static void
know(const char *user, const char *urls)
{
	char path[128];

	mkdir("R", 0755);
	mkdir("R/depot", 0755);
	snprintf(path, sizeof(path), "R/depot/%s", user);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "R/depot/%s/pubkey", user);
	write_file(path, "key");
	snprintf(path, sizeof(path), "R/depot/%s/download", user);
	write_file(path, urls);
}

static struct story *
story(const char *path)
{
	struct story *s = &script.stories[script.nstories++];

	s->path = path;
	s->reply.why = WHY_INSTALLED;
	return s;
}

/* It fails, when it is asked for from this host (NULL: any). */
static struct story *
failure(const char *path, const char *host, enum cli_why why, uint32_t detail)
{
	struct story *s = story(path);

	s->host = host;
	s->reply.why = why;
	s->reply.detail = detail;
	return s;
}

/* A download of 100 bytes. */
static struct story *
good_story(const char *path)
{
	static const struct cli_state_req states[] = {
		STATE(CLI_DOWNLOADING, 0, 0), STATE(CLI_DOWNLOADING, 10, 100),
		STATE(CLI_DOWNLOADING, 55, 100), STATE(CLI_VERIFYING, 0, 0),
		STATE(CLI_EXTRACTING, 0, 0),
	};
	struct story *s = story(path);

	memcpy(s->states, states, sizeof(states));
	s->nstates = sizeof(states) / sizeof(states[0]);
	s->makes[0].path = "public/alice/raw/x/1.tar.xz";
	s->makes[0].text = KILOBYTE;
	return s;
}

static void
make_installed(const char *path)
{
	char name[256];

	strcpy(seen->root, "R");
	snprintf(name, sizeof(name), "depot/%s/x", path);
	make_file(name, "");
	snprintf(name, sizeof(name), "state/receipts/%s", path);
	for (char *p = name + strlen("state/receipts/"); *p != '\0'; p++)
		if (*p == '/')
			*p = ',';
	make_file(name, "");
}

/* ---- install ---- */

static void
test_install(void **state)
{
	(void)state;
	know("alice", "https://h.example:444/base/\nhttps://mirror/\n");
	make_installed("alice/raw/y/1");
	good_story("alice/raw/x/1");
	assert_int_equal(airlock("--root R install alice/raw/x/1 "
	    "alice/raw/y/1/ --ca ca.pem"), 0);
	assert_string_equal(run.err, "");
	contains(run.out, "alice/raw/x/1: downloading\n");
	contains(run.out, "alice/raw/y/1: already installed\n");
	contains(run.out, "alice/raw/x/1: installed (100 B)\n"
	    "1 installed, 1 already present, 100 B in 0.");
	assert_string_equal(seen->root, "R");
	assert_int_equal(seen->ninstalls, 1);
	assert_string_equal(seen->installs[0].path, "alice/raw/x/1");
	assert_string_equal(seen->installs[0].from.host, "h.example");
	assert_string_equal(seen->installs[0].from.target,
	    "/base/alice/raw/x/1.tar.xz");
	assert_int_equal(seen->installs[0].from.port, 444);
	assert_int_equal(seen->installs[0].from.scheme, URL_HTTPS);
	assert_int_equal(seen->installs[0].flags, 1);
	assert_int_equal(seen->copied[0], -1);
	assert_int_equal(seen->certificates, 5);
	assert_int_equal(access("R/public", X_OK), 0);
	assert_int_equal(access("R/state", X_OK), 0);
}

static void
test_quiet(void **state)
{
	(void)state;
	know("alice", "https://h/\n");
	good_story("alice/raw/x/1");
	assert_int_equal(airlock("install --quiet --root R alice/raw/x/1"), 0);
	assert_string_equal(run.out, "");
	assert_string_equal(run.err, "");
}

static void
test_defaults(void **state)
{
	(void)state;
	know("a", "https://h/");
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	assert_int_equal(seen->open.jobs, 4);
	assert_int_equal(seen->open.stall, 30000);
	assert_int_equal(seen->open.retries, 3);
	assert_true(seen->installs[0].max_size == UINT64_C(4) << 30);
	assert_true(seen->installs[0].max_bytes == UINT64_C(16) << 30);
	assert_int_equal(seen->installs[0].max_entries, 1000000);
	assert_int_equal(seen->installs[0].max_ratio, 1000);
	assert_int_equal(seen->open.level, CLI_STRONG);
}

static void
test_settings(void **state)
{
	(void)state;
	mkdir("R", 0755);
	mkdir("R/etc", 0755);
	write_file("R/etc/settings", "jobs 7\nmax-size 5M\narch arm_v8a\n"
	    "require-jail full\nstall 9\n");
	know("a", "https://h/");
	assert_int_equal(airlock("install --root R a/raw/b/1 --stall 2 "), 0);
	assert_int_equal(seen->open.jobs, 7);
	assert_int_equal(seen->installs[0].max_size, 5 << 20);
	assert_int_equal(seen->open.level, CLI_FULL);
	assert_int_equal(seen->open.stall, 2000);
	/* An unknown word, one that is no setting, a bad value, a bad line. */
	static const char *const bad[] = { "jobs 7\ncolour red\n",
	    "force yes\n", "jobs 0\n", "jobs\n", "jobs 7", "ca x.pem\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file("R/etc/settings", bad[i]);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 1);
		contains(run.err, i == 0 ? "R/etc/settings:2: unknown word" :
		    "R/etc/settings:1: ");
		assert_int_equal(seen->open.jobs, 0);
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
	(void)state;
	know("alice", "https://h/\n");
	know("c", "https://h/\n");
	failure("alice/raw/x/1", NULL, WHY_BAD_SIGNATURE, 0);
	failure("c/raw/d/1", NULL, WHY_SERVER, 503);
	failure("c/raw/e/1", NULL, WHY_SPACE, 0)->reply.error = ENOSPC;
	failure("c/raw/f/1", NULL, WHY_GATE, GATE_LARGE);
	failure("c/raw/g/1", NULL, WHY_VIOLATION, 42);
	assert_int_equal(airlock("install --root R alice/raw/x/1 bob/raw/y/1 "
	    "bob/raw/z/1 c/raw/d/1 c/raw/e/1 c/raw/f/1 c/raw/g/1"), 7);
	contains(run.err, "airlock: alice/raw/x/1: untrusted: its signature "
	    "does not match its content; source: https://h\n");
	contains(run.err, "    airlock user add bob --url URL --key FILE\n");
	contains(run.err, "(HTTP status 503)");
	contains(run.err, "airlock: c/raw/e/1: failed: no space left\n");
	contains(run.err, "(system call 42)");
	/* The same advice is given once. */
	lacks(strstr(run.err, "user add bob") + 1, "user add bob");
	contains(run.out, "7 failed in ");
	assert_int_equal(airlock("install --root R alice/raw/x/1 c/raw/e/1 "
	    "c/raw/d/1"), 4);
	assert_int_equal(airlock("install --root R c/raw/e/1 c/raw/d/1"), 6);
	assert_int_equal(airlock("install --root R c/raw/d/1 c/raw/h/1"), 3);
	contains(run.out, "1 installed, 1 failed");
}

/* Where an archive is taken from: public/, then each URL in its order. */
static void
test_sources(void **state)
{
	(void)state;
	know("a", "https://one/\n\nnonsense\nhttp://two:81/x/\n"
	    "https://three/\n");
	failure("a/raw/b/1", "one", WHY_TIMEOUT, 0);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	assert_int_equal(seen->ninstalls, 2);
	assert_string_equal(seen->installs[1].from.host, "two");
	assert_string_equal(seen->installs[1].from.target,
	    "/x/a/raw/b/1.tar.xz");
	assert_int_equal(seen->installs[1].from.port, 81);
	assert_string_equal(run.err, "");
	/* A bad copy on one mirror is not the end; what is said is the gravest
	 * of all reasons. */
	failure("a/raw/b/1", "two", WHY_BAD_SIGNATURE, 0);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	assert_int_equal(seen->ninstalls, 3);
	failure("a/raw/b/1", "three", WHY_NOT_FOUND, 404);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 4);
	assert_int_equal(seen->ninstalls, 3);
	contains(run.err, "untrusted: its signature does not match its content"
	    "; source: http://two:81/x\n");
	lacks(run.err, "HTTP");
	know("b", "https://[fd00::1]:82\n");
	failure("b/raw/c/1", NULL, WHY_REFUSED, 0);
	assert_int_equal(airlock("install --root R b/raw/c/1"), 3);
	contains(run.err, "connections; source: https://[fd00::1]:82\n");
	contains(run.err, "    check the URLs in R/depot/b/download");
	script.nstories = 0;
	failure("a/raw/b/1", "one", WHY_SIZE, 0);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	assert_int_equal(seen->ninstalls, 2);
	/* What is the publisher's own doing is the same everywhere. */
	script.nstories = 0;
	failure("a/raw/b/1", NULL, WHY_TOPDIR, 0);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 5);
	assert_int_equal(seen->ninstalls, 1);
	know("a", "\n");
	assert_int_equal(airlock("install --root R a/raw/b/1"), 3);
	contains(run.err, "no usable origin");
	unlink("R/depot/a/download");
	assert_int_equal(airlock("install --root R a/raw/b/1"), 3);
	unlink("R/depot/a/pubkey");
	assert_int_equal(airlock("install --root R a/raw/b/1"), 4);
	contains(run.err, "no key");
	assert_int_equal(seen->ninstalls, 0);
}

static void
test_local(void **state)
{
	(void)state;
	know("a", "https://one/\n");
	strcpy(seen->root, "R");
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 3);
	contains(run.err, "--offline forbids");
	assert_int_equal(seen->ninstalls, 0);
	make_file("public/a/raw/b/1.tar.xz", "archive");
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 3);
	strcpy(seen->root, "R");
	make_file("public/a/raw/b/1.tar.xz.sig", "sig");
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 0);
	assert_int_equal(seen->copied[0], 3);
	assert_int_equal(seen->copied[1], 7);
	assert_int_equal(seen->installs[0].flags,
	    CLI_WANTED_BY_NAME | CLI_COPIED);
	assert_int_equal(seen->installs[0].from.scheme, 0);
	assert_string_equal(seen->installs[0].from.host, "");
	contains(run.out, "a/raw/b/1: installed (7 B)\n1 installed in ");
	/* A damaged copy is replaced, if that is allowed. */
	failure("a/raw/b/1", "", WHY_BAD_SIGNATURE, 0);
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 4);
	assert_int_equal(seen->ninstalls, 1);
	assert_int_equal(airlock("install --root R a/raw/b/1"), 0);
	assert_int_equal(seen->ninstalls, 2);
	assert_int_equal(seen->installs[1].flags, CLI_WANTED_BY_NAME);
	/* Neither a link nor a fifo is copied. */
	unlink("R/public/a/raw/b/1.tar.xz");
	assert_int_equal(symlink("/etc/passwd", "R/public/a/raw/b/1.tar.xz"),
	    0);
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 3);
	unlink("R/public/a/raw/b/1.tar.xz");
	assert_int_equal(mkfifo("R/public/a/raw/b/1.tar.xz", 0644), 0);
	assert_int_equal(airlock("install --offline --root R a/raw/b/1"), 3);
}

static bool
was_asked(const char *path)
{
	for (uint32_t i = 0; i < seen->ninstalls; i++)
		if (strcmp(seen->installs[i].path, path) == 0)
			return true;
	return false;
}

static void
makes(struct story *s, size_t i, const char *path, const char *text)
{
	s->makes[i].path = path;
	s->makes[i].text = text;
}

static void
test_dependencies(void **state)
{
	static const char line[] = "install --root R --arch arm_v8a a/pkg/p/1";

	(void)state;
	know("a", "https://one/\n");
	know("b", "https://one/\n");
	/* A cycle, another user, a src that stands for its bin. */
	makes(story("a/pkg/p/1"), 0, "depot/a/pkg/p/1/archives",
	    "a/raw/r/1\n\nb/pkg/q/1\na/src/s/1\n");
	struct story *q = story("b/pkg/q/1");
	makes(q, 0, "depot/b/pkg/q/1/archives", "a/pkg/p/1\na/raw/r/1\n");
	makes(q, 1, "state/receipts/b,pkg,q,1", "");
	makes(story("a/src/s/1"), 0, "depot/a/src/s/1/used_apis",
	    "base/1\nb/api/gui/2\n\n");
	assert_int_equal(airlock(line), 0);
	assert_int_equal(seen->ninstalls, 4);
	assert_true(was_asked("a/raw/r/1") && was_asked("b/pkg/q/1"));
	assert_true(was_asked("a/bin/arm_v8a/s/1"));
	assert_int_equal(seen->installs[0].flags, 1);
	assert_int_equal(seen->installs[1].flags, 0);
	contains(run.out, "4 installed in ");
	/* What is there already still has its dependencies. */
	make_installed("a/pkg/p/1");
	char with_source[128];
	snprintf(with_source, sizeof(with_source), "%s --source", line);
	assert_int_equal(airlock(with_source), 0);
	assert_int_equal(seen->ninstalls, 5);
	assert_false(was_asked("a/pkg/p/1") || was_asked("b/pkg/q/1"));
	assert_true(was_asked("a/src/s/1") && was_asked("a/api/base/1") &&
	    was_asked("b/api/gui/2"));
	contains(run.out, "a/pkg/p/1: already installed\n");
}

static void
test_bad_dependencies(void **state)
{
	static const char *const lists[] = { "../../etc/passwd\n",
	    "a/raw/r/1\na/api/x/1\n", "a/raw/r/1\nx\n", NULL };

	(void)state;
	know("a", "https://one/\n");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char line[128], path[64], list[128];
		snprintf(path, sizeof(path), "a/pkg/p/%zu", i);
		snprintf(list, sizeof(list), "depot/%s/archives", path);
		snprintf(line, sizeof(line), "install --root R %s", path);
		/* The last of them has none at all. */
		if (lists[i] != NULL)
			makes(story(path), 0, list, lists[i]);
		assert_int_equal(airlock(line), 5);
		assert_int_equal(seen->ninstalls, 1);
		contains(run.err, ": malformed: its list of archives");
		script.nstories = 0;
	}
	script.nstories = 0;
	makes(story("a/src/s/1"), 0, "depot/a/src/s/1/used_apis",
	    "base/1\n../x\n");
	assert_int_equal(airlock("install --root R --source a/src/s/1"), 5);
	assert_int_equal(seen->ninstalls, 1);
	makes(story("a/src/s/2"), 0, "depot/a/src/s/2/used_apis",
	    "base/1\na/raw/x/1\n");
	assert_int_equal(airlock("install --root R --source a/src/s/2"), 5);
	assert_int_equal(seen->ninstalls, 1);
}

static void
test_dry_run(void **state)
{
	(void)state;
	know("a", "https://one/\n");
	make_installed("a/raw/there/1");
	strcpy(seen->root, "R");
	make_file("depot/a/raw/foreign/1/x", "");
	assert_int_equal(airlock("install --dry-run --root R a/pkg/p/1 "
	    "a/raw/there/1"), 0);
	assert_string_equal(seen->root, "");	/* no manager */
	contains(run.out, "a/pkg/p/1: would be installed\n"
	    "a/raw/there/1: already installed\n"
	    "1 would be installed, 1 already present in ");
	assert_int_equal(airlock("install --dry-run --root R b/raw/x/1"), 4);
	assert_int_equal(airlock("install --dry-run --root R "
	    "a/raw/foreign/1"), 1);
	contains(run.err, "not installed by airlock");
	assert_int_equal(access("R/public", F_OK), -1);
}

static void
test_json(void **state)
{
	(void)state;
	know("alice", "https://h/\n");
	good_story("alice/raw/x/1");
	failure("alice/raw/y/1", NULL, WHY_TOPDIR, 0);
	assert_int_equal(airlock("--json install --root R --jobs 1 "
	    "alice/raw/x/1 alice/raw/y/1"), 5);
	assert_string_equal(run.err, "");
	char *end = strstr(run.out, "{\"event\":\"end\"");
	assert_non_null(end);
	contains(end, "{\"event\":\"end\",\"status\":5,\"installed\":1,"
	    "\"blessed\":0,\"kept\":0,\"planned\":0,\"present\":0,"
	    "\"failed\":1,\"stopped\":0,"
	    "\"bytes\":100,\"milliseconds\":");
	*end = '\0';
	assert_string_equal(run.out,
	    "{\"event\":\"state\",\"path\":\"alice/raw/x/1\","
	    "\"state\":\"downloading\",\"now\":0,\"total\":0}\n"
	    "{\"event\":\"state\",\"path\":\"alice/raw/x/1\","
	    "\"state\":\"verifying\",\"now\":0,\"total\":0}\n"
	    "{\"event\":\"state\",\"path\":\"alice/raw/x/1\","
	    "\"state\":\"extracting\",\"now\":0,\"total\":0}\n"
	    "{\"event\":\"result\",\"path\":\"alice/raw/x/1\","
	    "\"result\":\"installed\",\"state\":\"committed\","
	    "\"reason\":\"installed\",\"message\":\"installed\","
	    "\"size\":100}\n"
	    "{\"event\":\"result\",\"path\":\"alice/raw/y/1\","
	    "\"result\":\"failed\",\"state\":\"malformed\","
	    "\"reason\":\"top-directory\",\"message\":\"malformed: its top "
	    "directory is not the one that its path demands\",\"size\":0}\n");
}

/* More than are asked for at a time: all are, in their order. */
static void
test_many(void **state)
{
	char line[1024] = "install --root R --jobs 16";

	(void)state;
	know("a", "https://one/\n");
	for (int i = 0; i < 61; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
		    " a/raw/b/%d", i);
	assert_int_equal(airlock(line), 0);
	assert_int_equal(seen->ninstalls, 61);
	assert_string_equal(seen->installs[60].path, "a/raw/b/60");
	contains(run.out, "61 installed in ");
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
	know("a", "https://one/\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv(names[i], "http://proxy:1", 1);
		assert_int_equal(airlock("install --root R a/raw/b/1"), 3);
		contains(run.err, names[i]);
		contains(run.err, "--no-proxy");
		assert_string_equal(seen->root, "");
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "--no-proxy"), 0);
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "--offline"), 3);
		contains(run.err, "--offline forbids");
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
good_verdict(void)
{
	script.verify = (struct cli_verify_rep){ .hash = 10, .algorithm = 22,
	    .created = 1704164645, .fpr_size = 20 };
	memset(script.verify.fpr, 0xab, 20);
	memset(script.verify.primary, 0xab, 20);
}

static void
test_manager_ends(void **state)
{
	(void)state;
	know("a", "https://one/\n");
	struct story *s = story("a/raw/b/1");
	s->dies = true;
	assert_int_equal(airlock("install --root R a/raw/b/1 a/raw/b/2"), 1);
	contains(run.err, "the manager ended unexpectedly\n");
	contains(run.out, "2 not done in ");
	script.exit_status = 7;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	script.exit_status = 0;
	s->violates = true;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	contains(run.err, "forbidden system call (42)");
}

static void
test_manager_lies(void **state)
{
	static const struct cli_state_req lies[] = {
		STATE(CLI_NSTATES, 0, 0), STATE(CLI_NO_STATE, 0, 0),
		STATE(CLI_UNTRUSTED, 0, 0),
	};

	(void)state;
	know("a", "https://one/\n");
	struct story *s = story("a/raw/b/1");
	s->nstates = 1;
	for (size_t i = 0; i < 3; i++) {
		s->states[0] = lies[i];
		assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
		contains(run.err, "the manager broke its protocol\n");
	}
	s->states[0] = (struct cli_state_req)STATE(CLI_WANTED, 0, 0);
	/* About an archive that is none, and one that was not asked for. */
	make_installed("a/raw/there/1");
	for (s->number = 77; s->number > 0; s->number = s->number == 77) {
		s->nstates = 1;
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "a/raw/there/1"), 7);
		s->nstates = 0;
		assert_int_equal(airlock("install --root R a/raw/b/1 "
		    "a/raw/there/1"), 7);
	}
	s->reply.why = CLI_NWHYS;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	/* An answer without a final state is none. */
	s->reply.why = WHY_NONE;
	assert_int_equal(airlock("install --root R a/raw/b/1"), 7);
	s->reply.why = WHY_INSTALLED;
	s->twice = true;
	assert_int_equal(airlock("install --root R a/raw/b/1 a/raw/b/2"), 7);
}

/* A name is shown without what a terminal would obey. */
static void
test_escapes(void **state)
{
	static const char name[] = "\033[2J\a\xc2\x9b" "1m\xe2\x80\xae"
	    "gpj\xff" "\xc3\xa9";
	char line[128];

	(void)state;
	good_verdict();
	write_file(name, "data\n");
	snprintf(line, sizeof(line), "verify %s --signature data.sig "
	    "--key key.asc", name);
	assert_int_equal(airlock(line), 0);
	contains(run.out, "?[2J???1m???gpj?\xc3\xa9: good signature");
	strcat(line, " --json");
	assert_int_equal(airlock(line), 0);
	contains(run.out, "\"\\u001b[2J\\u0007\\u009b1m\xe2\x80\xaegpj"
	    "\\ufffd\xc3\xa9\"");
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

	(void)state;
	know("a", "https://one/\n");
	struct story *s = failure(NULL, NULL, WHY_STOPPED, 0);
	s->states[0].state = CLI_DOWNLOADING;
	s->nstates = 1;
	s->waits_for_stop = true;
	/* One more than the manager takes at a time. */
	char line[1024] = "install --root R", name[sizeof(" a/raw/b/000")];
	for (int n = 0; n <= CLI_INSTALLS; n++) {
		snprintf(name, sizeof(name), " a/raw/b/%d", n);
		strcat(line, name);
	}
	for (size_t i = 0; i < 3; i++) {
		run_start(line);
		wait_for_text(run.out_fd, "downloading");
		kill(run.pid, signals[i]);
		assert_int_equal(run_end(), 130);
		assert_int_equal(seen->nstops, 1);
		contains(run.err, "stopping");
		contains(run.out, "not done");
		/* Nothing more is begun. */
		assert_false(was_asked(strrchr(line, ' ') + 1));
	}
}

static void
test_stop_at_once(void **state)
{
	(void)state;
	know("a", "https://one/\n");
	struct story *s = story("a/raw/b/1");
	s->states[0].state = CLI_DOWNLOADING;
	s->nstates = 1;
	s->hangs = true;
	run_start("install --root R a/raw/b/1");
	wait_for_text(run.out_fd, "downloading");
	kill(run.pid, SIGINT);
	wait_for_text(run.err_fd, "stopping");
	kill(run.pid, SIGINT);
	assert_int_equal(run_end(), 130);
}

/* Hold the lock of R as another process does, which wrote this. */
static int
lock_hold(const char *written)
{
	mkdir("R", 0755);
	mkdir("R/state", 0755);
	int lock = open("R/state/lock", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0644);

	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(write(lock, written, strlen(written)),
	    strlen(written));
	return lock;
}

/* The forked airlock has this description, too. */
static void
lock_drop(int lock)
{
	flock(lock, LOCK_UN);
	close(lock);
}

static void
test_waiting(void **state)
{
	char pid[16];
	struct stat st;
	int lock = lock_hold("999999999999999\n");

	(void)state;
	assert_int_equal(pwrite(lock, "          4242\n", 15, 0), 15);
	run_start("install --root R a/raw/b/1");
	wait_for_text(run.err_fd, "4242");
	poll(NULL, 0, 500);
	lock_drop(lock);
	assert_int_equal(run_end(), 4);
	contains(run.err, "another airlock (process 4242) works on R\n");
	lacks(strstr(run.err, "4242") + 1, "4242");
	/* It named itself over the longer number, and nobody else may look. */
	snprintf(pid, sizeof(pid), "%14d\n", (int)run.pid);
	assert_int_equal(strncmp(read_file("R/state/lock"), pid, 15), 0);
	assert_int_equal(stat("R/state/lock", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* What is no number names nobody. */
	lock = lock_hold("nonsense\n");
	run_start("install --root R a/raw/b/1");
	wait_for_text(run.err_fd, "another airlock works on R\n");
	lock_drop(lock);
	assert_int_equal(run_end(), 4);
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
	/* Nor does one that waits for the lock. */
	int lock = lock_hold("4242\n");
	run_start("install --root R a/raw/b/1");
	wait_for_text(run.err_fd, "4242");
	kill(run.pid, SIGINT);
	assert_int_equal(run_end(), 130);
	close(lock);
}

/* The reader of our output has gone: the work goes on. */
static void
test_no_reader(void **state)
{
	int fds[2];

	(void)state;
	know("alice", "https://h/\n");
	good_story("alice/raw/x/1");
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
	while (at < size - 1 &&
	    (n = read(master, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	text[at] = '\0';
}

static void
test_terminal(void **state)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int master;

	(void)state;
	know("alice", "https://h/\n");
	good_story("alice/raw/x/1");
	good_story("alice/raw/y/1");
	script.pause = 60;
	memset(seen, 0, sizeof(*seen));
	run.pid = forkpty(&master, NULL, NULL, &size);
	assert_true(run.pid != -1);
	if (run.pid == 0) {
		setenv("TERM", "xterm", 1);
		child(1, 2, "install --root R alice/raw/x/1 alice/raw/y/1");
	}
	terminal_read(master, run.out, sizeof(run.out));
	close(master);
	int status;
	waitpid(run.pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 0);
	contains(run.out, "downloading  10%  10 B of 100 B\r\n");
	contains(run.out, "0 of 2 done  10 B");
	/* The region is erased before a line that stays. */
	contains(run.out, "\033[Jalice/raw/x/1: installed (100 B)\r\n");
	contains(run.out, "2 installed, 100 B in ");
	lacks(run.out, "alice/raw/x/1: downloading");
	/* And nothing is left of it at the end. */
	char *last = strstr(run.out, "2 installed, 100 B");
	lacks(last, "\033");
}

/* ---- verify ---- */

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
	assert_int_equal(seen->signature, 2);
	write_file("bad", "-----BEGIN PGP SIGNATURE-----x\n");
	assert_int_equal(airlock("verify data --key key.asc --signature bad"),
	    4);
	contains(run.err, "text or armor, not a binary signature");
	rename("data.sig", "data.asc");
	assert_int_equal(airlock("verify data --key key.asc"), 0);
	assert_int_equal(seen->signature, 3);	/* it is binary */
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
	assert_int_equal(symlink("../../../key.asc",
	    "R/depot/alice/pubkey"), 0);
	assert_int_equal(airlock(ADD), 1);
	assert_int_equal(airlock(ADD " --replace"), 0);
	struct stat st;
	assert_int_equal(lstat("R/depot/alice/pubkey", &st), 0);
	assert_true(S_ISREG(st.st_mode));
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
make_depot(void)
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
	    "state verified\nsize 1234\ninstalled 1704164645\n");
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
	make_depot();
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
	    "\"state\":\"missing\",\"receipt\":{"
	    "\"path\":\"a/raw/gone/1\",\"engines\":[]}}\n"
	    "{\"event\":\"archive\",\"path\":\"a/raw/x/1\","
	    "\"state\":\"installed\",\"receipt\":{\"path\":\"a/raw/x/1\","
	    "\"state\":\"verified\",\"size\":1234,"
	    "\"installed\":1704164645,\"engines\":[]}}\n");
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
		TEST(test_failures), TEST(test_sources), TEST(test_local),
		TEST(test_dependencies), TEST(test_bad_dependencies),
		TEST(test_dry_run), TEST(test_json),
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

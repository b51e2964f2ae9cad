/*
 * verifier_drive.h - a false manager for the two programs that judge signatures,
 * in their real jails, with the cases of tests/integration/sigcases.sh.
 *
 * Included by one test program a time.
 */
#ifndef VERIFIER_DRIVE_H
#define VERIFIER_DRIVE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "depot/gate.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/spawn.h"
#include "jail/template.h"
#include "rpc/buffer.h"
#include "verifier/verifier.h"

#define PATIENCE	60000	/* ms; all but the tests of limits need 10 */

RPC_MANAGER_SIDE(TEMPLATE_RPC, template_rows)
RPC_MANAGER_SIDE(VERIFIER_RPC, verifier_rows)

static enum launcher_kind drive_kind;
static char cases[] = "/tmp/airlock-verifier.XXXXXX";
static int program = -1;
static const struct cap no_caps[CAP_MAX];

struct template {
	struct rpc	 rpc;
	int		 pidfd;
};

/* A child, or what is left of it; reply is what it answered last. */
struct child {
	struct rpc	 rpc;
	int		 pidfd;
	int		 answered;
	union {
		struct verifier_verify_rep	verify;
		struct verifier_keys_rep	keys;
	} reply;
};

static inline int
answered_template_fork(struct rpc *rpc, void *context,
    const struct template_fork_rep *rep, struct cap *caps)
{
	(void)rpc;
	if (rep->error == 0)
		*(int *)context = cap_take(&caps[0]);
	return rep->error;
}

static inline int
answered_verifier_verify(struct rpc *rpc, void *context,
    const struct verifier_verify_rep *rep, struct cap *caps)
{
	struct child *child = context;

	(void)rpc, (void)caps;
	child->reply.verify = *rep;
	child->answered = 1;
	return 0;
}

static inline int
answered_verifier_keys(struct rpc *rpc, void *context,
    const struct verifier_keys_rep *rep, struct cap *caps)
{
	struct child *child = context;

	(void)rpc, (void)caps;
	child->reply.keys = *rep;
	child->answered = 1;
	return 0;
}

/* ---- files ---- */

static const char *
case_path(const char *name, const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/case-%s/%s", cases, name, file);
	return path;
}

static inline int
case_open(const char *name, const char *file)
{
	int fd = open(case_path(name, file), O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		fail_msg("%s: %s", case_path(name, file), strerror(errno));
	return fd;
}

static inline int
case_seal(const char *name, const char *file)
{
	int fd = case_open(name, file);
	int sealed = buffer_seal_file(fd, 1 << 20);

	close(fd);
	assert_true(sealed >= 0);
	return sealed;
}

static inline size_t
case_read(const char *name, const char *file, void *data, size_t max)
{
	int fd = case_open(name, file);
	ssize_t n = read(fd, data, max);

	close(fd);
	assert_true(n >= 0);
	return (size_t)n;
}

static inline int
case_expects(const char *name, const char *what)
{
	char word[16] = "";

	case_read(name, "expect", word, sizeof(word) - 1);
	word[strcspn(word, "\n")] = '\0';
	return strcmp(word, what) == 0;
}

/* A file of zeros that takes no space. */
static inline int
zeros_open(off_t size)
{
	char path[64];
	int fd = memfd_create("zeros", MFD_CLOEXEC);

	assert_true(fd >= 0 && ftruncate(fd, size) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int out = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	assert_true(out >= 0);
	return out;
}

/* ---- processes ---- */

static inline struct template
template_start(int key)
{
	struct template t = { .pidfd = -1 };
	uint32_t layers;
	int ends[2];

	assert_int_equal(rpc_pair(ends), 0);
	struct spawn spawn = { .kind = &kinds[drive_kind],
	    .filter = &outer_filters[drive_kind],
	    .uid = geteuid() == 0 ? LAUNCHER_UID_BASE +
	    LAUNCHER_UID(drive_kind) : SPAWN_UID_KEEP,
	    .program = program, .channel = ends[1], .input = key };
	pid_t pid = spawn_worker(&spawn, &t.pidfd, &layers);
	close(ends[1]);
	assert_true(pid > 0);
	rpc_init(&t.rpc, ends[0], RPC_ROWS(template_rows), NULL);
	return t;
}

/* Start a template for a case's key file. */
static inline struct template
template_for(const char *name)
{
	int key = case_seal(name, "key");
	struct template t = template_start(key);

	close(key);
	return t;
}

/* Hang up; the template has to end by itself, with this status. */
static inline void
template_end(struct template *t, int want)
{
	siginfo_t info = { 0 };

	rpc_close(&t->rpc);
	struct pollfd end = { t->pidfd, POLLIN, 0 };
	if (poll(&end, 1, PATIENCE) != 1)
		fail_msg("the template does not end");
	/* P_PIDFD, which an older libc does not name */
	assert_int_equal(waitid((idtype_t)3, (id_t)t->pidfd, &info, WEXITED),
	    0);
	close(t->pidfd);
	assert_int_equal(info.si_code, CLD_EXITED);
	assert_int_equal(info.si_status, want);
}

/* The next record, or the end: as rpc_receive(). */
static inline int
receive(struct rpc *rpc)
{
	struct pollfd fd = { rpc->fd, POLLIN, 0 };

	if (poll(&fd, 1, PATIENCE) != 1)
		fail_msg("no answer");
	return rpc_receive(rpc, MSG_DONTWAIT);
}

static inline void
child_fork(struct template *t, struct child *child)
{
	struct template_fork_req req = { .job = 1 };
	int ends[2];

	assert_int_equal(rpc_pair(ends), 0);
	struct cap cap = { .fd = ends[1] };
	*child = (struct child){ .pidfd = -1 };
	assert_int_equal(ask_template_fork(&t->rpc, &req, &cap, 0,
	    &child->pidfd), 0);
	cap_drop(&cap);
	/* The template's own first word may come before the answer. */
	while (child->pidfd == -1)
		assert_int_equal(receive(&t->rpc), 1);
	rpc_init(&child->rpc, ends[0], RPC_ROWS(verifier_rows), NULL);
}

/* It and all that it started are gone. */
static inline void
child_end(struct child *child)
{
	struct pollfd end = { child->pidfd, POLLIN, 0 };

	if (poll(&end, 1, PATIENCE) != 1)
		fail_msg("the child does not end");
	close(child->pidfd);
	rpc_close(&child->rpc);
}

/* Take what it says, to its end. */
static inline void
child_hear(struct child *child)
{
	int error;

	do
		error = receive(&child->rpc);
	while (error == 1);
	assert_int_equal(error, -EPIPE);
	child_end(child);
}

static inline void
ask_verify(struct child *child, int data, int sig)
{
	struct stat st;

	assert_int_equal(fstat(data, &st), 0);
	struct verifier_verify_req req = { .size = (uint64_t)st.st_size };
	const struct cap caps[] = { { data }, { sig } };
	assert_int_equal(ask_verifier_verify(&child->rpc, &req, caps, 0,
	    child), 0);
}

/* Take its answer, which has to come. */
static inline void
child_answer(struct child *child)
{
	child_hear(child);
	if (!child->answered)
		fail_msg("no answer; it died of %u, system call %d",
		    child->rpc.death.cause, child->rpc.death.syscall);
}

/* One verification from beginning to end. */
static inline struct verifier_verify_rep
verify(struct template *t, int data, int sig)
{
	struct child child;

	child_fork(t, &child);
	ask_verify(&child, data, sig);
	child_answer(&child);
	return child.reply.verify;
}

/* A packet that says it is as long as the file, and is cut everywhere: what passes
 * the gate even so, the engine has to refuse. */
static inline void
test_truncated(void **state)
{
	static const char *const names[] = { "ed25519", "rsa" };
	uint8_t whole[VERIFIER_SIG], cut[VERIFIER_SIG] = { 0xc2, 0xff };
	struct gate_facts facts;
	int asked = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct template t = template_for(names[i]);
		size_t size = case_read(names[i], "sig", whole, sizeof(whole));
		/* gpg's own header: one octet of length, or two. */
		size_t head = (whole[0] & 3) == 0 ? 2 : 3;
		for (size_t n = 0; n < size - head; n++) {
			cut[4] = (uint8_t)(n >> 8);
			cut[5] = (uint8_t)n;
			memcpy(cut + 6, whole + head, n);
			if (gate_check(cut, n + 6, &facts) != GATE_PASS ||
			    (n % 7 != 0 && n + 10 < size - head))
				continue;
			int sig = buffer_seal(cut, n + 6);
			int data = case_open(names[i], "data");
			uint32_t verdict = verify(&t, data, sig).verdict;
			if (verdict == VERIFIER_GOOD || verdict ==
			    VERIFIER_KEY_EXPIRED)
				fail_msg("%s, %zu octets: good", names[i], n);
			close(sig);
			close(data);
			asked++;
		}
		template_end(&t, 0);
	}
	assert_true(asked > 20);
}

/* ---- engines ---- */

static inline double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The parent of the process, if it is called so; else -1. */
static inline long
parent_of(const char *pid, const char *wanted)
{
	char path[64], name[16];
	long parent = -1;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return -1;
	if (fscanf(file, "%*d (%15[^)]) %*c %ld", name, &parent) != 2 ||
	    strcmp(name, wanted) != 0)
		parent = -1;
	fclose(file);
	return parent;
}

/* The process behind a pidfd. */
static inline long
pidfd_number(int pidfd)
{
	char path[64], line[256];
	long number = -1;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "Pid:", 4) == 0)
			number = strtol(line + 4, NULL, 10);
	fclose(file);
	return number;
}

/* The engine that a child has started: libgpgme leaves it as an orphan, so the
 * child is its parent. */
static inline pid_t
engine_find(const struct child *child, const char *name)
{
	long parent = pidfd_number(child->pidfd);

	for (int tries = 0; tries < 2000; tries++, usleep(1000)) {
		DIR *proc = opendir("/proc");
		long found = 0;

		for (struct dirent *e; (e = readdir(proc)) != NULL;)
			if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
			    parent_of(e->d_name, name) == parent)
				found = strtol(e->d_name, NULL, 10);
		closedir(proc);
		if (found > 0)
			return (pid_t)found;
	}
	fail_msg("no engine was started");
	return -1;
}

/* ---- what no manager would send ---- */

/* Send raw bytes with descriptors: what rpc_ask() would refuse to. */
static inline void
raw_send(int fd, const void *bytes, size_t size, const int *fds, size_t nfds)
{
	char control[CMSG_SPACE(sizeof(int) * 8)] = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (nfds > 0) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	assert_int_equal(sendmsg(fd, &msg, MSG_NOSIGNAL), (ssize_t)size);
}

struct request {
	uint32_t number, serial;
	struct verifier_verify_req req;
	char	 more[8];
};

/* The child says nothing and ends; the template goes on. */
static inline void
refuses(struct template *t, const struct request *request, size_t size,
    const int *fds, size_t nfds)
{
	struct child child;

	child_fork(t, &child);
	raw_send(child.rpc.fd, request, size, fds, nfds);
	child_hear(&child);
	assert_false(child.answered);
	assert_int_equal(child.rpc.death.cause, RPC_DEATH_NONE);
}

/* ---- */

/* Which program, and with which cases. */
static inline int
drive_setup(enum launcher_kind kind, const char *name)
{
	const char *src = getenv("SRC"), *build = getenv("BUILD");
	char command[4096];

	drive_kind = kind;
	snprintf(command, sizeof(command), "%s/libexec/airlock/%s",
	    build == NULL ? "build" : build, name);
	program = open(command, O_RDONLY | O_CLOEXEC);
	if (program == -1 || mkdtemp(cases) == NULL)
		return -1;
	snprintf(command, sizeof(command),
	    "sh '%s/tests/integration/sigcases.sh' '%s' >&2",
	    src == NULL ? "." : src, cases);
	return system(command) == 0 ? 0 : -1;
}

static inline int
drive_teardown(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", cases);
	return system(command);
}

#endif /* VERIFIER_DRIVE_H */

/*
 * rpc_test.c - the manager's end of a channel against records of any form: what
 * is not exactly as promised ends the conversation, and leaves nothing open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "rpc/buffer.h"
#include "rpc/rpc.h"

#define ANSWER	UINT32_C(0x80000000)

enum phase { EARLY = 1 << 0, LATE = 1 << 1 };

struct toy_call_req { uint64_t x; };
struct toy_call_rep { uint64_t x, y; };
struct toy_need_req { uint64_t x; };
struct toy_need_rep { uint64_t x; };
struct toy_tick_req { uint64_t x; };
struct toy_late_req { uint64_t x; };
struct toy_stop_req { uint64_t x; };

#define TOY_RPC(CALL, ASK, NOTE, TELL)					\
	CALL(TOY_CALL, toy_call, 0, CAPS1(CAP_SEALED) | CAPS_OPTIONAL, 1) \
	ASK(TOY_NEED, toy_need, CAPS3(CAP_FILE, CAP_FILE, CAP_BUFFER), 0, EARLY) \
	NOTE(TOY_TICK, toy_tick, 0, 0, EARLY | LATE)			\
	NOTE(TOY_LATE, toy_late, 0, 0, LATE)				\
	TELL(TOY_STOP, toy_stop, 0, 0, EARLY)

enum toy_rpc { TOY_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
TOY_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)
RPC_MANAGER_SIDE(TOY_RPC, rows)

/* What the handlers have seen. */
static struct { int calls, needs, ticks; void *context; } seen;

ANSWERED(toy_call)
{
	seen.calls++;
	seen.context = context;
	return 0;
}

HEARD(toy_need)
{
	const struct toy_need_rep rep = { req->x };

	seen.needs++;
	return answer_toy_need(rpc, serial, &rep, NULL);
}

HEARD(toy_tick)
{
	seen.ticks++;
	return 0;
}

HEARD(toy_late)
{
	seen.ticks++;
	return 0;
}

struct pair {
	struct rpc	rpc;
	int		peer;
	int		open;	/* descriptors, before */
};

static int
open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static int
pair_setup(void **state)
{
	static struct pair p;
	int fds[2];

	memset(&seen, 0, sizeof(seen));
	p.open = open_descriptors();
	assert_int_equal(rpc_pair(fds), 0);
	rpc_init(&p.rpc, fds[0], RPC_ROWS(rows), NULL);
	p.peer = fds[1];
	*state = &p;
	return 0;
}

static int
pair_teardown(void **state)
{
	struct pair *p = *state;

	rpc_close(&p->rpc);
	cap_close_fd(&p->peer);
	assert_int_equal(open_descriptors(), p->open);
	return 0;
}

/* A record of any form. */
static void
put(const struct pair *p, uint32_t number, uint32_t serial, size_t body,
    const int *fds, size_t nfds)
{
	static unsigned char bytes[8 + RPC_MAX_BODY + 8];
	char control[CMSG_SPACE(sizeof(int) * 16)] = { 0 };
	struct iovec iov = { bytes, 8 + body };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(bytes, 0x11, sizeof(bytes));
	memcpy(bytes, &number, sizeof(number));
	memcpy(bytes + 4, &serial, sizeof(serial));
	if (nfds > 0) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	assert_int_equal(sendmsg(p->peer, &msg, 0), 8 + body);
}

static int
take(struct pair *p)
{
	return rpc_receive(&p->rpc, MSG_DONTWAIT);
}

static void
refused(struct pair *p, uint32_t number, uint32_t serial, size_t body)
{
	put(p, number, serial, body, NULL, 0);
	assert_int_equal(take(p), -EBADMSG);
}

static uint32_t
call(struct pair *p, uint64_t timeout, void *context)
{
	const struct toy_call_req req = { 1 };
	struct { uint32_t number, serial; uint64_t x; } got;

	assert_int_equal(ask_toy_call(&p->rpc, &req, NULL, timeout, context), 0);
	assert_int_equal(read(p->peer, &got, sizeof(got)), sizeof(got));
	assert_int_equal(got.number, TOY_CALL);
	return got.serial;
}

/* ---- records ---- */

static void
good_ones(void **state)
{
	struct pair *p = *state;
	int here;

	put(p, TOY_TICK, 0, 8, NULL, 0);
	put(p, TOY_CALL | ANSWER, call(p, 0, &here), 16, NULL, 0);
	assert_int_equal(take(p), 1);
	assert_int_equal(take(p), 1);
	assert_int_equal(take(p), 0);
	assert_int_equal(seen.ticks, 1);
	assert_int_equal(seen.calls, 1);
	assert_ptr_equal(seen.context, &here);
}

static void
wrong_number(void **state)
{
	refused(*state, TOY_STOP + 1, 0, 8);
	refused(*state, (TOY_STOP + 1) | ANSWER, 1, 8);
	refused(*state, 0x7ffffffd, 0, 8);
	refused(*state, RPC_READY | ANSWER, 1, 8);
	refused(*state, UINT32_MAX, 1, 8);
}

static void
wrong_direction(void **state)
{
	struct pair *p = *state;

	refused(p, TOY_CALL, 1, 8);
	refused(p, TOY_STOP, 0, 8);
	refused(p, TOY_NEED | ANSWER, 1, 8);
	refused(p, TOY_TICK | ANSWER, 0, 8);
	refused(p, TOY_STOP | ANSWER, 1, 0);
}

static void
wrong_size(void **state)
{
	struct pair *p = *state;
	uint32_t serial = call(p, 0, NULL);

	refused(p, TOY_TICK, 0, 0);
	refused(p, TOY_TICK, 0, 7);
	refused(p, TOY_TICK, 0, 9);
	refused(p, TOY_TICK, 0, RPC_MAX_BODY);
	refused(p, TOY_TICK, 0, RPC_MAX_BODY + 1);
	refused(p, TOY_CALL | ANSWER, serial, 8);
	refused(p, TOY_CALL | ANSWER, serial, 24);
	assert_int_equal(write(p->peer, "1234567", 7), 7);
	assert_int_equal(take(p), -EBADMSG);
	assert_int_equal(seen.ticks + seen.calls, 0);
}

static void
wrong_phase(void **state)
{
	struct pair *p = *state;

	refused(p, TOY_LATE, 0, 8);
	p->rpc.phase = LATE;
	put(p, TOY_LATE, 0, 8, NULL, 0);
	assert_int_equal(take(p), 1);
	refused(p, TOY_NEED, 1, 8);
}

static void
wrong_serial(void **state)
{
	struct pair *p = *state;
	uint32_t serial = call(p, 0, NULL);

	refused(p, TOY_TICK, 1, 8);
	refused(p, TOY_NEED, 0, 8);
	refused(p, TOY_CALL | ANSWER, serial + 1, 16);
	refused(p, TOY_CALL | ANSWER, 0, 16);
	assert_int_equal(seen.calls, 0);
}

static void
answer_twice(void **state)
{
	struct pair *p = *state;
	uint32_t serial = call(p, 0, NULL);

	put(p, TOY_CALL | ANSWER, serial, 16, NULL, 0);
	assert_int_equal(take(p), 1);
	refused(p, TOY_CALL | ANSWER, serial, 16);
	assert_int_equal(seen.calls, 1);
}

/* ---- capabilities ---- */

struct files {
	int	file, sealed, buffer, writable, path;
};

static struct files
files_open(void)
{
	struct files f = { open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
	    buffer_seal("x", 1), buffer_create(8),
	    memfd_create("w", MFD_CLOEXEC),
	    open("/proc/self/exe", O_PATH | O_CLOEXEC) };

	assert_true(f.file >= 0 && f.sealed >= 0 && f.buffer >= 0 &&
	    f.writable >= 0 && f.path >= 0);
	return f;
}

static void
files_close(struct files *f)
{
	close(f->file);
	close(f->sealed);
	close(f->buffer);
	close(f->writable);
	close(f->path);
}

static void
capabilities(void **state)
{
	struct pair *p = *state;
	struct files f = files_open();
	const int good[] = { f.file, f.file, f.buffer };

	put(p, TOY_NEED, 7, 8, good, 3);
	assert_int_equal(take(p), 1);
	assert_int_equal(seen.needs, 1);
	const int bad[][3] = {
		{ f.file, f.file, f.sealed },		/* not writable */
		{ f.file, f.file, f.writable },		/* not sealed */
		{ f.file, f.writable, f.buffer },	/* not read-only */
		{ f.path, f.file, f.buffer },		/* not to be read */
		{ f.file, f.file, f.file },
		{ p->peer, f.file, f.buffer },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(p, TOY_NEED, 7, 8, bad[i], 3);
		assert_int_equal(take(p), -EBADMSG);
	}
	assert_int_equal(seen.needs, 1);
	files_close(&f);
}

/* Four: the padding of a control message has room for one more than three. */
static void
too_many(void **state)
{
	struct pair *p = *state;
	struct files f = files_open();
	const int fds[] = { f.file, f.file, f.buffer, f.file, f.file, f.file };
	int before = open_descriptors();

	for (size_t n = 1; n <= 6; n++) {
		put(p, TOY_NEED, 7, 8, fds, n);
		assert_int_equal(take(p), n == 3 ? 1 : -EBADMSG);
		put(p, TOY_TICK, 0, 8, fds, n);
		assert_int_equal(take(p), -EBADMSG);
		put(p, RPC_DEATH, 0, 8, fds, n);
		assert_int_equal(take(p), -EBADMSG);
		put(p, TOY_NEED, 7, RPC_MAX_BODY + 1, fds, n);
		assert_int_equal(take(p), -EBADMSG);
		assert_int_equal(open_descriptors(), before);
	}
	assert_int_equal(seen.needs, 1);
	files_close(&f);
}

static void
optional(void **state)
{
	struct pair *p = *state;
	struct files f = files_open();

	put(p, TOY_CALL | ANSWER, call(p, 0, NULL), 16, &f.sealed, 1);
	assert_int_equal(take(p), 1);
	put(p, TOY_CALL | ANSWER, call(p, 0, NULL), 16, NULL, 0);
	assert_int_equal(take(p), 1);
	put(p, TOY_CALL | ANSWER, call(p, 0, NULL), 16, &f.buffer, 1);
	assert_int_equal(take(p), -EBADMSG);
	assert_int_equal(seen.calls, 2);
	files_close(&f);
}

static void
kinds(void **state)
{
	struct pair *p = *state;
	int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET,
	    SOCK_DGRAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY);

	assert_true(cap_check(tcp, CAP_STREAM));
	assert_false(cap_check(udp, CAP_STREAM));
	assert_false(cap_check(local, CAP_STREAM));
	assert_false(cap_check(local, CAP_CHANNEL));
	assert_true(cap_check(p->peer, CAP_CHANNEL));
	assert_int_equal(listen(tcp, 1), 0);
	assert_false(cap_check(tcp, CAP_STREAM));
	assert_true(cap_check(self, CAP_PIDFD));
	/* It may be signalled like a pidfd, but never ends. */
	assert_false(cap_check(proc, CAP_PIDFD));
	assert_false(cap_check(tcp, CAP_PIDFD));
	assert_false(cap_check(-1, CAP_FILE));
	assert_false(cap_check(self, CAP_NONE));
	close(tcp);
	close(udp);
	close(local);
	close(self);
	close(proc);
}

/* ---- words ---- */

static void
ready_once(void **state)
{
	struct pair *p = *state;

	p->rpc.is_jailed = true;
	refused(p, TOY_TICK, 0, 8);
	rpc_say_ready(p->peer, 5);
	put(p, TOY_TICK, 0, 8, NULL, 0);
	assert_int_equal(take(p), 1);
	assert_int_equal(take(p), 1);
	assert_int_equal(p->rpc.ready.layers, 5);
	rpc_say_ready(p->peer, 7);
	assert_int_equal(take(p), -EBADMSG);
	assert_int_equal(p->rpc.ready.layers, 5);
}

/* Also of one that has not read what it was sent. */
static void
last_words(void **state)
{
	struct pair *p = *state;
	const struct toy_stop_req stop = { 0 };

	p->rpc.is_jailed = true;
	assert_int_equal(send_toy_stop(&p->rpc, &stop), 0);
	rpc_last_words(p->peer, RPC_DEATH_VIOLATION, 42);
	cap_close_fd(&p->peer);
	assert_int_equal(take(p), 1);
	assert_int_equal(p->rpc.death.cause, RPC_DEATH_VIOLATION);
	assert_int_equal(p->rpc.death.syscall, 42);
	assert_int_equal(take(p), -EPIPE);
}

static void
the_end(void **state)
{
	struct pair *p = *state;

	put(p, RPC_DEATH, 0, 16, NULL, 0);
	assert_int_equal(take(p), -EBADMSG);
	assert_int_equal(send(p->peer, "", 0, 0), 0);
	assert_int_equal(take(p), -EPIPE);
	cap_close_fd(&p->peer);
	assert_int_equal(take(p), -EPIPE);
	rpc_close(&p->rpc);
	assert_int_equal(take(p), -EPIPE);
}

/* ---- calls in flight ---- */

static void
deadlines(void **state)
{
	struct pair *p = *state;
	int one, two;
	uint64_t now = rpc_now();

	assert_true(rpc_deadline(&p->rpc) == UINT64_MAX);
	call(p, 0, NULL);
	assert_true(rpc_deadline(&p->rpc) == UINT64_MAX);
	call(p, 90000, &one);
	uint32_t serial = call(p, 50000, &two);
	assert_in_range(rpc_deadline(&p->rpc), now + 50000, now + 60000);
	rpc_extend(&p->rpc, &two, 80000);
	assert_in_range(rpc_deadline(&p->rpc), now + 80000, now + 89000);
	put(p, TOY_CALL | ANSWER, serial, 16, NULL, 0);
	assert_int_equal(take(p), 1);
	assert_in_range(rpc_deadline(&p->rpc), now + 90000, now + 99000);
	rpc_close(&p->rpc);
	assert_true(rpc_deadline(&p->rpc) == UINT64_MAX);
}

static void
too_many_calls(void **state)
{
	struct pair *p = *state;
	const struct toy_call_req req = { 1 };

	for (int i = 0; i < RPC_MAX_PENDING; i++)
		call(p, 0, NULL);
	assert_int_equal(ask_toy_call(&p->rpc, &req, NULL, 0, NULL), -EBUSY);
}

/* What a peer does not read, the manager does not wait for. */
static void
peer_does_not_read(void **state)
{
	struct pair *p = *state;
	const struct toy_stop_req stop = { 0 };
	int error = 0;

	assert_int_equal(fcntl(p->rpc.fd, F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; error == 0 && i < 1000000; i++)
		error = send_toy_stop(&p->rpc, &stop);
	assert_int_equal(error, -EAGAIN);
}

/* ---- memory ---- */

static void
sealed(void **state)
{
	int fd = buffer_seal("abc", 3);
	char got[4] = "";

	(void)state;
	assert_true(cap_check(fd, CAP_SEALED));
	assert_int_equal(pread(fd, got, 4, 0), 3);
	assert_string_equal(got, "abc");
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 9), -1);
	assert_ptr_equal(mmap(NULL, 3, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0), MAP_FAILED);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), -1);
	close(fd);
}

static void
sealed_file(void **state)
{
	int from = memfd_create("from", MFD_CLOEXEC);
	char got[6] = "";

	(void)state;
	assert_int_equal(write(from, "hello", 5), 5);
	int fd = buffer_seal_file(from, 5);
	assert_true(cap_check(fd, CAP_SEALED));
	assert_int_equal(pread(fd, got, 6, 0), 5);
	assert_string_equal(got, "hello");
	assert_int_equal(lseek(from, 0, SEEK_CUR), 5);
	close(fd);
	assert_int_equal(buffer_seal_file(from, 4), -EFBIG);
	assert_int_equal(buffer_seal_file(-1, 4), -EBADF);
	close(from);
}

static void
slots(void **state)
{
	struct slots slots = { NULL };
	int fd = buffer_create(SLOTS_SIZE), small = buffer_create(SLOT_SIZE);

	(void)state;
	assert_true(cap_check(fd, CAP_BUFFER));
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_int_equal(slots_map(&slots, small), -EBADMSG);
	assert_int_equal(slots_map(&slots, fd), 0);
	assert_ptr_equal(slots_at(&slots, 0), slots.base);
	assert_ptr_equal(slots_at(&slots, SLOT_COUNT - 1) + SLOT_SIZE,
	    slots.base + (size_t)SLOT_COUNT * SLOT_SIZE);
	assert_null(slots_at(&slots, SLOT_COUNT));
	assert_null(slots_at(&slots, UINT32_MAX));
	slots_unmap(&slots);
	slots_unmap(&slots);
	close(fd);
	close(small);
}

#define PAIR(test)							\
	cmocka_unit_test_setup_teardown(test, pair_setup, pair_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR(good_ones), PAIR(wrong_number), PAIR(wrong_direction),
		PAIR(wrong_size), PAIR(wrong_phase), PAIR(wrong_serial),
		PAIR(answer_twice), PAIR(capabilities), PAIR(too_many),
		PAIR(optional), PAIR(kinds), PAIR(ready_once),
		PAIR(last_words), PAIR(the_end), PAIR(deadlines),
		PAIR(too_many_calls), PAIR(peer_does_not_read), PAIR(sealed),
		PAIR(sealed_file), PAIR(slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

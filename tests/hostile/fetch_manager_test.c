/*
 * A hostile manager for the real fetcher: what no manager would ever send.
 * Each lie differs in one thing from what the fetcher does serve, and has to
 * end it at once, with an error: nothing said, nobody asked for a connection.
 *
 * (tests/hostile/fetch_driver.c is the polite one, and has the lying dialers.)
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "dial_worker.h"
#include "depot/url.h"
#include "fetcher/fetcher.h"
#include "liar_record.h"

#define PATIENCE	60000	/* ms; what is waited for takes a few */
#define BODY		"hello"
#define LONGEST		(2 * RPC_MAX_BODY)

/* A record to the fetcher, with descriptors that stay the test's. */
struct lie {
	uint32_t	 number, serial;
	size_t		 size;		/* of body, bytes */
	size_t		 nfds;
	int		 fds[8];
	_Alignas(8) unsigned char body[LONGEST];
};

/* A fetcher, the other ends of its channels, and what it was given. */
struct peer {
	struct worker	 w;
	int		 line;		/* the dialer's end, or -1 */
	int		 far;		/* the fetcher's end of it */
	int		 slots;
};

static const char *name;	/* of the lie that is being told */

/* ---- honest records ---- */

static const struct fetcher_open_req origin = { .scheme = FETCHER_HTTP,
    .port = 80, .connections = 1, .retries = 0, .stall = PATIENCE,
    .host = "localhost" };
static const struct fetcher_get_req file = { .transfer = 7, .max = 1000,
    .target = "/x" };

static struct lie
lie_new(uint32_t number, const void *body, size_t size)
{
	struct lie lie = { .number = number, .serial = 1, .size = size };

	memcpy(lie.body, body, size);
	return lie;
}

static struct lie
lie_open(const struct peer *p)
{
	struct lie lie = lie_new(FETCHER_OPEN, &origin, sizeof(origin));

	lie.fds[0] = p->slots;
	lie.fds[1] = p->far;
	lie.nfds = 2;
	return lie;
}

static struct lie
lie_get(void)
{
	return lie_new(FETCHER_GET, &file, sizeof(file));
}

/* May fail, if the peer has gone already: its end is what is looked at. */
static void
tell(const struct peer *p, const struct lie *lie)
{
	(void)say(p->w.channel, lie->number, lie->serial, lie->body, lie->size,
	    lie->fds, lie->nfds);
}

/* ---- the fetcher ---- */

static struct peer
peer_of(struct worker w)
{
	struct peer p = { .w = w, .slots = buffer_create(SLOTS_SIZE) };
	int line[2];

	assert_true(p.slots >= 0);
	assert_int_equal(rpc_pair(line), 0);
	p.line = line[0];
	p.far = line[1];
	return p;
}

static struct peer
peer_start(void)
{
	return peer_of(worker_start("fetcher", "", 0));
}

static void
expect(int channel, uint32_t number, struct record *r)
{
	uint32_t got = hear_worker(channel, r, PATIENCE);

	if (got != number)
		fail_msg("%s: heard %#x, not %#x", name, got, number);
}

static struct peer
peer_open(void)
{
	struct peer p = peer_start();
	struct lie lie = lie_open(&p);
	struct record r;

	tell(&p, &lie);
	expect(p.w.channel, FETCHER_OPEN | ANSWER, &r);
	/* Its own end only, so that it is seen to close. */
	close(p.far);
	p.far = -1;
	return p;
}

/* It says no more on either channel, and ends with this status. */
static void
peer_end(struct peer *p, int status)
{
	struct record r;

	cap_close_fd(&p->far);
	expect(p->w.channel, HEARD_END, &r);
	expect(p->line, HEARD_END, &r);
	close(p->w.channel);
	close(p->line);
	close(p->slots);
	int got = worker_wait(&p->w);
	if (got != status)
		fail_msg("%s: exit status %d", name, got);
}

/* A polite good bye, so that the test is seen to be fair. */
static void
peer_leave(struct peer *p)
{
	shutdown(p->w.channel, SHUT_WR);
	peer_end(p, 0);
}

static void
refused_at_first(const char *what, const struct peer *p, const struct lie *lie)
{
	struct peer copy = *p;

	name = what;
	tell(p, lie);
	peer_end(&copy, EXIT_FAILURE);
}

static void
refused_when_open(const char *what, const struct lie *lie)
{
	name = what;
	struct peer p = peer_open();
	tell(&p, lie);
	peer_end(&p, EXIT_FAILURE);
}

/* ---- an origin ---- */

static void
test_open(void **state)
{
	static const struct {
		const char	*what;
		struct fetcher_open_req req;
	} lies[] = {
#define ORIGIN(what, s, p, c, t) { what, { .scheme = (s), .port = (p),	\
	.connections = (c), .stall = (t), .host = "localhost" } }
		ORIGIN("no scheme", FETCHER_NO_SCHEME, 80, 1, 1000),
		ORIGIN("a directory", URL_FILE, 80, 1, 1000),
		ORIGIN("an unknown scheme", URL_FILE + 1, 80, 1, 1000),
		ORIGIN("any scheme", UINT32_MAX, 80, 1, 1000),
		ORIGIN("a port too large", FETCHER_HTTP, 65536, 1, 1000),
		ORIGIN("no connection", FETCHER_HTTP, 80, 0, 1000),
		ORIGIN("17 connections", FETCHER_HTTP, 80, 17, 1000),
		ORIGIN("any connections", FETCHER_HTTP, 80, UINT32_MAX, 1000),
		ORIGIN("no patience", FETCHER_HTTP, 80, 1, 0),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct peer p = peer_start();
		struct lie lie = lie_open(&p);
		memcpy(lie.body, &lies[i].req, sizeof(lies[i].req));
		refused_at_first(lies[i].what, &p, &lie);
	}
	struct peer p = peer_start();
	struct lie lie = lie_open(&p);
	memset(lie.body + offsetof(struct fetcher_open_req, host), 'a',
	    FETCHER_HOST);
	refused_at_first("a host without end", &p, &lie);

	name = "an honest origin";
	p = peer_open();
	peer_leave(&p);
}

/* With what is no buffer, or not that of slots. */
static void
slots_refused(const char *what, int fd)
{
	struct peer p = peer_start();
	struct lie lie = lie_open(&p);

	assert_true(fd >= 0);
	lie.fds[0] = fd;
	refused_at_first(what, &p, &lie);
	close(fd);
}

static int
memory(size_t size, int seals)
{
	int fd = memfd_create("slots", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static int
reopened(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int out = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return out;
}

static void
test_slots(void **state)
{
	const int size = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	(void)state;
	slots_refused("unsealed slots", memory(SLOTS_SIZE, 0));
	slots_refused("slots that may shrink", memory(SLOTS_SIZE,
	    F_SEAL_GROW | F_SEAL_SEAL));
	slots_refused("slots that may grow", memory(SLOTS_SIZE,
	    F_SEAL_SHRINK | F_SEAL_SEAL));
	slots_refused("slots that may be sealed", memory(SLOTS_SIZE,
	    F_SEAL_SHRINK | F_SEAL_GROW));
	slots_refused("slots that nobody writes", memory(SLOTS_SIZE,
	    size | F_SEAL_WRITE));
	slots_refused("slots to be read", reopened(memory(SLOTS_SIZE, size)));
	slots_refused("no slots", memory(0, size));
	slots_refused("small slots", memory(SLOTS_SIZE - 1, size));
	slots_refused("large slots", memory(SLOTS_SIZE + 4096, size));
	slots_refused("a device", open("/dev/zero", O_RDWR | O_CLOEXEC));
	slots_refused("a directory", open("/", O_RDONLY | O_CLOEXEC));
	slots_refused("a socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
	    0));
}

static void
line_refused(const char *what, int domain, int type)
{
	struct peer p = peer_start();
	struct lie lie = lie_open(&p);
	int pair[2] = { socket(domain, type | SOCK_CLOEXEC, 0), -1 };

	if (domain == AF_UNIX && type != SOCK_SEQPACKET) {
		close(pair[0]);
		assert_int_equal(socketpair(domain, type, 0, pair), 0);
	}
	if (type == SOCK_SEQPACKET) {
		const struct sockaddr any = { .sa_family = AF_UNIX };
		assert_int_equal(bind(pair[0], &any, sizeof(any.sa_family)), 0);
		assert_int_equal(listen(pair[0], 1), 0);
	}
	assert_true(pair[0] >= 0);
	lie.fds[1] = pair[0];
	refused_at_first(what, &p, &lie);
	cap_close_fd(&pair[0]);
	cap_close_fd(&pair[1]);
}

/* The right descriptors, but others, fewer, more, or in another order. */
static void
test_capabilities(void **state)
{
	static const char *const numbers[] = { "none", "one", NULL, "three",
	    "four", "eight" };
	static const size_t counts[] = { 0, 1, 2, 3, 4, 8 };

	(void)state;
	line_refused("a stream as line", AF_UNIX, SOCK_STREAM);
	line_refused("datagrams as line", AF_UNIX, SOCK_DGRAM);
	line_refused("a network's socket as line", AF_INET, SOCK_STREAM);
	line_refused("a listening line", AF_UNIX, SOCK_SEQPACKET);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (numbers[i] == NULL)
			continue;
		struct peer p = peer_start();
		struct lie lie = lie_open(&p);
		for (size_t j = 2; j < 8; j++)
			lie.fds[j] = lie.fds[j % 2];
		lie.nfds = counts[i];
		refused_at_first(numbers[i], &p, &lie);
	}
	struct peer p = peer_start();
	struct lie lie = lie_open(&p);
	lie.fds[0] = p.far;
	lie.fds[1] = p.slots;
	refused_at_first("swapped", &p, &lie);
	p = peer_start();
	lie = lie_open(&p);
	lie.fds[0] = p.far;
	refused_at_first("two lines", &p, &lie);
	lie = lie_get();
	lie.nfds = 1;
	lie.fds[0] = STDIN_FILENO;
	refused_when_open("a file with a name", &lie);
}

/* ---- records ---- */

static void
sizes_refused(const struct lie *honest, bool is_open)
{
	const size_t sizes[] = { 0, 1, honest->size - 8, honest->size - 1,
	    honest->size + 1, honest->size + 8, RPC_MAX_BODY, RPC_MAX_BODY + 1,
	    LONGEST };
	char what[64];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct lie lie = *honest;
		lie.size = sizes[i];
		snprintf(what, sizeof(what), "number %u with %zu bytes",
		    lie.number, lie.size);
		if (is_open) {
			refused_when_open(what, &lie);
			continue;
		}
		struct peer p = peer_start();
		lie.fds[0] = p.slots;
		lie.fds[1] = p.far;
		refused_at_first(what, &p, &lie);
	}
}

static void
test_sizes(void **state)
{
	const struct peer nobody = { .far = -1 };
	struct lie opens = lie_open(&nobody), gets = lie_get();

	(void)state;
	sizes_refused(&opens, false);
	sizes_refused(&gets, true);

	name = "half a header";
	struct peer p = peer_start();
	assert_int_equal(send(p.w.channel, "half", 4, 0), 4);
	peer_end(&p, EXIT_FAILURE);
}

/* Numbers that nobody has, or that are the fetcher's own to say. */
static void
test_numbers(void **state)
{
	static const uint32_t numbers[] = { FETCHER_DELIVER, FETCHER_HEAD,
	    FETCHER_HEAD + 1, 8, 64, 1 << 16, 1 << 30, ANSWER - 3,
	    FETCHER_OPEN | ANSWER, FETCHER_GET | ANSWER,
	    FETCHER_DELIVER | ANSWER, FETCHER_HEAD | ANSWER, UINT32_MAX };
	struct lie lie = { .serial = 1 };
	char what[32];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		lie.number = numbers[i];
		lie.size = sizeof(struct fetcher_get_req);
		if (lie.number == FETCHER_DELIVER)
			lie.size = sizeof(struct fetcher_deliver_req);
		if (lie.number == FETCHER_HEAD)
			lie.size = sizeof(struct fetcher_head_req);
		if (lie.number & ANSWER)
			lie.size = sizeof(struct fetcher_deliver_rep);
		lie.serial = numbers[i] != FETCHER_HEAD;
		snprintf(what, sizeof(what), "number %#x", lie.number);
		refused_when_open(what, &lie);
	}
}

/* The right words at the wrong time, or without a way to answer them. */
static void
test_phases(void **state)
{
	struct peer p = peer_start();
	struct lie lie = lie_get();

	(void)state;
	refused_at_first("a file before its origin", &p, &lie);
	p = peer_start();
	lie = lie_open(&p);
	lie.serial = 0;
	refused_at_first("an origin without a serial", &p, &lie);
	lie = lie_get();
	lie.serial = 0;
	refused_when_open("a file without a serial", &lie);

	name = "an origin twice";
	p = peer_open();
	struct peer other = peer_start();
	lie = lie_open(&other);
	lie.serial = 2;
	tell(&p, &lie);
	peer_end(&p, EXIT_FAILURE);
	peer_leave(&other);
}

/* ---- files ---- */

static void
test_get(void **state)
{
	struct fetcher_get_req req = file;
	struct lie lie;

	(void)state;
	memset(req.target, '/', sizeof(req.target));
	lie = lie_new(FETCHER_GET, &req, sizeof(req));
	refused_when_open("a target without end", &lie);
	req = file;
	memset(req.validator, 'v', sizeof(req.validator));
	lie = lie_new(FETCHER_GET, &req, sizeof(req));
	refused_when_open("a validator without end", &lie);
}

/* One more than there may be; those before it are waiting for a connection. */
static void
test_too_many(void **state)
{
	struct lie lie = lie_get();
	struct record r;

	(void)state;
	name = "too many files";
	struct peer p = peer_open();
	for (uint32_t i = 0; i < RPC_MAX_PENDING; i++, lie.serial++)
		tell(&p, &lie);
	expect(p.line, LINE_CONNECT, &r);
	tell(&p, &lie);
	peer_end(&p, EXIT_FAILURE);
}

/* ---- answers to what it asks ---- */

/* Both ends of a connection. */
static void
stream_make(int fds[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	CLOSE int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(server, (void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (void *)&a, &size), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)connect(fds[0], (void *)&a, sizeof(a));
	fds[1] = accept(server, NULL, NULL);
	assert_true(fds[0] >= 0 && fds[1] >= 0);
}

/* A server that has nothing but BODY. */
static void
serve(int fd)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\n"
	    "Content-Length: 5\r\n\r\n" BODY;
	struct pollfd asked = { fd, POLLIN, 0 };
	char request[4096];

	if (poll(&asked, 1, PATIENCE) != 1)
		fail_msg("%s: no request", name);
	assert_true(recv(fd, request, sizeof(request), 0) > 0);
	assert_int_equal(send(fd, answer, sizeof(answer) - 1, 0),
	    (ssize_t)sizeof(answer) - 1);
}

/* A fetcher that has asked whether its one delivery has arrived; the honest
 * answer to that. */
static struct lie
peer_deliver(struct peer *p)
{
	const struct line_connect_rep connected = { .outcome = WHY_INSTALLED };
	struct fetcher_deliver_rep rep = { 0 };
	struct lie lie = lie_get();
	struct record r;
	int fds[2];

	*p = peer_open();
	tell(p, &lie);
	expect(p->line, LINE_CONNECT, &r);
	stream_make(fds);
	assert_int_equal(say(p->line, LINE_CONNECT | ANSWER, r.serial,
	    &connected, sizeof(connected), fds, 1), 0);
	close(fds[0]);
	serve(fds[1]);
	expect(p->w.channel, FETCHER_HEAD, &r);
	expect(p->w.channel, FETCHER_DELIVER, &r);
	close(fds[1]);
	rep.slot = ((struct fetcher_deliver_req *)(void *)r.body)->slot;
	lie = lie_new(FETCHER_DELIVER | ANSWER, &rep, sizeof(rep));
	lie.serial = r.serial;
	return lie;
}

static void
test_delivered(void **state)
{
	struct fetcher_get_rep *rep;
	struct record r;
	struct peer p;

	(void)state;
	name = "an honest answer";
	struct lie lie = peer_deliver(&p);
	tell(&p, &lie);
	expect(p.w.channel, FETCHER_GET | ANSWER, &r);
	rep = (void *)r.body;
	assert_int_equal(rep->transfer, file.transfer);
	assert_int_equal(rep->outcome, FETCHER_DONE);

	name = "an answer twice";
	tell(&p, &lie);
	peer_end(&p, EXIT_FAILURE);
}

static void
test_answers(void **state)
{
	enum { SLOT, NO_SLOT, SERIAL, NO_SERIAL, SHORT, LONG, CAPABILITY, END };
	static const char *const lies[] = { "another slot", "no slot",
	    "another serial", "no serial", "short", "long", "a descriptor" };

	(void)state;
	for (int i = SLOT; i < END; i++) {
		struct peer p;
		name = lies[i];
		struct lie lie = peer_deliver(&p);
		struct fetcher_deliver_rep *rep = (void *)lie.body;
		switch (i) {
		case SLOT: rep->slot++; break;
		case NO_SLOT: rep->slot = UINT32_MAX; break;
		case SERIAL: lie.serial += 4711; break;
		case NO_SERIAL: lie.serial = 0; break;
		case SHORT: lie.size--; break;
		case LONG: lie.size += 8; break;
		case CAPABILITY: lie.nfds = 1; lie.fds[0] = p.slots; break;
		}
		tell(&p, &lie);
		peer_end(&p, EXIT_FAILURE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_delivered),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

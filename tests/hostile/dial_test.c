/*
 * A false manager, a false fetcher, and false name servers, for the real dialer.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <net/if.h>

#include "dial_policy.h"
#include "dialer/dialer.h"
#include "dialer/policy.h"
#include "jail/landlock.h"
#include "liar_record.h"

#define TIMEOUT		500	/* ms for each address */
#define CONNECTIONS	4

/* ---- manager and fetcher ---- */

struct answer {
	int			 heard;
	struct line_connect_rep	 rep;
	int			 fd;
};

/* A dialer, both its channels, and what it has answered. */
struct dialer {
	struct worker	 w;
	struct rpc	 rpc, line;
	int		 opened;
	struct answer	 answers[CONNECTIONS];
};

RPC_MANAGER_SIDE(DIALER_RPC, rows)
RPC_MANAGER_SIDE(LINE_RPC, line_rows)

ANSWERED(dialer_open)
{
	*(int *)context = rep->outcome == DIALER_CONNECTED;
	return 0;
}

ANSWERED(line_connect)
{
	struct answer *answer = context;

	*answer = (struct answer){ 1, *rep, cap_take(&caps[0]) };
	return 0;
}

/* By the real launcher, with its outer stage. */
static bool launched;

static void
dialer_begin(struct dialer *d, const char *host, uint16_t port, bool configured)
{
	struct dialer_open_req req = { .port = port, .timeout = TIMEOUT,
	    .connections = CONNECTIONS, .configured = configured };
	int line[2];

	*d = (struct dialer){ .w = launched ?
	    worker_launch(LAUNCHER_A_DIALER, "", 0) :
	    worker_start("dialer", "", 0) };
	strncpy(req.host, host, sizeof(req.host) - 1);
	assert_int_equal(rpc_pair(line), 0);
	struct cap far = { line[1] };
	rpc_init(&d->rpc, d->w.channel, RPC_ROWS(rows), NULL);
	rpc_init(&d->line, line[0], RPC_ROWS(line_rows), NULL);
	assert_int_equal(ask_dialer_open(&d->rpc, &req, &far, 0, &d->opened),
	    0);
	cap_drop(&far);
	while (!d->opened)
		assert_int_equal(rpc_receive(&d->rpc, 0), 1);
}

/* It lives until it is hung up on. */
static void
dialer_end(struct dialer *d)
{
	assert_int_equal(rpc_receive(&d->rpc, MSG_DONTWAIT), 0);
	rpc_close(&d->line);
	rpc_close(&d->rpc);
	assert_int_equal(worker_wait(&d->w), 0);
}

/* So many at the same time; false: the line was closed. */
static bool
line_ask(struct dialer *d, size_t count)
{
	const struct line_connect_req req = { 0 };
	size_t heard = 0;

	for (size_t i = 0; i < count; i++) {
		d->answers[i] = (struct answer){ .fd = -1 };
		assert_int_equal(ask_line_connect(&d->line, &req, NULL, 0,
		    &d->answers[i]), 0);
	}
	while (heard < count) {
		if (rpc_receive(&d->line, 0) != 1)
			return false;
		heard++;
	}
	return true;
}

static void
answer_check(const char *host, struct answer *answer,
    enum dialer_outcome outcome)
{
	assert_true(answer->heard);
	if (answer->rep.outcome != outcome)
		fail_msg("%s: outcome %u instead of %d, errno %d", host,
		    answer->rep.outcome, (int)outcome, answer->rep.error);
	assert_int_equal(answer->fd != -1, outcome == DIALER_CONNECTED);
	cap_close_fd(&answer->fd);
}

/* Ask for one, and compare what came of it. */
static void
dial_check(const char *host, uint16_t port, bool configured,
    enum dialer_outcome outcome)
{
	struct dialer d;

	dialer_begin(&d, host, port, configured);
	assert_true(line_ask(&d, 1));
	answer_check(host, &d.answers[0], outcome);
	dialer_end(&d);
}

/* Of a host that the user has named. */
static void
dial_expect(const char *host, uint16_t port, enum dialer_outcome outcome)
{
	dial_check(host, port, true, outcome);
}

/* Of a host that only a redirect has named. */
static void
redirect_expect(const char *host, uint16_t port, enum dialer_outcome outcome)
{
	dial_check(host, port, false, outcome);
}

/* ---- servers ---- */

static int
server_open(int family, int type, int backlog, uint16_t *port)
{
	union {
		struct sockaddr		sa;
		struct sockaddr_in	in;
		struct sockaddr_in6	in6;
	} a = { .in6 = { .sin6_family = (sa_family_t)family } };
	socklen_t len = family == AF_INET ? sizeof(a.in) : sizeof(a.in6);
	int fd = socket(family, type | SOCK_CLOEXEC, 0), on = 1;

	if (family == AF_INET) {
		a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		a.in.sin_port = htons(*port);
	} else {
		a.in6.sin6_addr = in6addr_loopback;
		a.in6.sin6_port = htons(*port);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd == -1 || bind(fd, &a.sa, len) == -1 ||
	    (type == SOCK_STREAM && listen(fd, backlog) == -1) ||
	    getsockname(fd, &a.sa, &len) == -1) {
		close(fd);
		return -1;
	}
	*port = ntohs(family == AF_INET ? a.in.sin_port : a.in6.sin6_port);
	return fd;
}

static int
listen_at(int family, uint16_t *port)
{
	*port = 0;
	return server_open(family, SOCK_STREAM, 128, port);
}

static struct sockaddr_in
address(const char *text, uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_port = htons(port) };

	assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
	return a;
}

/* A server whose queue is full drops what comes: what it takes to fill it. */
struct silent {
	int	server, full[4];
};

static struct silent
silent_open(const char *host, uint16_t port)
{
	const struct sockaddr_in a = address(host, port);
	const int on = 1;
	struct silent s = { .server = socket(AF_INET, SOCK_STREAM, 0) };

	setsockopt(s.server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(s.server, (const void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(s.server, 0), 0);
	for (int i = 0; i < 4; i++) {
		s.full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(s.full[i], (const void *)&a, sizeof(a));
	}
	return s;
}

static void
silent_close(struct silent *s)
{
	close(s->server);
	for (int i = 0; i < 4; i++)
		close(s->full[i]);
}

/* ---- without a name server ---- */

static void
test_connected(void **state)
{
	uint16_t port;
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	struct dialer d;
	char byte;
	CLOSE int server = listen_at(AF_INET, &port);

	(void)state;
	assert_true(server != -1);
	dialer_begin(&d, "127.0.0.1", port, true);
	assert_true(line_ask(&d, 1));
	CLOSE int fd = d.answers[0].fd;
	assert_int_equal(d.answers[0].rep.outcome, DIALER_CONNECTED);
	assert_int_equal(d.answers[0].rep.error, 0);
	assert_int_equal(getpeername(fd, (void *)&peer, &len), 0);
	assert_int_equal(peer.sin_port, htons(port));
	/* connect() has come to its end: see dialer/dial.c. */
	assert_int_equal(connect(fd, (void *)&peer, len), -1);
	assert_int_equal(errno, EISCONN);
	CLOSE int accepted = accept(server, NULL, NULL);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(accepted, &byte, 1), 1);
	/* And again, as often as one likes. */
	for (int i = 0; i < 20; i++) {
		assert_true(line_ask(&d, CONNECTIONS));
		for (int n = 0; n < CONNECTIONS; n++)
			answer_check("again", &d.answers[n], DIALER_CONNECTED);
	}
	dialer_end(&d);
}

static void
test_connected_6(void **state)
{
	uint16_t port;
	CLOSE int server = listen_at(AF_INET6, &port);

	(void)state;
	if (server == -1) {
		print_message("# skipped: no IPv6 on the loopback here\n");
		skip();
	}
	dial_expect("::1", port, DIALER_CONNECTED);
	redirect_expect("::1", port, DIALER_ADDRESS);
}

/* From /etc/hosts, whichever family it answers with first. */
static void
test_localhost(void **state)
{
	uint16_t port;
	CLOSE int server = listen_at(AF_INET, &port);

	(void)state;
	(void)server;
	dial_expect("localhost", port, DIALER_CONNECTED);
	redirect_expect("localhost", port, DIALER_ADDRESS);
}

/* Addresses that nobody is sent to, though somebody listens there. */
static void
test_forbidden(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "127.0.0.2",
	    "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::1",
	    "10.0.0.1", "192.168.1.1", "169.254.169.254", "fe80::1", "fd00::1" };
	static const char *const nowhere[] = { "0.0.0.0", "::", "224.0.0.1",
	    "255.255.255.255", "192.0.2.1", "2001:db8::1", "ff02::1",
	    "::127.0.0.1" };
	uint16_t port;
	CLOSE int server = listen_at(AF_INET, &port);

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		redirect_expect(hosts[i], port, DIALER_ADDRESS);
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
		dial_expect(nowhere[i], port, DIALER_ADDRESS);
	dial_expect("127.0.0.2", port, DIALER_REFUSED);
	struct pollfd fds = { server, POLLIN, 0 };
	assert_int_equal(poll(&fds, 1, 0), 0);
}

/* What a fetcher that was taken over may have made up. */
static void
test_no_hosts(void **state)
{
	static const char *const hosts[] = { "", "a b", "127.1", "2130706433",
	    "0x7f000001", "user@localhost", "LOCALHOST", "a\x1b[2Jb\n.example",
	    "[::1]", "localhost:80", "fe80::1%lo", "-a", "a..b" };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		dial_expect(hosts[i], 1, DIALER_NO_HOST);
}

static void
test_refused(void **state)
{
	uint16_t port;
	int server = listen_at(AF_INET, &port);

	(void)state;
	close(server);
	dial_expect("127.0.0.1", port, DIALER_REFUSED);
	dial_expect("localhost", port, DIALER_REFUSED);
}

/* A port that nobody uses just now. */
static uint16_t
port_free(void)
{
	uint16_t port;
	CLOSE int server = listen_at(AF_INET, &port);

	assert_true(server != -1);
	return port;
}

static void
test_timeout(void **state)
{
	uint16_t port = port_free();
	struct silent s = silent_open("127.0.0.1", port);
	uint64_t began = rpc_now();

	(void)state;
	dial_expect("127.0.0.1", port, DIALER_TIMEOUT);
	assert_in_range(rpc_now() - began, TIMEOUT, 4 * TIMEOUT);
	silent_close(&s);
}

/* ---- a false manager ---- */

/* What the worker says to a request of which it can make nothing: no answer. */
static void
refuses(const struct dialer_open_req *req, size_t size, int fd)
{
	struct worker w = worker_start("dialer", "", 0);
	uint32_t said;

	assert_int_equal(say(w.channel, DIALER_OPEN, 1, req, size, &fd,
	    fd != -1), 0);
	while (recv(w.channel, &said, sizeof(said), 0) > 0)
		assert_int_equal(said & ANSWER, 0);
	assert_int_equal(worker_wait(&w), EXIT_FAILURE);
	close(w.channel);
}

static void
test_bad_requests(void **state)
{
	const struct dialer_open_req good = { .host = "127.0.0.1", .port = 1,
	    .timeout = TIMEOUT, .connections = 1 };
	struct dialer_open_req req = good;
	int line[2], stream[2];

	(void)state;
	assert_int_equal(rpc_pair(line), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, stream), 0);
	req.port = 0;
	refuses(&req, sizeof(req), line[0]);
	req.port = 65536;
	refuses(&req, sizeof(req), line[0]);
	req = good;
	req.connections = 0;
	refuses(&req, sizeof(req), line[0]);
	req.connections = DIALER_CONNECTIONS + 1;
	refuses(&req, sizeof(req), line[0]);
	req = good;
	refuses(&req, sizeof(req) - 1, line[0]);
	refuses(&req, 0, line[0]);
	refuses(&req, sizeof(req), -1);
	refuses(&req, sizeof(req), stream[0]);
	memset(req.host, 'a', sizeof(req.host));
	refuses(&req, sizeof(req), line[0]);
	for (int i = 0; i < 2; i++) {
		close(line[i]);
		close(stream[i]);
	}
}

/* It is told once where its line leads to. */
static void
test_opened_twice(void **state)
{
	const struct dialer_open_req req = { .host = "127.0.0.1", .port = 2,
	    .timeout = TIMEOUT, .connections = 1, .configured = 1 };
	struct dialer d;
	int line[2];

	(void)state;
	assert_int_equal(rpc_pair(line), 0);
	dialer_begin(&d, "127.0.0.1", 1, true);
	assert_int_equal(say(d.w.channel, DIALER_OPEN, 9, &req, sizeof(req),
	    line, 1), 0);
	assert_int_equal(worker_wait(&d.w), EXIT_FAILURE);
	rpc_close(&d.rpc);
	rpc_close(&d.line);
	close(line[0]);
	close(line[1]);
}

static void
test_hangs_up(void **state)
{
	struct worker w = worker_start("dialer", "", 0);

	(void)state;
	close(w.channel);
	assert_int_equal(worker_wait(&w), 0);
}

/* ---- a false fetcher ---- */

/* What it says ends the dialer, and is not answered. */
static void
line_refuses(uint32_t number, uint32_t serial, size_t size, size_t nfds)
{
	static const unsigned char body[RPC_MAX_BODY + 8];
	struct dialer d;
	int fds[MANY_FDS];
	char said;

	dialer_begin(&d, "127.0.0.1", 1, true);
	for (size_t i = 0; i < nfds; i++)
		fds[i] = d.w.channel;
	assert_int_equal(say(d.line.fd, number, serial, body, size, fds, nfds),
	    0);
	assert_int_equal(worker_wait(&d.w), EXIT_FAILURE);
	/* That it ended with something unread may be told first. */
	ssize_t n = recv(d.line.fd, &said, 1, 0);
	assert_true(n == 0 || (n == -1 && errno == ECONNRESET));
	rpc_close(&d.line);
	rpc_close(&d.rpc);
}

static void
test_bad_lines(void **state)
{
	const size_t whole = sizeof(struct line_connect_req);

	(void)state;
	line_refuses(LINE_CONNECT, 0, whole, 0);
	line_refuses(LINE_CONNECT, 1, whole - 1, 0);
	line_refuses(LINE_CONNECT, 1, whole + 8, 0);
	line_refuses(LINE_CONNECT, 1, 0, 0);
	line_refuses(LINE_CONNECT, 1, RPC_MAX_BODY + 1, 0);
	line_refuses(LINE_CONNECT, 1, whole, 1);
	line_refuses(LINE_CONNECT, 1, whole, MANY_FDS);
	line_refuses(LINE_CONNECT | ANSWER, 1, whole, 0);
	line_refuses(LINE_CONNECT + 1, 1, whole, 0);
	line_refuses(0xa5a5a5a5, 0xa5a5a5a5, 777, 0);
	/* The manager's word is not for a line. */
	line_refuses(DIALER_OPEN, 1, sizeof(struct dialer_open_req), 1);
}

/* The fetcher hangs up: the manager will tell what to do. */
static void
test_line_closed(void **state)
{
	struct pollfd channel;
	struct dialer d;

	(void)state;
	dialer_begin(&d, "127.0.0.1", 1, true);
	rpc_close(&d.line);
	channel = (struct pollfd){ d.w.channel, POLLIN, 0 };
	assert_int_equal(poll(&channel, 1, 300), 0);
	dialer_end(&d);
}

/* As many as it may have, all of them waiting; then one more. */
static void
test_too_many(void **state)
{
	uint16_t port = port_free();
	struct silent s = silent_open("127.0.0.1", port);
	uint64_t began = rpc_now();
	struct dialer d;

	(void)state;
	dialer_begin(&d, "127.0.0.1", port, true);
	assert_true(line_ask(&d, CONNECTIONS));
	for (int i = 0; i < CONNECTIONS; i++)
		answer_check("silent", &d.answers[i], DIALER_TIMEOUT);
	/* All at the same time. */
	assert_in_range(rpc_now() - began, TIMEOUT, 3 * TIMEOUT);
	for (uint32_t i = 0; i < CONNECTIONS + 1; i++)
		say(d.line.fd, LINE_CONNECT, 100 + i, "........", 8, NULL, 0);
	assert_int_equal(worker_wait(&d.w), EXIT_FAILURE);
	rpc_close(&d.line);
	rpc_close(&d.rpc);
	silent_close(&s);
}

/* It asks and asks, and hears nothing of what is answered. */
static void
test_deaf(void **state)
{
	uint16_t port;
	int server = listen_at(AF_INET, &port);
	struct dialer d;

	(void)state;
	close(server);
	dialer_begin(&d, "127.0.0.1", port, true);
	assert_int_equal(fcntl(d.line.fd, F_SETFL, O_NONBLOCK), 0);
	for (uint32_t i = 1; i < 100000; i++)
		if (say(d.line.fd, LINE_CONNECT, i, "........", 8, NULL, 0) ==
		    -1 && errno != EAGAIN)
			break;
	assert_int_equal(worker_wait(&d.w), EXIT_FAILURE);
	rpc_close(&d.line);
	rpc_close(&d.rpc);
}

/* Words that anybody may say, without end: the manager is heard all the same. */
static void
test_flood(void **state)
{
	const struct rpc_death death = { RPC_DEATH_NONE, -1 };
	struct dialer d;

	(void)state;
	dialer_begin(&d, "127.0.0.1", 1, true);
	pid_t pid = fork();
	if (pid == 0)
		close(d.rpc.fd);
	while (pid == 0)
		if (say(d.line.fd, RPC_DEATH, 0, &death, sizeof(death), NULL, 0)
		    == -1)
			_exit(0);
	poll(NULL, 0, 200);
	uint64_t began = rpc_now();
	rpc_close(&d.rpc);
	assert_int_equal(worker_wait(&d.w), 0);
	assert_in_range(rpc_now() - began, 0, 2000);
	rpc_close(&d.line);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* ---- with name servers, in a network of our own ---- */

static int
file_write(const char *path, const char *text)
{
	CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0644);

	return fd == -1 || write(fd, text, strlen(text)) !=
	    (ssize_t)strlen(text) ? -1 : 0;
}

static bool has_ipv6;

/* Of lo: one from a private range, one that is public elsewhere, and their
 * networks, since all of a network on lo is here. */
static bool
addresses_make(int fd, int fd6)
{
	static const char *const names[] = { "lo:1", "lo:2" };
	static const char *const v4[] = { "10.1.2.3", "1.2.3.4" };
	struct { struct in6_addr a; uint32_t bits; int index; } six = {
	    .bits = 128, .index = (int)if_nametoindex("lo") };
	struct ifreq alias = { 0 };

	for (int i = 0; i < 2; i++) {
		const struct sockaddr_in a = address(v4[i], 0);
		strcpy(alias.ifr_name, names[i]);
		memcpy(&alias.ifr_addr, &a, sizeof(a));
		if (ioctl(fd, SIOCSIFADDR, &alias) == -1)
			return false;
	}
	inet_pton(AF_INET6, "fd00::1", &six.a);
	has_ipv6 = fd6 != -1 && ioctl(fd6, SIOCSIFADDR, &six) == 0;
	return true;
}

/* lo, a resolv.conf that names 127.0.0.1, nothing else: false if this machine
 * does not let us. */
static bool
network_make(void)
{
	static const char conf[] = "nameserver 127.0.0.1\n"
	    "options timeout:1 attempts:1\n";
	struct ifreq lo = { .ifr_name = "lo" };
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == -1)
		return false;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	file_write("/proc/self/setgroups", "deny");
	if (file_write("/proc/self/uid_map", map) == -1)
		return false;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	file_write("/proc/self/gid_map", map);
	CLOSE int fd = socket(AF_INET, SOCK_DGRAM, 0);
	CLOSE int fd6 = socket(AF_INET6, SOCK_DGRAM, 0);
	lo.ifr_flags = IFF_UP;
	return fd != -1 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0 &&
	    addresses_make(fd, fd6) &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("conf", "/mnt", "tmpfs", 0, NULL) == 0 &&
	    file_write("/mnt/resolv.conf", conf) == 0 &&
	    mount("/mnt/resolv.conf", "/etc/resolv.conf", NULL, MS_BIND,
		NULL) == 0;
}

/* What the names lead to, by their first letter. */
static const struct {
	char		 letter;
	const char	*v4[2], *v6;
} zone[] = {
	{ 'b', { "10.1.2.3" }, "fd00::1" },		/* both families */
	{ 't', { "10.1.2.3" }, "fd00::1" },		/* truncated over UDP */
	{ 'l', { "127.0.0.1" }, "::1" },		/* rebound */
	{ 'p', { "1.2.3.4" }, NULL },			/* public */
	{ 'm', { "127.0.0.1", "1.2.3.4" }, NULL },	/* mixed */
	{ 'i', { "1.2.3.4", "10.1.2.3" }, NULL },	/* the other way round */
	{ 's', { "10.1.2.5", "10.1.2.6" }, NULL },	/* silent first */
	{ 'r', { "10.1.2.6", "10.1.2.5" }, NULL },	/* silent second */
};

/* One address as a record, of which the name is the question's. */
static size_t
dns_record(unsigned char *at, int family, const char *text)
{
	static const unsigned char a[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0,
	    4 }, aaaa[] = { 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16 };

	memcpy(at, family == AF_INET ? a : aaaa, sizeof(a));
	inet_pton(family, text, at + sizeof(a));
	return sizeof(a) + (family == AF_INET ? 4 : 16);
}

static size_t
dns_records(unsigned char *m, size_t end, char letter, bool six)
{
	size_t i = 0;

	while (i < sizeof(zone) / sizeof(zone[0]) && zone[i].letter != letter)
		i++;
	if (i == sizeof(zone) / sizeof(zone[0]))
		return end;
	if (six && zone[i].v6 != NULL) {
		m[7]++;
		end += dns_record(m + end, AF_INET6, zone[i].v6);
	}
	for (int n = 0; !six && n < 2 && zone[i].v4[n] != NULL; n++) {
		m[7]++;
		end += dns_record(m + end, AF_INET, zone[i].v4[n]);
	}
	return end;
}

/* Make the answer to a question in place.  Beside those of the zone there are
 * names with "n", of which there is nothing, and with "f", which fail. */
static size_t
dns_answer(unsigned char *m, size_t size, bool tcp)
{
	size_t end = 12;

	if (size < 17)
		return 0;
	char kind = (char)m[13];
	while (end < size && m[end] != 0)
		end += m[end] + 1u;
	if ((end += 5) > size)
		return 0;
	bool six = m[end - 3] == 28;
	m[2] = 0x85;
	m[3] = kind == 'n' ? 0x83 : kind == 'f' ? 0x82 : 0x80;
	memset(m + 6, 0, 6);
	if (kind == 't' && !tcp) {
		m[2] |= 2;
		return end;
	}
	return dns_records(m, end, kind, six);
}

static void
dns_serve_udp(int fd)
{
	unsigned char m[1024];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, m, 512, 0, (void *)&from, &len);
	size_t size = n > 0 ? dns_answer(m, (size_t)n, false) : 0;

	if (size > 0)
		sendto(fd, m, size, 0, (void *)&from, len);
}

/* Both questions come on one connection. */
static void
dns_serve_tcp(int fd)
{
	unsigned char m[1024];
	CLOSE int c = accept(fd, NULL, NULL);

	for (int i = 0; i < 2 && recv(c, m, 2, MSG_WAITALL) == 2; i++) {
		size_t size = m[1];
		if (recv(c, m + 2, size, MSG_WAITALL) != (ssize_t)size)
			return;
		size = dns_answer(m + 2, size, true);
		m[0] = (unsigned char)(size >> 8);
		m[1] = (unsigned char)size;
		(void)!write(c, m, size + 2);
	}
}

static pid_t
dns_start(void)
{
	uint16_t port = 53;
	int udp = server_open(AF_INET, SOCK_DGRAM, 0, &port);
	int tcp = server_open(AF_INET, SOCK_STREAM, 8, &port);
	struct pollfd fds[] = { { udp, POLLIN, 0 }, { tcp, POLLIN, 0 } };

	assert_true(udp != -1 && tcp != -1);
	pid_t pid = fork();
	while (pid == 0 && poll(fds, 2, 30000) > 0) {
		if (fds[0].revents)
			dns_serve_udp(udp);
		if (fds[1].revents)
			dns_serve_tcp(tcp);
	}
	if (pid == 0)
		_exit(0);
	close(udp);
	close(tcp);
	return pid;
}

/* On a port, at all addresses of a family. */
static int
listen_all(int family, uint16_t port)
{
	struct sockaddr_in6 a = { .sin6_family = (sa_family_t)family };
	CLOSE int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	a.sin6_port = htons(port);	/* where IPv4 has it, too */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	assert_int_equal(bind(fd, (void *)&a, family == AF_INET ?
	    sizeof(struct sockaddr_in) : sizeof(a)), 0);
	assert_int_equal(listen(fd, 128), 0);
	return dup(fd);
}

/* A server for IPv4 alone; IPv6, if it is tried first, refuses. */
static void
names_by_ipv4(uint16_t port)
{
	CLOSE int server = listen_all(AF_INET, port);

	(void)server;
	dial_expect("nothing.example", port, DIALER_NO_NAME);
	dial_expect("failure.example", port, DIALER_NO_RESOLVER);
	dial_expect("both.example", port, DIALER_CONNECTED);
	dial_expect("truncated.example", port, DIALER_CONNECTED);
	/* Private addresses are for those whom the user has named. */
	redirect_expect("both.example", port, DIALER_ADDRESS);
	redirect_expect("public.example", port, DIALER_CONNECTED);
	dial_expect("public.example", port, DIALER_CONNECTED);
	/* A name of this machine that is not "localhost" was rebound. */
	dial_expect("loopback.example", port, DIALER_ADDRESS);
	redirect_expect("loopback.example", port, DIALER_ADDRESS);
	/* One of two may be reached, whichever comes first. */
	dial_expect("mixed.example", port, DIALER_CONNECTED);
	redirect_expect("mixed.example", port, DIALER_CONNECTED);
	redirect_expect("intern.example", port, DIALER_CONNECTED);
	launched = true;
	dial_expect("nothing.example", port, DIALER_NO_NAME);
	dial_expect("truncated.example", port, DIALER_CONNECTED);
	redirect_expect("loopback.example", port, DIALER_ADDRESS);
	launched = false;
}

/* Two addresses, of which one is silent: it costs its time once, and of all who
 * ask at that time together.  Gives the ms that the first round took. */
static uint64_t
names_silent(const char *host, uint16_t port)
{
	uint64_t began = rpc_now(), took;
	struct dialer d;

	dialer_begin(&d, host, port, true);
	assert_true(line_ask(&d, CONNECTIONS));
	for (int i = 0; i < CONNECTIONS; i++)
		answer_check(host, &d.answers[i], DIALER_CONNECTED);
	took = rpc_now() - began;
	began = rpc_now();
	assert_true(line_ask(&d, CONNECTIONS));
	for (int i = 0; i < CONNECTIONS; i++)
		answer_check(host, &d.answers[i], DIALER_CONNECTED);
	assert_in_range(rpc_now() - began, 0, TIMEOUT - 1);
	dialer_end(&d);
	return took;
}

/* While the address is silent for one, another one's is not held up: both are on
 * their way when the server begins to listen. */
static void
names_first_silent(uint16_t port)
{
	struct silent s = silent_open("10.1.2.5", port);
	const struct sockaddr_in a = address("10.1.2.6", port);
	CLOSE int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(server, (const void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(server, 128), 0);
	/* The resolver may sort them, but one of the names has it first. */
	uint64_t took = names_silent("silent.example", port);
	uint64_t other = names_silent("reversed.example", port);
	assert_in_range(took > other ? took : other, TIMEOUT, 3 * TIMEOUT);
	silent_close(&s);
}

/* The name is asked for once in a while only; but when its address fails, anew. */
static void
names_remembered(uint16_t port, pid_t dns)
{
	int server = listen_all(AF_INET, port);
	struct dialer d;

	dialer_begin(&d, "both.example", port, true);
	assert_true(line_ask(&d, 1));
	answer_check("known", &d.answers[0], DIALER_CONNECTED);
	kill(dns, SIGKILL);
	waitpid(dns, NULL, 0);
	assert_true(line_ask(&d, CONNECTIONS));
	for (int i = 0; i < CONNECTIONS; i++)
		answer_check("remembered", &d.answers[i], DIALER_CONNECTED);
	close(server);
	assert_true(line_ask(&d, 1));
	answer_check("refused", &d.answers[0], DIALER_REFUSED);
	assert_true(line_ask(&d, 1));
	answer_check("no name server", &d.answers[0], DIALER_NO_RESOLVER);
	dialer_end(&d);
}

static void
test_names(void **state)
{
	uint16_t port;

	(void)state;
	if (!network_make()) {
		print_message("# skipped: no network namespace, or nothing "
		    "can be mounted in it\n");
		skip();
	}
	dial_expect("both.example", 1, DIALER_NO_RESOLVER);
	dial_expect("9.9.9.9", 1, DIALER_UNREACHABLE);

	pid_t dns = dns_start();
	port = port_free();
	names_by_ipv4(port);
	names_first_silent(port);
	if (has_ipv6) {
		CLOSE int server = listen_all(AF_INET6, port);
		(void)server;
		dial_expect("both.example", port, DIALER_CONNECTED);
		redirect_expect("both.example", port, DIALER_ADDRESS);
		dial_expect("fd00::1", port, DIALER_CONNECTED);
		redirect_expect("fd00::1", port, DIALER_ADDRESS);
		dial_expect("::ffff:10.1.2.3", port, DIALER_REFUSED);
	}
	dial_expect("both.example", port, DIALER_REFUSED);
	names_remembered(port, dns);
}

/* ---- from within ---- */

static void
test_policy(void **state)
{
	uint16_t port;
	static const struct sockaddr_in any = { .sin_family = AF_INET };
	static char *const argv[] = { NULL };
	CLOSE int server = listen_at(AF_INET, &port);
	CLOSE int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const long dir = AT_FDCWD;
	const struct act acts[] = {
		{ "a connection's socket", SYS_socket, { AF_INET6,
		    SOCK_STREAM | SOCK_CLOEXEC, 0 }, ACT_WORKS, 0 },
		{ "a raw socket", SYS_socket, { AF_INET, SOCK_RAW, 1 },
		    ACT_DIES, 0 },
		{ "a packet socket", SYS_socket, { AF_PACKET, SOCK_DGRAM, 0 },
		    ACT_DIES, 0 },
		{ "a local socket", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 },
		    ACT_FAILS, EAFNOSUPPORT },
		{ "netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 },
		    ACT_FAILS, EAFNOSUPPORT },
		{ "to listen", SYS_listen, { server, 1 }, ACT_DIES, 0 },
		{ "to accept", SYS_accept4, { server, 0, 0, 0 }, ACT_DIES, 0 },
		{ "to take a port", SYS_bind, { udp, PTR(&any), sizeof(any) },
		    ACT_DIES, 0 },
		{ "a socket pair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0,
		    PTR(acts) }, ACT_DIES, 0 },
		{ "exec", SYS_execve, { PTR("/bin/true"), PTR(argv),
		    PTR(argv) }, ACT_DIES, 0 },
		{ "to read hosts", SYS_openat, { dir, PTR("/etc/hosts"),
		    O_RDONLY | O_CLOEXEC }, ACT_WORKS, 0 },
		{ "to write hosts", SYS_openat, { dir, PTR("/etc/hosts"),
		    O_WRONLY }, ACT_DIES, 0 },
		{ "to create a file", SYS_openat, { dir, PTR("/tmp/x"),
		    O_RDONLY | O_CREAT, 0600 }, ACT_DIES, 0 },
		{ "ptrace", SYS_ptrace, { 0 }, ACT_DIES, 0 },
		{ "to signal others", SYS_kill, { 1, 0 }, ACT_DIES, 0 },
		{ "executable memory", SYS_mmap, { 0, 4096,
		    PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 },
		    ACT_DIES, 0 },
	};
	const struct act other = { "to read passwd", SYS_openat, { dir,
	    PTR("/etc/passwd"), O_RDONLY | O_CLOEXEC }, ACT_FAILS, EACCES };

	(void)state;
	ACTS_CHECK(&dialer_policy, acts);
	if (landlock_offered() & JAIL_LANDLOCK)
		act_check(&dialer_policy, &other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_connected_6),
		cmocka_unit_test(test_localhost),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_no_hosts),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_opened_twice),
		cmocka_unit_test(test_hangs_up),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_line_closed),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_policy),
		/* The last: it goes to a network of its own. */
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

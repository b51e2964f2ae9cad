/*
 * A false manager, and false name servers, for the real dialer.
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

#define TIMEOUT		500	/* ms for each address */

/* ---- the manager's side ---- */

struct answer {
	int			 heard;
	struct dialer_dial_rep	 rep;
	int			 fd;
};

RPC_MANAGER_SIDE(DIALER_RPC, rows)

static int
answered_dialer_dial(struct rpc *rpc, void *context,
    const struct dialer_dial_rep *rep, struct cap *caps)
{
	struct answer *answer = context;

	(void)rpc;
	*answer = (struct answer){ 1, *rep, cap_take(&caps[0]) };
	return 0;
}

/* By the real launcher, with its outer stage. */
static bool launched;

/* Ask a new dialer; it must have ended well. */
static struct answer
dial_ask(const char *host, uint16_t port)
{
	struct dialer_dial_req req = { .port = port, .timeout = TIMEOUT };
	struct worker w = launched ?
	    worker_launch(LAUNCHER_A_DIALER, "", "", 0) :
	    worker_start("dialer", "", 0);
	struct answer answer = { .fd = -1 };
	struct rpc rpc;

	strncpy(req.host, host, sizeof(req.host) - 1);
	rpc_init(&rpc, w.channel, RPC_ROWS(rows), NULL);
	assert_int_equal(ask_dialer_dial(&rpc, &req, NULL, 0, &answer), 0);
	int error;
	while ((error = rpc_receive(&rpc, 0)) > 0)
		continue;
	assert_true(answer.heard);
	assert_int_equal(error, -EPIPE);
	assert_int_equal(worker_wait(&w), 0);
	rpc_close(&rpc);
	return answer;
}

/* Ask, and compare what came of it. */
static void
dial_expect(const char *host, uint16_t port, enum dialer_outcome outcome)
{
	struct answer answer = dial_ask(host, port);

	if (answer.rep.outcome != outcome)
		fail_msg("%s: outcome %u instead of %d, errno %d", host,
		    answer.rep.outcome, (int)outcome, answer.rep.error);
	assert_int_equal(answer.fd != -1, outcome == DIALER_CONNECTED);
	cap_close_fd(&answer.fd);
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
	return server_open(family, SOCK_STREAM, 8, port);
}

/* ---- without a name server ---- */

static void
test_connected(void **state)
{
	uint16_t port;
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	char byte;
	CLOSE int server = listen_at(AF_INET, &port);

	(void)state;
	assert_true(server != -1);
	struct answer answer = dial_ask("127.0.0.1", port);
	assert_int_equal(answer.rep.outcome, DIALER_CONNECTED);
	assert_int_equal(answer.rep.error, 0);
	assert_int_equal(getpeername(answer.fd, (void *)&peer, &len), 0);
	assert_int_equal(peer.sin_port, htons(port));
	/* connect() has come to its end: see dialer/dial.c. */
	assert_int_equal(connect(answer.fd, (void *)&peer, len), -1);
	assert_int_equal(errno, EISCONN);
	CLOSE int accepted = accept(server, NULL, NULL);
	assert_int_equal(write(answer.fd, "x", 1), 1);
	assert_int_equal(read(accepted, &byte, 1), 1);
	cap_close_fd(&answer.fd);
}

static void
test_connected_6(void **state)
{
	uint16_t port;
	CLOSE int server = listen_at(AF_INET6, &port);

	(void)state;
	if (server == -1)
		skip();
	dial_expect("::1", port, DIALER_CONNECTED);
}

/* From /etc/hosts, whichever family it answers with first. */
static void
test_localhost(void **state)
{
	uint16_t port;
	CLOSE int server = listen_at(AF_INET, &port);

	(void)state;
	dial_expect("localhost", port, DIALER_CONNECTED);
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

/* A server whose queue is full drops what comes. */
static void
test_timeout(void **state)
{
	uint16_t port = 0;
	int full[4];
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	CLOSE int server = server_open(AF_INET, SOCK_STREAM, 0, &port);

	(void)state;
	a.sin_port = htons(port);
	for (int i = 0; i < 4; i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(full[i], (void *)&a, sizeof(a));
	}
	uint64_t began = rpc_now();
	dial_expect("127.0.0.1", port, DIALER_TIMEOUT);
	assert_in_range(rpc_now() - began, TIMEOUT, 4 * TIMEOUT);
	for (int i = 0; i < 4; i++)
		close(full[i]);
}

/* ---- a false manager ---- */

/* What the worker says to a request of which it can make nothing: no answer. */
static void
refuses(const struct dialer_dial_req *req, int size)
{
	struct { uint32_t number, serial; struct dialer_dial_req req; } record =
	    { DIALER_DIAL, 1, *req };
	struct worker w = worker_start("dialer", "", 0);
	uint32_t said;

	assert_true(send(w.channel, &record, 8 + (size_t)size, 0) > 0);
	while (recv(w.channel, &said, sizeof(said), 0) > 0)
		assert_int_equal(said & UINT32_C(0x80000000), 0);
	assert_int_equal(worker_wait(&w), EXIT_FAILURE);
	close(w.channel);
}

static void
test_bad_requests(void **state)
{
	struct dialer_dial_req req = { .host = "127.0.0.1", .port = 0,
	    .timeout = TIMEOUT };
	int whole = sizeof(req);

	(void)state;
	refuses(&req, whole);
	req.port = 65536;
	refuses(&req, whole);
	req.port = 1;
	refuses(&req, whole - 1);
	refuses(&req, 0);
	memset(req.host, 'a', sizeof(req.host));
	refuses(&req, whole);
}

static void
test_hangs_up(void **state)
{
	struct worker w = worker_start("dialer", "", 0);

	(void)state;
	close(w.channel);
	assert_int_equal(worker_wait(&w), 0);
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
	lo.ifr_flags = IFF_UP;
	return fd != -1 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("conf", "/mnt", "tmpfs", 0, NULL) == 0 &&
	    file_write("/mnt/resolv.conf", conf) == 0 &&
	    mount("/mnt/resolv.conf", "/etc/resolv.conf", NULL, MS_BIND,
		NULL) == 0;
}

/*
 * Make the answer to a question in place.  The first letter of the name says
 * what it is: Both addresses, Nothing such, Failure, Truncated over UDP.
 */
static size_t
dns_answer(unsigned char *m, size_t size, bool tcp)
{
	static const unsigned char a[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9,
	    0, 4, 127, 0, 0, 1 };
	static const unsigned char aaaa[] = { 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 9,
	    0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
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
	if (kind == 'n' || kind == 'f')
		return end;
	m[7] = 1;
	memcpy(m + end, six ? aaaa : a, six ? sizeof(aaaa) : sizeof(a));
	return end + (six ? sizeof(aaaa) : sizeof(a));
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

static void
test_names(void **state)
{
	uint16_t port;

	(void)state;
	if (!network_make())
		skip();
	dial_expect("both.example", 1, DIALER_NO_RESOLVER);
	dial_expect("192.0.2.1", 1, DIALER_UNREACHABLE);

	pid_t dns = dns_start();
	CLOSE int server = listen_at(AF_INET, &port);
	dial_expect("nothing.example", port, DIALER_NO_NAME);
	dial_expect("failure.example", port, DIALER_NO_RESOLVER);
	/* The other family refuses, whichever is tried first. */
	dial_expect("both.example", port, DIALER_CONNECTED);
	dial_expect("truncated.example", port, DIALER_CONNECTED);
	launched = true;
	dial_expect("nothing.example", port, DIALER_NO_NAME);
	dial_expect("truncated.example", port, DIALER_CONNECTED);
	launched = false;
	cap_close_fd(&server);
	server = listen_at(AF_INET6, &port);
	dial_expect("both.example", port, DIALER_CONNECTED);
	cap_close_fd(&server);
	dial_expect("both.example", port, DIALER_REFUSED);
	kill(dns, SIGKILL);
	waitpid(dns, NULL, 0);
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
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_hangs_up),
		cmocka_unit_test(test_policy),
		/* The last: it goes to a network of its own. */
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

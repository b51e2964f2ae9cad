/*
 * What a fetcher could do if it were taken over: forbidden acts, tried from
 * within its policies.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "dial_policy.h"
#include "fetcher/policy.h"

static const struct sockaddr_in elsewhere = { .sin_family = AF_INET };
static char *const nothing[] = { NULL };

static void
test_network(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	CLOSE int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct msghdr msg = { 0 };
	const int on = 1;

	(void)state;
	if (bind(server, (void *)&a, len) == -1 || listen(server, 4) == -1 ||
	    getsockname(server, (void *)&a, &len) == -1 ||
	    connect(fd, (void *)&a, len) == -1)
		fail_msg("no connection over loopback");
	const long to = PTR(&elsewhere), x = PTR("x");
	const struct act acts[] = {
		{ "to send", SYS_sendto, { fd, x, 1, MSG_NOSIGNAL, 0, 0 },
		    ACT_WORKS, 0 },
		{ "to send elsewhere", SYS_sendto, { fd, x, 1, 0, to,
		    sizeof(elsewhere) }, ACT_DIES, 0 },
		{ "to send by a fast open", SYS_sendto, { fd, x, 1,
		    MSG_FASTOPEN, 0, 0 }, ACT_DIES, 0 },
		{ "a message by a fast open", SYS_sendmsg, { fd, PTR(&msg),
		    MSG_FASTOPEN }, ACT_DIES, 0 },
		{ "to connect", SYS_connect, { fd, to, sizeof(elsewhere) },
		    ACT_FAILS, EINPROGRESS },
		{ "a socket", SYS_socket, { AF_INET, SOCK_STREAM, 0 },
		    ACT_DIES, 0 },
		{ "a local socket", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 },
		    ACT_DIES, 0 },
		{ "a socket pair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0,
		    PTR(acts) }, ACT_FAILS, EPERM },
		{ "to accept", SYS_accept4, { server, 0, 0, 0 }, ACT_DIES, 0 },
		{ "a socket's options", SYS_setsockopt, { fd, IPPROTO_TCP,
		    TCP_NODELAY, PTR(&on), sizeof(on) }, ACT_FAILS, EPERM },
		{ "a file", SYS_openat, { AT_FDCWD, PTR("/etc/hosts"),
		    O_RDONLY }, ACT_FAILS, EPERM },
		{ "a file, newly asked", SYS_openat2, { AT_FDCWD,
		    PTR("/etc/hosts"), 0, 0 }, ACT_DIES, 0 },
		{ "what a file is", SYS_newfstatat, { AT_FDCWD,
		    PTR("/etc/hosts"), 0, 0 }, ACT_DIES, 0 },
		{ "exec", SYS_execve, { PTR("/bin/true"), PTR(nothing),
		    PTR(nothing) }, ACT_DIES, 0 },
		{ "a child", SYS_clone, { SIGCHLD }, ACT_DIES, 0 },
		{ "a memfd", SYS_memfd_create, { x, 0 }, ACT_DIES, 0 },
		{ "executable memory", SYS_mmap, { 0, 4096,
		    PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 },
		    ACT_DIES, 0 },
		{ "ptrace", SYS_ptrace, { 0 }, ACT_DIES, 0 },
		{ "to signal others", SYS_kill, { 1, 0 }, ACT_DIES, 0 },
	};
	ACTS_CHECK(&fetcher_policy, acts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

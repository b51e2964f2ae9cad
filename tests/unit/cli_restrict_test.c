/*
 * cli_restrict_test.c - what the cli cannot do any more when it has given it up:
 * each act is first done by a process that has not.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/restrict.h"
#include "jail/jail.h"
#include "jail/landlock.h"

static char dir[] = "/tmp/cli_restrict_test.XXXXXX";
static struct root root;

static int
outcome(long result)
{
	return result == -1 ? errno : 0;
}

static int
act_ptrace(void)
{
	return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
act_keyring(void)
{
	/* Of a keyring that is none: ENOKEY or EINVAL once it may. */
	int error = outcome(syscall(SYS_keyctl, 6, -99, 0, 0, 0));

	return error == EPERM ? EPERM : 0;
}

static int
make(const char *where)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.%d", dir, where, (int)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = outcome(fd);
	return error != 0 ? error : outcome(unlink(path));
}

static int
act_inside(void)
{
	return make("root/depot/file");
}

static int
act_outside(void)
{
	return make("file");
}

static int
act_read(void)
{
	return outcome(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int
act_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
act_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(1),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	int error = outcome(connect(fd, (struct sockaddr *)&to, sizeof(to)));
	return error == ECONNREFUSED ? 0 : error;
}

/* In a process of its own: its errno, 0 if it can be done. */
static int
try(int (*act)(void), int gives_up)
{
	struct started started = STARTED_NONE;
	int status;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0) {
		if (gives_up) {
			restrict_calls();
			restrict_files(&root, &started, "");
		}
		_exit(act());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
setup(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(root.path, sizeof(root.path), "%s/root", dir);
	snprintf(path, sizeof(path), "%s/root/depot", dir);
	return mkdir(root.path, 0755) == -1 || mkdir(path, 0755) == -1;
}

static int
teardown(void **state)
{
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/root/depot", dir);
	return rmdir(path) == -1 || rmdir(root.path) == -1 || rmdir(dir) == -1;
}

static void
test_calls(void **state)
{
	(void)state;
	assert_int_equal(try(act_ptrace, 0), 0);
	assert_int_equal(try(act_ptrace, 1), EPERM);
	if (try(act_keyring, 0) == 0)
		assert_int_equal(try(act_keyring, 1), EPERM);
}

static void
test_files(void **state)
{
	(void)state;
	if (!(landlock_offered() & JAIL_LANDLOCK)) {
		printf("# skipped: no Landlock here\n");
		skip();
	}
	assert_int_equal(try(act_inside, 0), 0);
	assert_int_equal(try(act_inside, 1), 0);
	assert_int_equal(try(act_read, 1), 0);
	assert_int_equal(try(act_outside, 0), 0);
	assert_int_equal(try(act_outside, 1), EACCES);
	assert_int_equal(try(act_exec, 0), 0);
	assert_int_equal(try(act_exec, 1), EACCES);
}

static void
test_network(void **state)
{
	(void)state;
	if (!(landlock_offered() & JAIL_LANDLOCK_NET)) {
		printf("# skipped: this Landlock knows no network\n");
		skip();
	}
	assert_int_equal(try(act_connect, 0), 0);
	assert_int_equal(try(act_connect, 1), EACCES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

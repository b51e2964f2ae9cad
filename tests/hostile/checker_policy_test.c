/*
 * What a checker could do if it were taken over: forbidden acts, tried from
 * within its policy.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "dial_policy.h"
#include "checker/policy.h"

static char *const nothing[] = { NULL };

static void
test_files(void **state)
{
	/* Landlock leaves the working directory: what is beneath it. */
	char here[] = "/tmp/checker_policy.XXXXXX", text[64];
	assert_non_null(mkdtemp(here));
	assert_int_equal(chdir(here), 0);
	CLOSE int fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	CLOSE int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(symlink("file", "link"), 0);
	const long name = PTR("file");
	struct stat st;
	const struct act acts[] = {
		{ "a file beneath", SYS_openat, { dir, name, O_RDONLY },
		    ACT_WORKS, 0 },
		{ "its names", SYS_getdents64, { dir, PTR(text), 0 },
		    ACT_FAILS, EINVAL },
		{ "what it is", SYS_newfstatat, { dir, name, PTR(&st), 0 },
		    ACT_WORKS, 0 },
		{ "a file elsewhere", SYS_openat, { AT_FDCWD,
		    PTR("/etc/passwd"), O_RDONLY }, ACT_FAILS, EACCES },
		{ "to write", SYS_openat, { dir, name, O_WRONLY }, ACT_DIES,
		    0 },
		{ "to read and write", SYS_openat, { dir, name, O_RDWR },
		    ACT_DIES, 0 },
		{ "to empty", SYS_openat, { dir, name, O_RDONLY | O_TRUNC },
		    ACT_DIES, 0 },
		{ "to create", SYS_openat, { dir, PTR("x"),
		    O_RDONLY | O_CREAT, 0600 }, ACT_DIES, 0 },
		{ "a file without a name", SYS_openat, { dir, PTR("."),
		    O_TMPFILE | O_RDWR, 0600 }, ACT_DIES, 0 },
		{ "a file, newly asked", SYS_openat2, { dir, name, 0, 0 },
		    ACT_DIES, 0 },
		{ "a directory", SYS_mkdirat, { dir, PTR("x"), 0755 },
		    ACT_DIES, 0 },
		{ "to remove", SYS_unlinkat, { dir, name, 0 }, ACT_DIES, 0 },
		{ "to rename", SYS_renameat2, { dir, name, dir, PTR("y"), 0 },
		    ACT_DIES, 0 },
		{ "a link", SYS_symlinkat, { PTR("x"), dir, PTR("y") },
		    ACT_DIES, 0 },
		{ "modes", SYS_fchmod, { fd, 0 }, ACT_DIES, 0 },
		{ "an owner", SYS_fchown, { fd, 0, 0 }, ACT_DIES, 0 },
		{ "a time", SYS_utimensat, { dir, name, 0, 0 }, ACT_DIES, 0 },
		{ "another size", SYS_ftruncate, { fd, 0 }, ACT_DIES, 0 },
		{ "another directory", SYS_chdir, { PTR("/") }, ACT_DIES, 0 },
		{ "a memfd", SYS_memfd_create, { PTR("x"), 0 }, ACT_DIES, 0 },
	};

	(void)state;
	ACTS_CHECK(&checker_policy, acts);
	assert_int_equal(unlink("file") | unlink("link") | rmdir(here), 0);
}

static void
test_others(void **state)
{
	const struct act acts[] = {
		{ "a socket", SYS_socket, { AF_INET, SOCK_STREAM, 0 },
		    ACT_DIES, 0 },
		{ "a local socket", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 },
		    ACT_DIES, 0 },
		{ "to connect", SYS_connect, { 3, 0, 0 }, ACT_DIES, 0 },
		{ "to send elsewhere", SYS_sendto, { 3, PTR("x"), 1, 0, 0, 0 },
		    ACT_DIES, 0 },
		{ "exec", SYS_execve, { PTR("/bin/true"), PTR(nothing),
		    PTR(nothing) }, ACT_DIES, 0 },
		{ "a child", SYS_clone, { SIGCHLD }, ACT_DIES, 0 },
		{ "a namespace", SYS_unshare, { CLONE_NEWUSER }, ACT_DIES, 0 },
		{ "executable memory", SYS_mmap, { 0, 4096,
		    PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 },
		    ACT_DIES, 0 },
		{ "ptrace", SYS_ptrace, { 0 }, ACT_DIES, 0 },
		{ "to signal others", SYS_kill, { 1, 0 }, ACT_DIES, 0 },
		{ "another's memory", SYS_process_vm_readv, { 1 },
		    ACT_DIES, 0 },
		{ "its terminal", SYS_ioctl, { 0, TIOCSTI, PTR("x") },
		    ACT_DIES, 0 },
		{ "its limits", SYS_prlimit64, { 0, 0, 0, 0 }, ACT_DIES, 0 },
		{ "to wait", SYS_nanosleep, { 0, 0 }, ACT_DIES, 0 },
	};

	(void)state;
	ACTS_CHECK(&checker_policy, acts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

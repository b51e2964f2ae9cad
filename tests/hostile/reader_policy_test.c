/*
 * What a reader could do if it were taken over: forbidden acts, tried from
 * within its policy.
 */
#include <arpa/inet.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "dial_policy.h"
#include "reader/policy.h"

static char *const nothing[] = { NULL };

static void
test_files(void **state)
{
	CLOSE int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	const long name = PTR("/etc/passwd");
	char text[8];
	struct stat st;
	const struct act acts[] = {
		{ "to read what it holds", SYS_pread64, { fd, PTR(text),
		    sizeof(text), 0 }, ACT_WORKS, 0 },
		{ "how large that is", SYS_fstat, { fd, PTR(&st) },
		    ACT_WORKS, 0 },
		{ "to write to it", SYS_write, { fd, name, 1 }, ACT_FAILS,
		    EBADF },
		{ "a file", SYS_openat, { AT_FDCWD, name, O_RDONLY },
		    ACT_DIES, 0 },
		{ "a file beneath", SYS_openat, { fd, PTR(""), O_RDONLY },
		    ACT_DIES, 0 },
		{ "a new file", SYS_openat, { AT_FDCWD, PTR("/tmp/x"),
		    O_CREAT | O_WRONLY, 0600 }, ACT_DIES, 0 },
		{ "a mere path", SYS_openat, { AT_FDCWD, PTR("/"), O_PATH },
		    ACT_DIES, 0 },
		{ "a file, newly asked", SYS_openat2, { AT_FDCWD, name, 0, 0 },
		    ACT_DIES, 0 },
		{ "what a file is", SYS_newfstatat, { AT_FDCWD, name,
		    PTR(&st), 0 }, ACT_DIES, 0 },
		{ "whether it is there", SYS_faccessat, { AT_FDCWD, name, 0 },
		    ACT_DIES, 0 },
		{ "where a link leads", SYS_readlinkat, { AT_FDCWD,
		    PTR("/proc/self/exe"), PTR(text), sizeof(text) },
		    ACT_DIES, 0 },
		{ "names", SYS_getdents64, { fd, PTR(text), sizeof(text) },
		    ACT_DIES, 0 },
		{ "to remove", SYS_unlinkat, { AT_FDCWD, PTR("/x"), 0 },
		    ACT_DIES, 0 },
		{ "to rename", SYS_renameat2, { AT_FDCWD, PTR("/x"), AT_FDCWD,
		    PTR("/y"), 0 }, ACT_DIES, 0 },
		{ "modes", SYS_fchmod, { fd, 0 }, ACT_DIES, 0 },
		{ "another size", SYS_ftruncate, { fd, 0 }, ACT_DIES, 0 },
		{ "another directory", SYS_chdir, { PTR("/") }, ACT_DIES, 0 },
		{ "a memfd", SYS_memfd_create, { PTR("x"), 0 }, ACT_DIES, 0 },
	};

	(void)state;
	ACTS_CHECK(&reader_policy, acts);
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
	ACTS_CHECK(&reader_policy, acts);
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

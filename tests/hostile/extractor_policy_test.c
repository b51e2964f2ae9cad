/*
 * What an extractor's child that was taken over tries, under its real filter
 * and its real Landlock domain: each act must end it or fail.  Without a jail
 * the same act must end otherwise, or else the test could not fail.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "extractor/policy.h"
#include "jail/landlock.h"
#include "jail/seccomp.h"
#include "rpc/cap.h"

/* In place of an errno. */
#define KILLED	(-1)	/* by SIGSYS */
#define REFUSED	(-2)	/* EACCES, or EXDEV: which one differs with kernels */

#define OUTSIDE	"outside-XXXXXX"
static char outside[] = OUTSIDE;

static long
open_for_reading(void)
{
	return open("file", O_RDONLY | O_CLOEXEC);
}

static long
open_for_both(void)
{
	return open("file", O_RDWR | O_CLOEXEC);
}

static long
open_again(void)
{
	return open("file", O_WRONLY | O_CLOEXEC);
}

static long
open_to_truncate(void)
{
	return open("file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static long
open_without_excl(void)
{
	return open("new", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
}

static long
open_with_setuid(void)
{
	return open("new", OPEN_FILE, 04755);
}

static long
open_with_setgid(void)
{
	return open("new", OPEN_FILE, 02755);
}

static long
open_for_all_to_write(void)
{
	return open("new", OPEN_FILE, 0666);
}

static long
open_directory_to_list(void)
{
	return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static long
open_temporary(void)
{
	return open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
}

static long
open_by_openat2(void)
{
	uint64_t how[3] = { O_RDONLY | O_CLOEXEC, 0, 0 };

	return syscall(SYS_openat2, AT_FDCWD, "file", how, sizeof(how));
}

static long
make_setgid_directory(void)
{
	return mkdir("new", 02755);
}

static long
make_open_directory(void)
{
	return mkdirat(AT_FDCWD, "new", 0777);
}

static long
make_fifo(void)
{
	return mknod("new", S_IFIFO | 0644, 0);
}

static long
change_mode(void)
{
	return chmod("file", 04755);
}

static long
change_mode_of_descriptor(void)
{
	return fchmod(3, 04755);
}

static long
change_owner(void)
{
	return lchown("file", getuid(), getgid());
}

static long
remove_file(void)
{
	return unlink("file");
}

static long
remove_directory(void)
{
	return rmdir("directory");
}

static long
move_file(void)
{
	return rename("file", "new");
}

static long
set_attribute(void)
{
	return setxattr("file", "user.x", "1", 1, 0);
}

static long
truncate_file(void)
{
	return truncate("file", 0);
}

static long
link_through_link(void)
{
	return linkat(AT_FDCWD, "link", AT_FDCWD, "new", AT_SYMLINK_FOLLOW);
}

static long
link_descriptor(void)
{
	return linkat(3, "", AT_FDCWD, "new", AT_EMPTY_PATH);
}

static long
list_directory(void)
{
	char entries[1024];

	return syscall(SYS_getdents64, 4, entries, sizeof(entries));
}

static long
read_link(void)
{
	char target[16];

	return readlink("link", target, sizeof(target));
}

static long
change_directory(void)
{
	return chdir("directory");
}

static long
make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long
run_program(void)
{
	char *argv[] = { (char *)(uintptr_t)"true", NULL };

	return execve("/bin/true", argv, argv + 1);
}

static long
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long
make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long
send_signal(void)
{
	return kill(getppid(), 0);
}

static long
ask_terminal(void)
{
	char c = 'x';

	return syscall(SYS_ioctl, 3, 0x5412 /* TIOCSTI */, &c);
}

static long
mount_anew(void)
{
	return mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long
become_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
duplicate_flags(void)
{
	return fcntl(3, F_SETFL, O_APPEND);
}

static long
make_thread(void)
{
	return syscall(SYS_clone3, NULL, (size_t)0);
}

/* Allowed by the filter, which cannot see a path: what Landlock is for. */
static long
create_outside(void)
{
	char path[64];

	snprintf(path, sizeof(path), "../%s/new", outside);
	return open(path, OPEN_FILE, 0644);
}

static long
make_directory_outside(void)
{
	char path[64];

	snprintf(path, sizeof(path), "../%s/directory", outside);
	return mkdirat(AT_FDCWD, path, 0755);
}

static long
link_from_outside(void)
{
	char path[64];

	snprintf(path, sizeof(path), "../%s/secret", outside);
	return linkat(AT_FDCWD, path, AT_FDCWD, "new", 0);
}

static long
link_to_outside(void)
{
	char path[64];

	snprintf(path, sizeof(path), "../%s/link", outside);
	return linkat(AT_FDCWD, "file", AT_FDCWD, path, 0);
}

static long
create(void)
{
	return open("new", OPEN_FILE, 0755);
}

static long
create_directory(void)
{
	return mkdirat(AT_FDCWD, "new", 0755);
}

static long
link_across(void)
{
	return linkat(AT_FDCWD, "file", AT_FDCWD, "directory/new", 0);
}

/* A jail of which a part is left out, to see the other part alone. */
enum part { FILTER = 1, LANDLOCK = 2, BOTH = 3 };

static const struct act {
	const char	*name;
	long		 (*try)(void);
	enum part	 jail;
	int		 result;	/* 0, errno, KILLED or REFUSED */
} acts[] = {
	{ "open a file for reading", open_for_reading, FILTER, KILLED },
	{ "open a file for both", open_for_both, FILTER, KILLED },
	{ "open a file again", open_again, FILTER, KILLED },
	{ "truncate by opening", open_to_truncate, FILTER, KILLED },
	{ "create without O_EXCL", open_without_excl, FILTER, KILLED },
	{ "create with setuid", open_with_setuid, FILTER, KILLED },
	{ "create with setgid", open_with_setgid, FILTER, KILLED },
	{ "create for all to write", open_for_all_to_write, FILTER, KILLED },
	{ "open a directory to list", open_directory_to_list, FILTER, KILLED },
	{ "make an unnamed file", open_temporary, FILTER, KILLED },
	{ "openat2", open_by_openat2, FILTER, KILLED },
	{ "mkdir with setgid", make_setgid_directory, FILTER, KILLED },
	{ "mkdir for all to write", make_open_directory, FILTER, KILLED },
	{ "mknod", make_fifo, FILTER, KILLED },
	{ "chmod", change_mode, FILTER, KILLED },
	{ "fchmod", change_mode_of_descriptor, FILTER, KILLED },
	{ "chown", change_owner, FILTER, KILLED },
	{ "unlink", remove_file, FILTER, KILLED },
	{ "rmdir", remove_directory, FILTER, KILLED },
	{ "rename", move_file, FILTER, KILLED },
	{ "setxattr", set_attribute, FILTER, KILLED },
	{ "truncate", truncate_file, FILTER, KILLED },
	{ "link through a link", link_through_link, FILTER, KILLED },
	{ "link a descriptor", link_descriptor, FILTER, KILLED },
	{ "getdents", list_directory, FILTER, KILLED },
	{ "readlink", read_link, FILTER, KILLED },
	{ "chdir", change_directory, FILTER, KILLED },
	{ "fork", make_process, FILTER, KILLED },
	{ "socket", make_socket, FILTER, KILLED },
	{ "exec", run_program, FILTER, KILLED },
	{ "mmap of code", map_code, FILTER, KILLED },
	{ "mprotect to code", make_code, FILTER, KILLED },
	{ "kill", send_signal, FILTER, KILLED },
	{ "ioctl", ask_terminal, FILTER, KILLED },
	{ "mount", mount_anew, FILTER, KILLED },
	{ "prctl", become_dumpable, FILTER, KILLED },
	{ "F_SETFL", duplicate_flags, FILTER, KILLED },
	{ "clone3", make_thread, FILTER, ENOSYS },
	{ "read, says Landlock", open_for_reading, LANDLOCK, REFUSED },
	{ "list, says Landlock", open_directory_to_list, LANDLOCK, REFUSED },
	{ "unlink, says Landlock", remove_file, LANDLOCK, REFUSED },
	{ "rmdir, says Landlock", remove_directory, LANDLOCK, REFUSED },
	{ "mknod, says Landlock", make_fifo, LANDLOCK, REFUSED },
	{ "exec, says Landlock", run_program, LANDLOCK, REFUSED },
	{ "create outside", create_outside, BOTH, REFUSED },
	{ "mkdir outside", make_directory_outside, BOTH, REFUSED },
	{ "link from outside", link_from_outside, BOTH, REFUSED },
	{ "link to outside", link_to_outside, BOTH, REFUSED },
	{ "create", create, BOTH, 0 },
	{ "mkdir", create_directory, BOTH, 0 },
	{ "link into another directory", link_across, BOTH, 0 },
};

static void
file_make(const char *path)
{
	CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd == -1)
		err(1, "%s", path);
}

/* A directory like a staging directory, with a few names; and descriptors 3, a
 * file, and 4, the directory. */
static void
staging_enter(void)
{
	char dir[] = "staging-XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("directory", 0755) == -1 || symlink("file", "link") == -1)
		err(1, "%s", dir);
	file_make("file");
	int file = open("file", O_RDONLY);
	int directory = open(".", O_RDONLY | O_DIRECTORY);
	if (dup2(file, 3) == -1 || dup2(directory, 4) == -1)
		err(1, "%s", dir);
	umask(0);
}

/* The result of one act in a process of its own, as in acts[]. */
static int
act_try(const struct act *act, int jailed)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		staging_enter();
		int error = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (error == 0 && jailed && act->jail & LANDLOCK)
			error = landlock_close(&extractor_child);
		if (error == 0 && jailed && act->jail & FILTER)
			error = seccomp_allow(extractor_child.groups);
		if (error != 0)
			_exit(255);
		_exit(act->try() == -1 ? errno : 0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		err(1, "%s", act->name);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : 254;
	status = WEXITSTATUS(status);
	return status == EACCES || status == EXDEV ? REFUSED : status;
}

static void
outside_make(void)
{
	memcpy(outside, OUTSIDE, sizeof(outside));
	if (mkdtemp(outside) == NULL || chdir(outside) == -1)
		err(1, "%s", outside);
	file_make("secret");
	if (chdir("..") == -1)
		err(1, "..");
}

/* It must fail in the jail as foreseen, and differently without one. */
static int
act_check(const struct act *act)
{
	outside_make();
	int jailed = act_try(act, 1);
	outside_make();
	int free = act_try(act, 0);

	if (jailed == act->result && (act->result == 0 || free != jailed))
		return 1;
	printf("# got %d, wanted %d; without a jail %d\n", jailed, act->result,
	    free);
	return 0;
}

int
main(void)
{
	const int n = sizeof(acts) / sizeof(acts[0]);
	char dir[] = "/tmp/airlock-policy-XXXXXX", command[64];
	int landlock = (landlock_offered() & JAIL_LANDLOCK) != 0;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		err(1, "%s", dir);
	for (int i = 0; i < n; i++) {
		if (!landlock && acts[i].jail & LANDLOCK)
			printf("ok %d # SKIP this kernel has no Landlock\n",
			    i + 1);
		else
			printf("%s %d - %s\n", act_check(&acts[i]) ? "ok" :
			    "not ok", i + 1, acts[i].name);
		fflush(stdout);
	}
	printf("1..%d\n", n);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) == 0 ? 0 : 1;
}

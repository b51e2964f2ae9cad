/*
 * captive.c - in the place of the manager or the launcher, tries one thing that
 * they must not.
 *
 * Which one is read from standard input, and what came of it is written to
 * standard error: "captive: " with 0 or an errno.  A call that ends it leaves no
 * word.  Outside a jail, with a depot's directory as DEPOT, all acts succeed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROGRAM		1024	/* where it was executed from */
#define DEPOT		5

/* As a manager does. */
static long
open_with(const char *path, int flags)
{
	const struct open_how how = { .flags = (unsigned int)flags,
	    .mode = flags & O_CREAT ? 0600 : 0 };

	return syscall(SYS_openat2, DEPOT, path, &how, sizeof(how));
}

static long
try_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long
try_pair(void)
{
	int fds[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

/* What says so where a program was executed. */
static char words[] = "captive: 0";
static char *succeeded[] = { words, words, NULL };

static long
try_execve(void)
{
	return execve("/bin/echo", succeeded, succeeded + 2);
}

/* The one number that the filter lets pass, with a name beside it. */
static long
try_execveat(void)
{
	return syscall(SYS_execveat, PROGRAM, "/bin/echo", succeeded,
	    succeeded + 2, AT_EMPTY_PATH);
}

static long
try_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid;
}

static long
try_read(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long
try_write(void)
{
	return open_with("../settings", O_WRONLY | O_CREAT);
}

static long
try_limit(void)
{
	const struct rlimit more = { 1000, 4096 };

	return setrlimit(RLIMIT_NOFILE, &more);
}

static long
try_number(void)
{
	return fcntl(0, F_DUPFD, PROGRAM);
}

static long
try_signal(void)
{
	return kill(getppid(), 0);
}

static long
try_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long
try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
try_unshare(void)
{
	return unshare(CLONE_FILES);
}

/* Not of a manager: does this kernel have it? */
static long
try_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
}

/* What a manager does: as a control. */
static long
try_make(void)
{
	return open_with("made", O_WRONLY | O_CREAT);
}

static const struct { const char *name; long (*act)(void); } acts[] = {
	{ "socket", try_socket }, { "pair", try_pair },
	{ "execve", try_execve }, { "execveat", try_execveat },
	{ "fork", try_fork }, { "read", try_read }, { "write", try_write },
	{ "limit", try_limit }, { "number", try_number },
	{ "signal", try_signal }, { "code", try_code },
	{ "ptrace", try_ptrace }, { "unshare", try_unshare },
	{ "make", try_make }, { "landlock", try_landlock },
};

int
main(void)
{
	char name[16] = "";
	ssize_t n = read(0, name, sizeof(name) - 1);

	for (size_t i = 0; n > 0 && i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(acts[i].name, name) != 0)
			continue;
		long got = acts[i].act();
		dprintf(2, "captive: %d\n", got == -1 ? errno : 0);
		return 0;
	}
	return 1;
}

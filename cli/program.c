#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/confine.h"
#include "cli/program.h"

int
program_open(const char *name)
{
	char exe[PATH_MAX - 64], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n == -1)
		return -errno;
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	snprintf(path, sizeof(path), "%s/../libexec/airlock/%s", exe, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1)
		return fd;
	int error = -errno;
	warn("%s: airlock is not completely installed", path);
	return error;
}

void
program_exec(int program, char *const argv[], char *const envp[],
    const int *from, int n, void (*confine)(void))
{
	char *const none[] = { NULL };
	int high[PROGRAM_FDS];

	for (int i = 0; i < n; i++)
		high[i] = from[i] == -1 ? -1 :
		    fcntl(from[i], F_DUPFD_CLOEXEC, 64);
	int exe = confine != NULL ? confine_program(program) :
	    fcntl(program, F_DUPFD_CLOEXEC, 64);
	for (int i = 0; i < n; i++)
		if (high[i] == -1)
			(void)close(3 + i);
		else if (dup2(high[i], 3 + i) == -1)
			return;
	/* Whatever the user's shell may have left open, too. */
	(void)close_range(3 + (unsigned int)n, ~0u, CLOSE_RANGE_CLOEXEC);
	if (confine != NULL && exe != -1)
		confine();
	syscall(SYS_execveat, exe, "", argv, envp != NULL ? envp : none,
	    AT_EMPTY_PATH);
}

/*
 * dial_worker.h - for false managers: start a real worker as the launcher does,
 * but without the outer stage, and hold the other end of its channel.
 */
#ifndef TESTS_DIAL_WORKER_H
#define TESTS_DIAL_WORKER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/jail.h"
#include "rpc/buffer.h"
#include "rpc/rpc.h"

struct worker {
	pid_t	pid;
	int	channel;	/* the manager's end */
};

static inline void
worker_die(const char *what)
{
	perror(what);
	exit(1);
}

/* Beneath $BUILD, or two levels above this test program. */
static inline void
worker_path(const char *program, char *path, size_t size)
{
	const char *build = getenv("BUILD");
	char self[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		worker_die("/proc/self/exe");
	self[n] = '\0';
	for (int i = 0; i < 3; i++) {
		char *slash = self;
		for (char *p = self; *p != '\0'; p++)
			if (*p == '/')
				slash = p;
		*slash = '\0';
	}
	snprintf(path, size, "%s/libexec/airlock/%s",
	    build != NULL ? build : self, program);
}

static inline void
worker_exec(const char *path, const char *title, int channel, int input)
{
	char *argv[] = { (char *)(uintptr_t)title, NULL };
	char *envp[] = { NULL };
	int null = open("/dev/null", O_RDWR);
	int high[2] = { fcntl(channel, F_DUPFD, 32), fcntl(input, F_DUPFD, 32) };

	if (null == -1 || high[0] == -1 || high[1] == -1)
		_exit(126);
	for (int fd = 0; fd < (getenv("WORKER_STDERR") ? 2 : 3); fd++)
		dup2(null, fd);
	dup2(high[0], JAIL_FD_CHANNEL);
	dup2(high[1], JAIL_FD_INPUT);
	close_range(JAIL_FD_INPUT + 1, ~0u, 0);
	execve(path, argv, envp);
	_exit(127);
}

static inline struct worker
worker_start(const char *program, const void *input, size_t size)
{
	char path[512];
	int pair[2], sealed = buffer_seal(input, size);

	worker_path(program, path, sizeof(path));
	if (sealed < 0 || rpc_pair(pair) < 0)
		worker_die("channel");
	pid_t pid = fork();
	if (pid == -1)
		worker_die("fork");
	if (pid == 0)
		worker_exec(path, program, pair[1], sealed);
	close(pair[1]);
	close(sealed);
	return (struct worker){ pid, pair[0] };
}

/* Its exit status, or -1 if a signal ended it. */
static inline int
worker_wait(struct worker *w)
{
	int status;

	if (waitpid(w->pid, &status, 0) != w->pid)
		worker_die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif /* TESTS_DIAL_WORKER_H */

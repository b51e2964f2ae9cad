/*
 * dial_worker.h - for false managers: start a real worker as the launcher does,
 * but without the outer stage, and hold the other end of its channel.
 */
#ifndef TESTS_DIAL_WORKER_H
#define TESTS_DIAL_WORKER_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/jail.h"
#include "jail/launcher.h"
#include "rpc/buffer.h"
#include "rpc/rpc.h"

struct worker {
	pid_t	pid;
	int	channel;	/* the manager's end */
	int	launcher;	/* channel to the launcher, or -1 */
	int	pidfd;		/* of the worker, if the launcher made it */
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
	int high[2] = { fcntl(channel, F_DUPFD, 32),
	    fcntl(input, F_DUPFD, 32) };

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
	return (struct worker){ pid, pair[0], -1, -1 };
}

RPC_MANAGER_SIDE(LAUNCHER_RPC, worker_launcher_rows)

static int
answered_launcher_spawn(struct rpc *rpc, void *context,
    const struct launcher_spawn_rep *rep, struct cap *caps)
{
	(void)rpc;
	*(int *)context = rep->error == 0 ? cap_take(&caps[0]) : rep->error;
	return 0;
}

/* The launcher, with the two programs of the network. */
static inline void
worker_exec_launcher(int channel)
{
	static const char *const programs[] = { "dialer", "fetcher" };
	char path[512], *argv[] = { NULL, NULL };
	int high = fcntl(channel, F_DUPFD, 32);

	dup2(high, LAUNCHER_FD_CHANNEL);
	for (int i = 0; i < 2; i++) {
		worker_path(programs[i], path, sizeof(path));
		dup2(open(path, O_RDONLY), LAUNCHER_FD_PROGRAM + i);
	}
	close_range(LAUNCHER_FD_PROGRAM + 2, ~0u, 0);
	worker_path("launcher", path, sizeof(path));
	argv[0] = path;
	execv(path, argv);
	_exit(127);
}

/* The same by way of the real launcher, outer stage included.  pid is the
 * launcher's; it ends with the worker's channel, see worker_wait(). */
static inline struct worker
worker_launch(enum launcher_kind kind, const void *input, size_t size)
{
	struct launcher_spawn_req req = { .kind = kind };
	int outer[2], inner[2], pidfd = -1;
	struct rpc rpc;

	if (rpc_pair(outer) < 0 || rpc_pair(inner) < 0)
		worker_die("channel");
	pid_t pid = fork();
	if (pid == 0)
		worker_exec_launcher(outer[1]);
	close(outer[1]);
	rpc_init(&rpc, outer[0], RPC_ROWS(worker_launcher_rows), NULL);
	struct cap caps[] = { { inner[1] }, { buffer_seal(input, size) } };
	if (ask_launcher_spawn(&rpc, &req, caps, 0, &pidfd) < 0)
		worker_die("launcher");
	while (pidfd == -1 && rpc_receive(&rpc, 0) > 0)
		continue;
	if (pidfd < 0) {
		errno = -pidfd;
		worker_die("spawn");
	}
	cap_drop(&caps[0]);
	cap_drop(&caps[1]);
	return (struct worker){ pid, inner[0], outer[0], pidfd };
}

/* Its exit status, or -1 if a signal ended it. */
static inline int
worker_wait(struct worker *w)
{
	struct pollfd ended = { w->pidfd, POLLIN, 0 };
	int status;

	/* The launcher reaps it: how it ended is not told, only that it did. */
	if (w->launcher != -1) {
		if (poll(&ended, 1, 10000) != 1)
			worker_die("the worker goes on");
		close(w->launcher);
	}
	if (waitpid(w->pid, &status, 0) != w->pid)
		worker_die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif /* TESTS_DIAL_WORKER_H */

/*
 * attack-control - tries the same acts without a jail, so that "blocked" means
 * something.
 *
 * Holds	the caller's authority; a directory to spoil, which is its
 *		working directory; copies of what the attackers hold, unsealed.
 * Lacks	a jail.  What could harm the host is tried in namespaces of its
 *		own, or with arguments that do nothing.
 * Trusts	whoever asks it to try an act.
 * Taken over	it can do what its user can do: it runs nobody's code but ours.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/acts.h"
#include "attack/wire.h"
#include "jail/jail.h"
#include "rpc/buffer.h"

#define TRY_MS		5000
#define NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |	\
			    CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

/* It is asked one kind of question and answers no other. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
RPC_PEER_SIDE(ATTACK_RPC, rows)
#pragma GCC diagnostic pop

static void
must(long result)
{
	if (result == -1)
		_exit(EXIT_FAILURE);
}

/* An own directory, with something in it to spoil. */
static void
directory_enter(uint32_t number)
{
	char name[32];

	snprintf(name, sizeof(name), "act-%u", number);
	must(mkdir(name, 0755));
	must(chdir(name));
	must(mkdir("directory", 0755));
	int fd = open("victim", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	must(fd);
	must(write(fd, "victim\n", 7));
	close(fd);
}

static void
line_put(const char *path, const char *line)
{
	CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd);
	must(dprintf(fd, "%s", line));
}

/* Root of namespaces of its own; returns in their first process. */
static void
namespaces_enter(void)
{
	char uids[32], gids[32];
	int status;

	snprintf(uids, sizeof(uids), "0 %u 1", geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getegid());
	must(unshare(NAMESPACES));
	line_put("/proc/self/setgroups", "deny");
	line_put("/proc/self/uid_map", uids);
	line_put("/proc/self/gid_map", gids);
	pid_t pid = fork();
	must(pid);
	if (pid == 0)
		return;
	must(waitpid(pid, &status, 0));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
}

static _Noreturn void
actor_run(const struct attack_bare_req *req, const struct held *held, int out)
{
	int ends[2];

	must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
	umask(0);
	/* A channel to nobody, so that ours is not spoiled. */
	must(rpc_pair(ends));
	must(dup2(ends[1], JAIL_FD_CHANNEL));
	directory_enter(req->act);
	if (acts[req->act].flags & ACT_APART)
		namespaces_enter();
	int32_t error = act_try(req->act, held);
	must(write(out, &error, sizeof(error)));
	_exit(EXIT_SUCCESS);
}

/* In place of an errno: it closed its end without a word, or did neither. */
#define NO_WORD		1
#define NO_END		2

static int32_t
word_hear(int in)
{
	struct pollfd fd = { in, POLLIN, 0 };
	int32_t error;

	if (poll(&fd, 1, TRY_MS) != 1)
		return NO_END;
	return read(in, &error, sizeof(error)) == sizeof(error) ? error :
	    NO_WORD;
}

/* Somebody who has not ended holds the other end. */
static bool
is_held(int in)
{
	struct pollfd fd = { in, POLLIN, 0 };

	return poll(&fd, 1, 0) == 0;
}

static void
judge(const struct attack_bare_req *req, int in, pid_t pid,
    struct attack_bare_rep *rep)
{
	int status;
	int32_t error = word_hear(in);

	if (error == NO_END)
		kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0));
	if (error == 0 && acts[req->act].flags & ACT_STAYS)
		error = is_held(in) ? 0 : -ECHILD;
	/* 0: it became another program, which ended well. */
	if (error > 0)
		error = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 :
		    -ECANCELED;
	rep->error = error;
	rep->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int
try_one(const struct attack_bare_req *req, struct held *held,
    struct attack_bare_rep *rep)
{
	int ends[2];

	if (req->act >= ACT_COUNT || pipe2(ends, O_CLOEXEC) == -1)
		return -EBADMSG;
	CLOSE int in = ends[0];
	CLOSE int out = ends[1];
	/* Somebody to attack who is no stranger. */
	held->pid = getpid();
	held->port = (uint16_t)req->port;
	pid_t pid = fork();
	if (pid == 0) {
		close(in);
		actor_run(req, held, out);
	}
	cap_close_fd(&out);
	judge(req, in, pid, rep);
	return 0;
}

static int
memory_new(size_t size)
{
	int fd = memfd_create("memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	must(fd);
	must(ftruncate(fd, (off_t)size));
	return fd;
}

/* A connection of our own: the act may turn it into something else. */
static int
socket_new(uint32_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd);
	must(connect(fd, (const struct sockaddr *)&to, sizeof(to)));
	return fd;
}

HEARD(attack_held)
{
	CLOSE int socket = socket_new(req->port);
	CLOSE int slots = memory_new(SLOT_COUNT * SLOT_SIZE);
	CLOSE int input = memory_new(4096);
	struct held held = { .channel = JAIL_FD_CHANNEL,
	    .file = caps[0].fd, .slots = slots,
	    .socket = socket, .input = input };
	struct attack_bare_rep rep = { 0 };
	int error = try_one(req, &held, &rep);

	return error < 0 ? error : answer_attack_held(rpc, serial, &rep, NULL);
}

HEARD(attack_bare)
{
	return -EBADMSG;
}

HEARD(attack_file)
{
	return -EBADMSG;
}

/* What nobody has asked for is no wall. */
static void
descriptors_allow(void)
{
	struct rlimit limit;

	must(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &limit));
}

int
main(void)
{
	struct rpc rpc;

	descriptors_allow();
	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	rpc_init(&rpc, JAIL_FD_CHANNEL, RPC_ROWS(rows), NULL);
	return rpc_serve(&rpc) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

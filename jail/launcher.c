/*
 * launcher - creates the jailed processes, and does nothing else.
 *
 * Holds:   its own user, mount and pid namespaces, in which it is pid 1; the
 *          workers' programs as descriptors; the depot's staging directory as
 *          its working directory; one channel, to the manager.
 * Lacks:   as root's launcher: root of the host.  Any input but fixed records.
 * Trusts:  the manager.
 * If taken over: everything that its user can do; it is in the trusted base.
 *
 * Its end is the end of every worker: the kernel kills a pid namespace with its
 * first process.  It ends when the manager hangs up.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/kinds.h"
#include "jail/launcher.h"
#include "jail/spawn.h"

RPC_PEER_SIDE(LAUNCHER_RPC, rows)

/* What may follow `airlock launcher`: the first uid for workers, or nothing. */
struct launcher {
	uint32_t uid_base;	/* SPAWN_UID_KEEP: there are none */
};

HEARD(launcher_spawn)
{
	struct launcher *l = rpc->owner;
	struct launcher_spawn_rep rep = { 0 };
	struct cap pidfd = CAP_INIT;

	if (req->kind >= LAUNCHER_KINDS || kinds[req->kind].title == NULL ||
	    memchr(req->directory, '\0', sizeof(req->directory)) == NULL)
		return -EBADMSG;
	const struct kind *kind = &kinds[req->kind];
	struct spawn spawn = {
		.kind = kind,
		.uid = l->uid_base == SPAWN_UID_KEEP ? SPAWN_UID_KEEP :
		    l->uid_base + LAUNCHER_UID(req->kind),
		.program = LAUNCHER_FD_PROGRAM + (int)kind->program,
		.channel = caps[0].fd,
		.input = caps[1].fd,
		.origin = req->directory,
	};
	rep.error = spawn_worker(&spawn, &pidfd.fd, &rep.layers);
	int error = answer_launcher_spawn(rpc, serial, &rep,
	    rep.error == 0 ? &pidfd : NULL);
	cap_drop(&pidfd);
	return error;
}

static void
children_reap(int signals)
{
	struct signalfd_siginfo info;

	(void)!read(signals, &info, sizeof(info));
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

static int
children_watch(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	/* Ctrl-C is the cli's business; pid 1 is not to be stopped either. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return sigprocmask(SIG_BLOCK, &set, NULL) == -1 ? -1 :
	    signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
main(int argc, char **argv)
{
	struct launcher l = { argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) :
	    SPAWN_UID_KEEP };
	struct rpc rpc;
	int error = 1;

	(void)prctl(PR_SET_NAME, "launcher", 0, 0, 0);
	/* Where there is no pid namespace, this has to do. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	struct pollfd fds[] = { { LAUNCHER_FD_CHANNEL, POLLIN, 0 },
	    { children_watch(), POLLIN, 0 } };
	if (fds[1].fd == -1)
		return JAIL_EXIT_SETUP;
	rpc_init(&rpc, LAUNCHER_FD_CHANNEL, RPC_ROWS(rows), &l);
	while (error >= 0) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			break;
		if (fds[1].revents)
			children_reap(fds[1].fd);
		if (fds[0].revents)
			error = rpc_receive(&rpc, MSG_DONTWAIT);
	}
	return error == -EPIPE ? 0 : 1;
}

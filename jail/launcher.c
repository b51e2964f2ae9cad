/*
 * launcher - creates the jailed processes, and does nothing else.
 *
 * Holds:   its own user, mount and pid namespaces, in which it is pid 1; the
 *          workers' programs as descriptors; the depot's staging directory as
 *          its working directory; one channel, to the manager.
 * Lacks:   as root's launcher: root of the host.  Any input but fixed records.
 *          System calls that neither it nor a worker needs (cli/policy.c).
 * Trusts:  the manager.
 * If taken over: everything that its user can do; it is in the trusted base.
 *
 * Its end is the end of every worker: the kernel kills a pid namespace with its
 * first process.  It ends when the manager hangs up.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "jail/kinds.h"
#include "jail/launcher.h"
#include "jail/outer.h"
#include "jail/spawn.h"

RPC_PEER_SIDE(LAUNCHER_RPC, rows)

HEARD(launcher_spawn)
{
	const uint32_t *uid_base = rpc->owner;
	struct launcher_spawn_rep rep = { 0 };
	struct cap pidfd = CAP_INIT;

	if (req->kind >= LAUNCHER_KINDS || kinds[req->kind].title == NULL ||
	    memchr(req->directory, '\0', sizeof(req->directory)) == NULL)
		return -EBADMSG;
	const struct spawn spawn = {
		.kind = &kinds[req->kind],
		.filter = &outer_filters[req->kind],
		.uid = *uid_base == SPAWN_UID_KEEP ? SPAWN_UID_KEEP :
		    *uid_base + LAUNCHER_UID(req->kind),
		.program = LAUNCHER_FD_PROGRAM + (int)kinds[req->kind].program,
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

/* The argument that may follow: the first uid for workers. */
int
main(int argc, char **argv)
{
	uint32_t uid_base = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) :
	    SPAWN_UID_KEEP;
	struct rpc rpc;
	int error;

	(void)prctl(PR_SET_NAME, "launcher", 0, 0, 0);
	/* Ctrl-C is the cli's business; pid 1 is not to be stopped either.
	 * Children whose end is ignored are reaped by the kernel. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	rpc_init(&rpc, LAUNCHER_FD_CHANNEL, RPC_ROWS(rows), &uid_base);
	while ((error = rpc_receive(&rpc, 0)) > 0)
		continue;
	return error == -EPIPE ? 0 : 1;
}

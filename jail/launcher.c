/*
 * launcher - creates the jailed processes, and does nothing else.
 *
 * Holds:   its own user, mount and pid namespaces, in which it is pid 1; the
 *          workers' programs as descriptors; the depot's staging directory as
 *          its working directory; one channel, to the manager.
 * Lacks:   as root's launcher: root of the host.  Any input but fixed records.
 *          Any library but the C library: filters come with it, compiled.
 *          System calls that neither it nor a worker needs (cli/policy.c).
 * Trusts:  the manager.
 * If taken over: everything that its user can do; it is in the trusted base.
 *
 * Its end is the end of every worker: the kernel kills a pid namespace with its
 * first process.  It ends when the manager hangs up.  What its workers used, it
 * tells the cli (jail/launcher.h), which it never waits for.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/kinds.h"
#include "jail/launcher.h"
#include "jail/outer.h"
#include "jail/spawn.h"

#define END_MS	500	/* for workers to end by themselves, and be counted */

RPC_PEER_SIDE(LAUNCHER_RPC, rows)

/* Of those that have ended their pidfds told the manager already.  Are there
 * others? */
static bool
workers_reap(void)
{
	struct launcher_usage usage = { 0 };

	while ((usage.pid = wait4(-1, &usage.status, WNOHANG, &usage.used)) > 0)
		(void)!write(LAUNCHER_FD_USAGE, &usage, sizeof(usage));
	return usage.pid == 0;
}

HEARD(launcher_spawn)
{
	const uint64_t *argument = rpc->owner;
	struct launcher_spawn_rep rep = { 0 };
	struct cap pidfd = CAP_INIT;

	if (req->kind >= LAUNCHER_KINDS || kinds[req->kind].title == NULL)
		return -EBADMSG;
	struct kind kind = kinds[req->kind];
	rlim_t *const limit[LAUNCHER_ARGUMENTS] = { NULL, NULL, &kind.memory,
	    &kind.cpu_seconds, &kind.processes };
	/* Only where there is one, and of more than itself. */
	for (int i = LAUNCHER_MAX_MEMORY; i < LAUNCHER_ARGUMENTS; i++)
		if (argument[i] != 0 && *limit[i] > 1 &&
		    *limit[i] != RLIM_INFINITY)
			*limit[i] = argument[i];
	const struct spawn spawn = {
		.kind = &kind,
		.filter = &outer_filters[req->kind],
		.uid = argument[LAUNCHER_UIDS] == SPAWN_UID_KEEP ?
		    SPAWN_UID_KEEP : (uint32_t)argument[LAUNCHER_UIDS] +
		    LAUNCHER_UID(req->kind),
		.program = LAUNCHER_FD_PROGRAM + (int)kinds[req->kind].program,
		.channel = caps[0].fd,
		.input = caps[1].fd,
	};
	(void)workers_reap();
	pid_t pid = spawn_worker(&spawn, &pidfd.fd, &rep.layers);
	rep.error = pid < 0 ? pid : 0;
	const struct launcher_usage usage = { .pid = pid,
	    .kind = req->kind, .layers = rep.layers };
	(void)!write(LAUNCHER_FD_USAGE, &usage, sizeof(usage));
	int error = answer_launcher_spawn(rpc, serial, &rep,
	    rep.error == 0 ? &pidfd : NULL);
	cap_drop(&pidfd);
	return error;
}

/* Arguments: enum launcher_argument. */
int
main(int argc, char **argv)
{
	uint64_t argument[LAUNCHER_ARGUMENTS] = { 0, SPAWN_UID_KEEP };
	struct rpc rpc;
	int error;

	(void)prctl(PR_SET_NAME, "launcher", 0, 0, 0);
	for (int i = 1; i < argc && i < LAUNCHER_ARGUMENTS; i++)
		argument[i] = strtoull(argv[i], NULL, 10);
	/* Ctrl-C is the cli's business; pid 1 is not to be stopped either. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	rpc_init(&rpc, LAUNCHER_FD_CHANNEL, RPC_ROWS(rows), argument);
	while ((error = rpc_receive(&rpc, 0)) > 0)
		continue;
	for (int ms = 0; ms < END_MS && workers_reap(); ms++)
		usleep(1000);
	return error == -EPIPE ? 0 : 1;
}

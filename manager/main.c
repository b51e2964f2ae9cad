/*
 * manager - decides everything, and parses next to nothing.
 *
 * Holds:   four of ROOT's directories and its lock, the only writable
 *          descriptors of what is in quarantine, one channel and one pidfd for
 *          each worker, one channel to the launcher and one to the cli.
 * Lacks:   any code for the network, for exec or for other paths; third-party
 *          libraries but libmd; and, by a jail that the cli closes before it starts,
 *          sockets, exec, fork and all other files (cli/policy.c).
 * Trusts:  the launcher and the kernel.  Of the cli it believes what is wanted,
 *          not what is trusted; of a worker, nothing.
 * If taken over: the depot is lost; it is the trusted base.
 */
#include <err.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "manager/manager.h"

#define TICK_MS		100	/* the cli's picture, the commit */

struct manager manager = { .certificates = -1,
    .store = { MANAGER_FD_DEPOT, -1, MANAGER_FD_RECEIPTS,
	MANAGER_FD_QUARANTINE, MANAGER_FD_STAGING },
    .trust = { .workers = &manager.workers } };

/* Take what the peer has sent: false once it is gone or has lied. */
static bool
hear(struct rpc *rpc)
{
	int error;

	while ((error = rpc_receive(rpc, MSG_DONTWAIT)) > 0)
		continue;
	return error == 0;
}

int
main(void)
{
	struct pollfd others[] = { { MANAGER_FD_CLI, POLLIN, 0 },
	    { MANAGER_FD_LAUNCHER, POLLIN, 0 } };
	struct rpc *launcher = &manager.workers.launcher;

	(void)prctl(PR_SET_NAME, "manager", 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fcntl(MANAGER_FD_CLI, F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(MANAGER_FD_LAUNCHER, F_SETFL, O_NONBLOCK) == -1)
		err(1, "manager: not started by airlock");
	session_init();
	workers_init(&manager.workers, MANAGER_FD_LAUNCHER);
	while (hear(&manager.cli)) {
		if (!hear(launcher) || rpc_deadline(launcher) < rpc_now())
			errx(7, "the launcher has ended or does not answer");
		manager.busy = false;
		jobs_advance();
		session_advance();
		workers_poll(&manager.workers, others, 2,
		    manager.busy ? 0 : TICK_MS);
	}
	return 0;
}

/*
 * manager - decides everything, and parses next to nothing.
 *
 * Holds:   the depot's directories, the only writable descriptors of what is in
 *          quarantine, one channel and one pidfd for each worker, one channel to
 *          the launcher and one to the cli.
 * Lacks:   the network, exec, other paths, third-party libraries.
 * Trusts:  the launcher and the kernel.  Of the cli it believes what is wanted,
 *          not what is trusted; of a worker, nothing.
 * If taken over: the depot is lost; it is the trusted base.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manager/manager.h"

static struct manager manager = {
	.root = MANAGER_FD_ROOT, .depot = -1, .public = -1, .state = -1,
	.quarantine = -1, .staging = -1, .receipts = -1, .lock = -1,
	.certificates = -1, .armored = -1, .dearmored = -1,
	.check = { .data = -1, .signature = -1 },
};

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
	struct manager *m = &manager;

	(void)prctl(PR_SET_NAME, "manager", 0, 0, 0);
	signal(SIGINT, SIG_IGN);	/* Ctrl-C is the cli's to hear */
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	if (fcntl(MANAGER_FD_CLI, F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(MANAGER_FD_LAUNCHER, F_SETFL, O_NONBLOCK) == -1)
		err(1, "manager: not started by airlock");
	session_init(m);
	workers_init(m);
	/* The cli's end is ours; the workers', by way of the launcher, too. */
	while (hear(&m->cli)) {
		if (!hear(&m->launcher))
			errx(7, "the launcher has ended");
		archives_advance(m);
		session_advance(m);
		workers_watch(m);
	}
	return 0;
}

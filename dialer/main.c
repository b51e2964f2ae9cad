/*
 * dialer - makes one connection, hands it over, and ends.
 *
 * Holds	the host's network, outward; the resolver's files, read-only;
 *		the name and port of one origin.
 * Lacks	depot, keys, certificates, payload, exec, any other file or
 *		process; sockets that listen, or of any family but the internet.
 * Trusts	the manager's question.  Name servers and what answers at an
 *		address are hostile: their packets meet the C library here.
 * Taken over	it connects where it was not told to.  The manager asks the
 *		kernel where the socket leads before anyone uses it, and TLS and
 *		signatures judge who is there.
 */
#include <errno.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>

#include "dialer/dial.h"
#include "dialer/dialer.h"
#include "dialer/policy.h"
#include "jail/jail.h"
#include "rpc/rpc.h"

RPC_PEER_SIDE(DIALER_RPC, rows)

static int
heard_dialer_dial(struct rpc *rpc, const struct dialer_dial_req *req,
    struct cap *caps, uint32_t serial)
{
	struct cap socket = CAP_INIT;
	int error = 0;

	(void)caps;
	if (memchr(req->host, '\0', sizeof(req->host)) == NULL ||
	    req->port < 1 || req->port > 65535)
		return -EBADMSG;
	rpc->phase = DIALER_OVER;
	enum dialer_outcome outcome = dial(req->host, (uint16_t)req->port,
	    req->timeout, &socket.fd, &error);
	const struct dialer_dial_rep rep = { .outcome = outcome,
	    .error = error };
	error = answer_dialer_dial(rpc, serial, &rep,
	    outcome == DIALER_CONNECTED ? &socket : NULL);
	cap_drop(&socket);
	return error;
}

int
main(void)
{
	struct rpc rpc;

	/* Files and name servers, which the C library has built in.  Whatever
	 * else nsswitch.conf names would be loaded as code, or ask a daemon. */
	if (__nss_configure_lookup("hosts", "files dns") == -1)
		return EXIT_FAILURE;
	jail_enter(&dialer_policy, JAIL_FD_CHANNEL, 0);
	rpc_init(&rpc, JAIL_FD_CHANNEL, RPC_ROWS(rows), NULL);
	int error = rpc_receive(&rpc, 0);
	return error == 1 || error == -EPIPE ? EXIT_SUCCESS : EXIT_FAILURE;
}

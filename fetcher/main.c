/*
 * fetcher - gets the bytes of one origin's files and delivers them to the
 * manager.
 *
 * Holds	a line to a dialer, which hands over sockets that are connected to
 *		its origin; slots to fill; the certificates of the authorities
 *		that it believes.
 * Lacks	files, paths, names, socket(), connect(), exec, keys, the depot;
 *		any way to follow a redirect.
 * Trusts	the manager's questions.  Servers are hostile: their TLS, HTTP
 *		and bytes meet OpenSSL, nghttp2 and libcurl here.
 * Taken over	it delivers wrong bytes, which the manager's digests and the
 *		verifiers stop; it spies on what else is fetched from that one
 *		origin; it stalls, which the manager's deadlines end.
 */
#include <signal.h>
#include <stdlib.h>

#include "fetcher/network.h"
#include "fetcher/policy.h"
#include "jail/jail.h"

int
main(void)
{
	static struct session session;

	/* A server that hangs up is an answer, not an end. */
	signal(SIGPIPE, SIG_IGN);
	if (network_init(JAIL_FD_INPUT) < 0)
		return EXIT_FAILURE;
	jail_enter(&fetcher_policy, JAIL_FD_CHANNEL, 0);
	session_init(&session, JAIL_FD_CHANNEL);
	return network_serve(&session) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * dialer - makes the connections to one origin, and hands them to its fetcher.
 *
 * Holds	the host's network, outward; the resolver's files, read-only;
 *		the name and port of one origin, and a line to its fetcher.
 * Lacks	depot, keys, certificates, payload, exec, any other file or
 *		process; sockets that listen, or of any family but the internet.
 * Trusts	the manager's word, where the line leads to.  Name servers and
 *		what answers at an address are hostile: their packets meet the C
 *		library here, and their addresses are judged here.  So may the
 *		fetcher be: all that it can say is "one more".
 * Taken over	it connects where it was not told to, as whoever has a network
 *		can; what a fetcher gets by it, TLS and signatures judge.
 */
#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "dialer/dial.h"
#include "dialer/policy.h"
#include "jail/jail.h"

static struct dialer {
	struct rpc	channel;	/* to the manager */
	struct rpc	line;		/* to the fetcher; fd -1: there is none */
	struct origin	origin;
	struct dial	dials[DIALER_CONNECTIONS];
} dialer = { .line = { .fd = -1 } };

#define FOR_DIALS(d)							\
	for (struct dial *d = dialer.dials;				\
	    d < dialer.dials + DIALER_CONNECTIONS; d++)

RPC_PEER_SIDE(DIALER_RPC, rows)
RPC_PEER_SIDE(LINE_RPC, line_rows)

HEARD(dialer_open)
{
	const struct dialer_open_rep rep = { .outcome = DIALER_CONNECTED };

	if (memchr(req->host, '\0', sizeof(req->host)) == NULL ||
	    req->port < 1 || req->port > 65535 || req->connections < 1 ||
	    req->connections > DIALER_CONNECTIONS)
		return -EBADMSG;
	/* A fetcher that does not hear us is not waited for. */
	if (fcntl(caps[0].fd, F_SETFL, O_NONBLOCK) == -1)
		return -errno;
	dialer.origin.told = *req;
	rpc_init(&dialer.line, cap_take(&caps[0]), RPC_ROWS(line_rows), NULL);
	rpc->phase = DIALER_OPENED;
	return answer_dialer_open(rpc, serial, &rep, NULL);
}

static int
dial_answer(struct dial *d)
{
	const struct line_connect_rep rep = { d->outcome, d->error };
	struct cap socket = { d->fd };
	int error = answer_line_connect(&dialer.line, d->serial, &rep,
	    socket.fd == -1 ? NULL : &socket);

	cap_drop(&socket);
	d->serial = 0;
	return error;
}

/* Writable, or too late: whichever it is shows. */
static int
dial_go_on(struct dial *d)
{
	return dial_advance(d, &dialer.origin) ? dial_answer(d) : 0;
}

HEARD(line_connect)
{
	uint32_t busy = 0;
	struct dial *room = NULL;

	FOR_DIALS(d) {
		busy += d->serial != 0;
		if (d->serial == 0)
			room = d;
	}
	/* It was told how many it may have. */
	if (busy >= dialer.origin.told.connections)
		return -EBADMSG;
	dial_start(room, &dialer.origin, serial);
	return dial_go_on(room);
}

/* Nobody is there any more; the manager will know, and end us. */
static void
line_close(void)
{
	rpc_close(&dialer.line);
	FOR_DIALS(d)
		if (d->serial != 0) {
			cap_close_fd(&d->fd);
			d->serial = 0;
		}
}

/* What is to be waited for; the time until the first deadline, ms, or -1. */
static int
dialer_watch(struct pollfd *fds)
{
	uint64_t now = rpc_now(), first = UINT64_MAX;

	*fds++ = (struct pollfd){ dialer.channel.fd, POLLIN, 0 };
	*fds++ = (struct pollfd){ dialer.line.fd, POLLIN, 0 };
	FOR_DIALS(d) {
		*fds++ = (struct pollfd){ d->serial != 0 ? d->fd : -1, POLLOUT,
		    0 };
		if (d->serial != 0)
			first = MIN(first, d->deadline);
	}
	return first == UINT64_MAX ? -1 : first > now ? (int)(first - now) : 0;
}

/* Those that are writable, or late. */
static int
dials_go_on(const struct pollfd *fds)
{
	int error = 0;

	FOR_DIALS(d) {
		if (error >= 0 && d->serial != 0 && (fds->revents != 0 ||
		    d->deadline <= rpc_now()))
			error = dial_go_on(d);
		fds++;
	}
	return error;
}

/* 0; -EPIPE: the manager has hung up; or -errno. */
static int
dialer_turn(void)
{
	struct pollfd fds[2 + DIALER_CONNECTIONS];
	int timeout = dialer_watch(fds), error = 0;

	if (poll(fds, 2 + DIALER_CONNECTIONS, timeout) == -1)
		return -errno;
	/* One record a turn: a flood on the line does not hide the channel. */
	if (fds[0].revents != 0 &&
	    (error = rpc_receive(&dialer.channel, MSG_DONTWAIT)) < 0)
		return error;
	error = dials_go_on(fds + 2);
	if (error >= 0 && fds[1].revents != 0)
		error = rpc_receive(&dialer.line, MSG_DONTWAIT);
	if (error == -EPIPE)
		line_close();
	return error == -EPIPE ? 0 : MIN(error, 0);
}

int
main(void)
{
	int error;

	/* Files and name servers, which the C library has built in.  Whatever
	 * else nsswitch.conf names would be loaded as code, or ask a daemon. */
	if (__nss_configure_lookup("hosts", "files dns") == -1)
		return EXIT_FAILURE;
	jail_enter(&dialer_policy, JAIL_FD_CHANNEL, 0);
	rpc_init(&dialer.channel, JAIL_FD_CHANNEL, RPC_ROWS(rows), NULL);
	do
		error = dialer_turn();
	while (error == 0);
	return error == -EPIPE ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/param.h>

#include "dialer/dial.h"

#define FORBIDDEN	(-1)	/* no errno: it was not tried */

static enum dialer_outcome
outcome_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return DIALER_REFUSED;
	case ETIMEDOUT:
		return DIALER_TIMEOUT;
	case FORBIDDEN:
		return DIALER_ADDRESS;
	default:
		return DIALER_UNREACHABLE;
	}
}

/* Of several failures: one that may pass first, then one that proves a host, then
 * what the user may want to know. */
static enum dialer_outcome
outcome_worst(enum dialer_outcome a, enum dialer_outcome b)
{
	static const enum dialer_outcome order[] = { DIALER_TIMEOUT,
	    DIALER_REFUSED, DIALER_ADDRESS };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return DIALER_UNREACHABLE;
}

static socklen_t
address_size(const struct sockaddr_storage *to)
{
	return to->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
}

/* A socket for this address, if it may be reached at all: 0, FORBIDDEN, errno. */
static int
dial_begin(struct dial *d, const struct origin *o)
{
	const struct sockaddr_storage *to = &o->address[d->at];

	d->deadline = rpc_now() + o->told.timeout;
	if (!origin_allows(o, to))
		return FORBIDDEN;
	d->fd = socket(to->ss_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	return d->fd == -1 ? errno : 0;
}

/*
 * Begin to connect, or see how it goes: 0, EINPROGRESS, FORBIDDEN, or another
 * errno.
 *
 * A connection stands when connect() itself has said so.  Of one that was left
 * in between, the kernel would let the descriptor be sent elsewhere with
 * MSG_FASTOPEN once it was reset, so nothing but the answer 0 makes a socket
 * that may be handed on.
 */
static int
dial_connect(struct dial *d, const struct origin *o)
{
	const struct sockaddr_storage *to = &o->address[d->at];
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);
	const int on = 1;

	if (connect(d->fd, (const struct sockaddr *)to, address_size(to)) == -1)
		return errno == EALREADY ? EINPROGRESS : errno;
	/* The kernel's word counts more than what was asked of it. */
	if (getpeername(d->fd, (struct sockaddr *)&peer, &len) == -1)
		return errno;
	if (!origin_allows(o, &peer))
		return FORBIDDEN;
	/* The fetcher's filter lets no option pass: requests are small, and go
	 * out at once.  Without it they are slower, and no worse. */
	(void)setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return 0;
}

/* This address is of no use: the next one, while there is time; or false. */
static bool
dial_next(struct dial *d, struct origin *o, int error)
{
	cap_close_fd(&d->fd);
	d->error = MAX(error, 0);
	d->outcome = outcome_worst(d->outcome, outcome_of(error));
	if (d->left == 0 || rpc_now() >= d->last) {
		o->until = 0;	/* perhaps it has moved */
		return false;
	}
	d->left--;
	d->at = (d->at + 1) % o->count;
	return true;
}

void
dial_start(struct dial *d, struct origin *o, uint32_t serial)
{
	*d = (struct dial){ .serial = serial, .fd = -1, .last = rpc_now() +
	    DIALER_CONNECT_MS - MIN(DIALER_CONNECT_MS, o->told.timeout) };

	if (!origin_resolve(o)) {
		d->outcome = o->failure;
		d->error = o->error;
		return;
	}
	d->at = o->first;
	d->left = o->count - 1;
}

bool
dial_advance(struct dial *d, struct origin *o)
{
	int error;

	if (d->outcome != DIALER_NONE && d->fd == -1)
		return true;
	do {
		error = d->fd == -1 ? dial_begin(d, o) : 0;
		if (error == 0)
			error = dial_connect(d, o);
		if (error == 0) {
			d->outcome = DIALER_CONNECTED;
			o->first = d->at;
			return true;
		}
		if (error == EINPROGRESS && rpc_now() < d->deadline)
			return false;
	} while (dial_next(d, o, error == EINPROGRESS ? ETIMEDOUT : error));
	return true;
}

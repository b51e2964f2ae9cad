#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "dialer/dial.h"
#include "rpc/cap.h"

/* A name may have thousands of addresses; nobody waits for so many. */
#define ADDRESSES	16

static const struct addrinfo *
address_next(const struct addrinfo *from, int family, bool same)
{
	while (from != NULL && (from->ai_family == family) != same)
		from = from->ai_next;
	return from;
}

/*
 * The order of RFC 6724, which getaddrinfo() made, but with the families taking
 * turns: where one of them leads nowhere, as IPv6 often does, the second
 * attempt is of the other (RFC 8305, section 4).
 */
static size_t
addresses_order(const struct addrinfo *list, const struct addrinfo **order)
{
	int family = list->ai_family;
	const struct addrinfo *next[2] = {
		address_next(list, family, true),
		address_next(list, family, false),
	};
	size_t n = 0, turn = 0;

	while (n < ADDRESSES && (next[0] != NULL || next[1] != NULL)) {
		if (next[turn] == NULL)
			turn ^= 1;
		order[n++] = next[turn];
		next[turn] = address_next(next[turn]->ai_next, family,
		    turn == 0);
		turn ^= 1;
	}
	return n;
}

/*
 * A blocking connect() that returned 0 is over.  One that was interrupted or
 * ran out of time is not: the kernel would let its descriptor be sent elsewhere
 * with MSG_FASTOPEN once it was reset, so nothing but the answer 0 makes a
 * socket that may be handed on.
 */
static int
socket_connect(int fd, const struct addrinfo *to, uint32_t timeout)
{
	struct timeval limit = { timeout / 1000, timeout % 1000 * 1000 };
	const struct timeval none = { 0, 0 };
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == -1
	    || connect(fd, to->ai_addr, to->ai_addrlen) == -1)
		return errno == EINPROGRESS || errno == EINTR ? -ETIMEDOUT :
		    -errno;
	/* The fetcher's filter lets no option pass: requests are small, and go
	 * out at once.  Without it they are slower, and no worse. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none)) == -1)
		return -errno;
	return 0;
}

static enum dialer_outcome
outcome_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return DIALER_REFUSED;
	case ETIMEDOUT:
		return DIALER_TIMEOUT;
	default:
		return DIALER_UNREACHABLE;
	}
}

/* Of several failures: one that may pass first, then one that proves a host. */
static enum dialer_outcome
outcome_worst(enum dialer_outcome a, enum dialer_outcome b)
{
	if (a == DIALER_TIMEOUT || b == DIALER_TIMEOUT)
		return DIALER_TIMEOUT;
	return a == DIALER_REFUSED || b == DIALER_REFUSED ? DIALER_REFUSED :
	    DIALER_UNREACHABLE;
}

static enum dialer_outcome
addresses_try(const struct addrinfo *list, uint32_t timeout, int *out,
    int *error)
{
	const struct addrinfo *order[ADDRESSES];
	size_t n = addresses_order(list, order);
	enum dialer_outcome outcome = DIALER_UNREACHABLE;

	for (size_t i = 0; i < n; i++) {
		CLOSE int fd = socket(order[i]->ai_family,
		    SOCK_STREAM | SOCK_CLOEXEC, 0);
		*error = fd == -1 ? errno :
		    -socket_connect(fd, order[i], timeout);
		if (*error == 0) {
			*out = fd;
			fd = -1;
			return DIALER_CONNECTED;
		}
		outcome = outcome_worst(outcome, outcome_of(*error));
	}
	return outcome;
}

static enum dialer_outcome
outcome_of_name(int failure)
{
	switch (failure) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return DIALER_NO_NAME;
	default:
		return DIALER_NO_RESOLVER;
	}
}

enum dialer_outcome
dial(const char *host, uint16_t port, uint32_t timeout, int *fd, int *error)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list;
	char service[sizeof("65535")];

	*error = 0;
	snprintf(service, sizeof(service), "%u", port);
	int failure = getaddrinfo(host, service, &hints, &list);
	if (failure != 0) {
		*error = failure == EAI_SYSTEM ? errno : 0;
		return outcome_of_name(failure);
	}
	enum dialer_outcome outcome = addresses_try(list, timeout, fd, error);
	freeaddrinfo(list);
	return outcome;
}

/*
 * origin.h - where an origin's connections may lead to: its addresses.
 */
#ifndef DIALER_ORIGIN_H
#define DIALER_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "dialer/dialer.h"

/* A name may have thousands of addresses; nobody waits for so many. */
#define ORIGIN_ADDRESSES	16

struct origin {
	struct dialer_open_req	told;
	struct sockaddr_storage	address[ORIGIN_ADDRESSES];
	size_t			count;
	size_t			first;		/* to begin with: it answered */
	uint64_t		until;		/* ms: ask the resolver again */
	enum dialer_outcome	failure;	/* or that there are none */
	int			error;
};

/*
 * Its addresses, ready to be tried, from the resolver or remembered: true; or
 * failure and error say why there are none.  Blocks while the resolver asks.
 */
bool	origin_resolve(struct origin *);
/*
 * May it be connected to?  Public addresses always; private ones if the user has
 * named the host; those of this machine and link only if the user has written
 * an address or "localhost", since a name that leads there was rebound.
 */
bool	origin_allows(const struct origin *, const struct sockaddr_storage *);

#endif /* DIALER_ORIGIN_H */

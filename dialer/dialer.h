/*
 * dialer.h - what the manager may ask of a dialer, and what it may answer on its
 * line (rpc/line.h).
 *
 * A dialer makes the connections of one fetcher to one origin.  It has the
 * host's network and the resolver's files, and nothing that is worth stealing.
 * It judges where a name may lead to, since it is where the name is resolved.
 */
#ifndef DIALER_DIALER_H
#define DIALER_DIALER_H

#include "depot/why.h"
#include "rpc/line.h"

#define DIALER_HOST		256	/* a host name's array, with its end */
#define DIALER_CONNECTIONS	16	/* at most so many are made at a time */
/* From the question to the answer, ms, when the resolver takes no longer. */
#define DIALER_CONNECT_MS	40000

enum dialer_outcome {
	DIALER_NONE = 0,
	DIALER_CONNECTED = WHY_INSTALLED,	/* with the socket */
	DIALER_ADDRESS = WHY_ADDRESS,		/* it leads to where it may not */
	DIALER_NO_NAME = WHY_NO_NAME,		/* the name does not resolve */
	DIALER_NO_RESOLVER = WHY_NO_NETWORK,	/* no name server answers: perhaps no network */
	DIALER_UNREACHABLE = WHY_NO_ROUTE,	/* no route to any address */
	DIALER_REFUSED = WHY_REFUSED,		/* every address refused */
	DIALER_TIMEOUT = WHY_TIMEOUT,		/* an address did not answer, none accepted */
	DIALER_NO_HOST = WHY_REDIRECT,		/* that is no host's name: no user
						 * wrote it, some server did */
};

enum dialer_phase { DIALER_IDLE = 1 << 0, DIALER_OPENED = 1 << 1 };

/* With its end of the line.  Asked once. */
struct dialer_open_req {
	char	 host[DIALER_HOST];	/* name or literal address, no brackets */
	uint32_t port;			/* 1 to 65535 */
	uint32_t timeout;		/* ms, for each address */
	uint32_t connections;		/* at a time, 1 to DIALER_CONNECTIONS */
	uint32_t configured;		/* 1: the user has named this host; 0: a
					 * server did, by a redirect */
};
struct dialer_open_rep {
	uint32_t outcome;		/* DIALER_CONNECTED */
	uint32_t reserved;
};

/*  number	 function	request		 answer	 phases */
#define DIALER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(DIALER_OPEN, dialer_open, CAPS1(CAP_CHANNEL), CAPS0, DIALER_IDLE)

enum dialer_rpc { DIALER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
DIALER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* DIALER_DIALER_H */

/*
 * dialer.h - what the manager may ask of a dialer.
 *
 * A dialer makes one connection and ends.  It has the host's network and the
 * resolver's files, and nothing that is worth stealing.  It is not believed:
 * the manager asks the kernel where the socket leads (getpeername).
 */
#ifndef DIALER_DIALER_H
#define DIALER_DIALER_H

#include "depot/why.h"
#include "rpc/rpc.h"

#define DIALER_HOST	256	/* a host name's array, with its end */

enum dialer_outcome {
	DIALER_NONE = 0,
	DIALER_CONNECTED = WHY_INSTALLED,	/* with the socket */
	DIALER_NO_NAME = WHY_NO_NAME,		/* the name does not resolve */
	DIALER_NO_RESOLVER = WHY_NO_NETWORK,	/* no name server answers: perhaps no network */
	DIALER_REFUSED = WHY_REFUSED,		/* every address refused */
	DIALER_TIMEOUT = WHY_TIMEOUT,		/* an address did not answer, none accepted */
	DIALER_UNREACHABLE = WHY_NO_ROUTE,	/* no route to any address */
};

enum dialer_phase { DIALER_IDLE = 1 << 0, DIALER_OVER = 1 << 1 };

struct dialer_dial_req {
	char	 host[DIALER_HOST];	/* name or literal address, no brackets */
	uint32_t port;			/* 1 to 65535 */
	uint32_t timeout;		/* ms, for each address */
};
struct dialer_dial_rep {
	uint32_t outcome;	/* enum dialer_outcome */
	int32_t	 error;		/* errno of the last address tried, or 0 */
};

/*  number	 function	request	answer				 phases */
#define DIALER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(DIALER_DIAL, dialer_dial, CAPS0,				\
	    CAPS1(CAP_STREAM) | CAPS_OPTIONAL, DIALER_IDLE)

enum dialer_rpc { DIALER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
DIALER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* DIALER_DIALER_H */

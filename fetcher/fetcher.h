/*
 * fetcher.h - what the manager may ask of a fetcher, and what it may ask back.
 *
 * One fetcher serves one origin (scheme, host, port) with several transfers at
 * once over reused connections.  It holds connected sockets, slots to fill, and
 * certificates that it read before its jail closed; it can open nothing, name
 * nothing and resolve nothing.  Its sockets come over a line (rpc/line.h), whose
 * other end knows the origin by the manager's word.  What it delivers are claims: the manager counts
 * and hashes the bytes itself.
 *
 * Retries with backoff, ranges and stalls are the fetcher's business; for which
 * origin it is, whether to follow a redirect and when to stop are the manager's.
 */
#ifndef FETCHER_FETCHER_H
#define FETCHER_FETCHER_H

#include "depot/url.h"
#include "depot/why.h"
#include "rpc/line.h"

#define FETCHER_HOST		256	/* array sizes, with the end */
#define FETCHER_TARGET		1024	/* path and query of a URL, starts with / */
#define FETCHER_VALIDATOR	136	/* an entity tag or date, printable */

enum fetcher_scheme {
	FETCHER_NO_SCHEME = 0,
	FETCHER_HTTPS,
	FETCHER_HTTP,
};

/* And what was said on the line: WHY_ADDRESS to WHY_TIMEOUT. */
enum fetcher_outcome {
	FETCHER_NONE = 0,
	FETCHER_DONE = WHY_INSTALLED,		/* all bytes were delivered and acknowledged */
	FETCHER_NOT_FOUND = WHY_NOT_FOUND,	/* the server answers: there is no such thing
				 * (404, 410) */
	FETCHER_FORBIDDEN = WHY_FORBIDDEN,	/* 401, 403, 407, 451 */
	FETCHER_SERVER = WHY_SERVER,		/* any other status; see status */
	FETCHER_REDIRECT = WHY_REDIRECT,	/* to scheme, host, port, target; scheme 0: to
				 * where no http or https URL leads; or that is what
				 * origin and target were to begin with */
	FETCHER_CERTIFICATE = WHY_CERTIFICATE,	/* TLS: the certificate is not acceptable */
	FETCHER_TLS = WHY_TLS,		/* TLS: anything else */
	FETCHER_NETWORK = WHY_CUT_OFF,	/* reset, cut off, malformed, after all retries */
	FETCHER_STALLED = WHY_STALLED,	/* no byte for stall ms, after all retries */
	FETCHER_STOPPED = WHY_STOPPED,	/* the manager said stop to a delivery, or more
				 * than max bytes were delivered */
};

enum fetcher_phase { FETCHER_IDLE = 1 << 0, FETCHER_OPENED = 1 << 1 };

struct fetcher_open_req {
	uint32_t scheme;	/* enum fetcher_scheme */
	uint32_t port;
	uint32_t connections;	/* at most so many at a time, 1 to 16 */
	uint32_t retries;	/* of one transfer, after its first attempt */
	uint32_t stall;		/* ms without a byte */
	uint32_t reserved;
	char	 host[FETCHER_HOST];	/* no brackets around an IPv6 address */
};
struct fetcher_open_rep {
	uint32_t outcome;	/* FETCHER_DONE */
	uint32_t reserved;
};

/* Answered when the transfer has ended, however it ended. */
struct fetcher_get_req {
	uint32_t transfer;	/* the manager's number for it, unique in flight */
	uint32_t reserved;
	uint64_t offset;	/* bytes that the manager has already */
	uint64_t max;		/* stop soon beyond so many bytes in all */
	char	 validator[FETCHER_VALIDATOR];	/* of those bytes; "": none */
	char	 target[FETCHER_TARGET];
};
struct fetcher_get_rep {
	uint32_t transfer;
	uint32_t outcome;	/* enum fetcher_outcome */
	uint32_t status;	/* the server's last status, 0: none came */
	uint32_t library;	/* libcurl's CURLcode, for messages only */
	struct url_place to;	/* a redirect's; else 0 and "" */
};

/* A filled slot.  It is the fetcher's again once this is answered. */
struct fetcher_deliver_req {
	uint32_t transfer;
	uint32_t slot;
	uint32_t length;	/* 1 to SLOT_SIZE */
	uint32_t reserved;
};
struct fetcher_deliver_rep {
	uint32_t slot;
	uint32_t stop;		/* 1: this transfer is not wanted any more */
};

/* Before the first delivery of each response. */
struct fetcher_head_req {
	uint32_t transfer;
	uint32_t restart;	/* 1: the bytes begin at 0 again, not at what
				 * was delivered so far */
	uint64_t claimed_total;	/* whole size; 0: not known */
	char	 validator[FETCHER_VALIDATOR];
};

/*  number	 function	 request caps	 answer caps	 phases */
#define FETCHER_RPC(CALL, ASK, NOTE, TELL)				\
	/* With the slots, and its end of the line. */			\
	CALL(FETCHER_OPEN, fetcher_open, CAPS2(CAP_BUFFER, CAP_CHANNEL), \
	    CAPS0, FETCHER_IDLE)					\
	CALL(FETCHER_GET, fetcher_get, CAPS0, CAPS0, FETCHER_OPENED)	\
	ASK(FETCHER_DELIVER, fetcher_deliver, CAPS0, CAPS0, FETCHER_OPENED) \
	NOTE(FETCHER_HEAD, fetcher_head, CAPS0, CAPS0, FETCHER_OPENED)

enum fetcher_rpc { FETCHER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
FETCHER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* FETCHER_FETCHER_H */

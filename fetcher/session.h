/*
 * session.h - the conversation with the manager: transfers that it asked for,
 * and slots that carry their bytes; and the line, by which connections come.
 *
 * The session knows nothing of protocols.  Its source (network.h) looks into it
 * after each session_receive(), moves transfers through their states and fills
 * slots.  A channel that does not work any more ends the
 * process: there is nobody left to work for.
 */
#ifndef FETCHER_SESSION_H
#define FETCHER_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetcher/fetcher.h"
#include "rpc/buffer.h"

#define SESSION_TRANSFERS	RPC_MAX_PENDING
#define SESSION_CONNECTIONS	16

enum transfer_state {
	TRANSFER_FREE = 0,
	TRANSFER_WAITING,	/* for its turn, or a connection */
	TRANSFER_ACTIVE,	/* the source works on it */
	TRANSFER_RESTING,	/* until the source tries it again */
	TRANSFER_ENDING,	/* outcome known, deliveries unacknowledged */
};

struct transfer {
	enum transfer_state	 state;
	bool			 stopped;	/* the manager wants no more */
	uint32_t		 serial;	/* of the manager's question */
	uint32_t		 unacknowledged;	/* slots */
	uint64_t		 order;		/* of arrival */
	uint64_t		 offset;	/* bytes that the manager has,
						 * or that are on their way */
	struct fetcher_get_req	 req;
	struct fetcher_get_rep	 rep;
	struct slot		*slot;		/* being filled; or NULL */
};

/* Free, being filled (transfer->slot), or submitted. */
struct slot {
	struct transfer	*transfer;	/* NULL: free */
	uint32_t	 length;	/* bytes filled */
	uint64_t	 since;		/* of its first byte, rpc_now() */
};

struct session {
	struct rpc		 rpc;
	struct rpc		 line;		/* fd -1: nobody is there */
	bool			 open;		/* origin is known */
	struct fetcher_open_req	 origin;
	struct slots		 memory;
	struct slot		 slots[SLOT_COUNT];
	struct transfer		 transfers[SESSION_TRANSFERS];
	uint64_t		 orders;

	/* Connected sockets that nobody uses yet, the oldest first. */
	int			 stock[SESSION_CONNECTIONS];
	uint32_t		 stocked;
	uint32_t		 asked;		/* on their way */
	uint32_t		 refused;	/* since the source looked */
	enum fetcher_outcome	 refusal;	/* the dialer's word */
};

void	session_init(struct session *, int channel);
/* Hear all that manager and dialer have to say: 0; -EPIPE: the manager hung up;
 * or -errno. */
int	session_receive(struct session *);
/* Block until the manager says something: as above. */
int	session_wait(struct session *);

/* The transfer in that state that is waiting longest, or NULL. */
struct transfer *session_oldest(struct session *, enum transfer_state);
uint32_t session_count(const struct session *, enum transfer_state);

/* What the next deliveries are (fetcher_head_req).  With restart, what comes
 * from now on replaces what the manager has. */
void	session_head(struct session *, struct transfer *, bool restart,
	    uint64_t claimed_total, const char *validator);
/* Bytes of a transfer that slots have room for just now. */
size_t	session_room(struct session *, const struct transfer *);
/* Copy into slots, and submit those that are full.  There must be room. */
void	session_deliver(struct session *, struct transfer *, const void *,
	    size_t);
/* Submit what is partly filled since before that time. */
void	session_flush(struct session *, uint64_t before);
/* When the oldest partly filled slot got its first byte; 0: there is none. */
uint64_t session_partial_since(const struct session *);

/* The transfer has ended; the manager hears it once all is acknowledged. */
void	session_end(struct session *, struct transfer *, enum fetcher_outcome);

/* Ask the dialer for one more connection to the origin. */
void	session_connection_ask(struct session *);
/* One from the stock, the caller's; -1: it is empty. */
int	session_connection_take(struct session *);

#endif /* FETCHER_SESSION_H */

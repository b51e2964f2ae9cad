/*
 * rpc.h - typed records between the manager and one jailed peer.
 *
 * A channel is a SOCK_SEQPACKET socket pair.  A record is a header, a struct of
 * fixed size made of fixed-width integers without padding, and at most CAP_MAX
 * descriptors.  Each side treats each byte it receives as hostile: a record of
 * the wrong number, direction, size, phase or capabilities, or an answer to
 * nothing, is -EBADMSG and ends the conversation.  Nothing is repaired, nothing
 * blocks: what waits for an answer has a deadline.
 *
 * A service's header holds one X-macro table, from which both sides derive
 * numbers, sizes, typed senders and typed handlers:
 *
 *	#define FOO_RPC(CALL, ASK, NOTE, TELL)				\
 *		CALL(FOO_OPEN, foo_open, request caps, answer caps, phases) \
 *		ASK (FOO_NEED, foo_need, request caps, answer caps, phases) \
 *		NOTE(FOO_TICK, foo_tick, 0, 0, phases)			\
 *		TELL(FOO_STOP, foo_stop, 0, 0, phases)
 *
 *	CALL	the manager asks, the peer answers	struct fn_req, fn_rep
 *	ASK	the peer asks, the manager answers	struct fn_req, fn_rep
 *	NOTE	the peer tells the manager, no answer	struct fn_req
 *	TELL	the manager tells the peer, no answer	struct fn_req
 *
 * then `enum foo_rpc { FOO_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };` and
 * FOO_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1).  A side says which it
 * is by how it expands the table (RPC_MANAGER_SIDE or RPC_PEER_SIDE below).
 */
#ifndef RPC_RPC_H
#define RPC_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/cap.h"

#define RPC_MAX_BODY	2560	/* largest request or answer, bytes */
#define RPC_MAX_PENDING	96	/* calls in flight on one channel */

/*
 * Sent by a jail's signal handlers, on any channel, in any phase, from peer to
 * manager: the process is about to end because it met a wall or a limit.
 */
#define RPC_DEATH	UINT32_C(0x7fffffff)
struct rpc_death {
	uint32_t cause;		/* enum rpc_death_cause */
	int32_t	 syscall;	/* its number, if a filter refused it; else -1 */
};
/* Sent once by a jail, before the first byte of input: it is closed.  A second
 * one is a lie, and so is all that an is_jailed peer says before it. */
#define RPC_READY	UINT32_C(0x7ffffffe)
struct rpc_ready {
	uint32_t layers;	/* enum jail_layer, of the inner stage */
	uint32_t reserved;
};
enum rpc_death_cause {
	RPC_DEATH_NONE = 0,
	RPC_DEATH_VIOLATION,	/* a system call outside the policy */
	RPC_DEATH_CPU,		/* the processor time limit */
	RPC_DEATH_SETUP,	/* a layer could not be built; syscall: errno */
};

/* What every record begins with. */
struct rpc_header {
	uint32_t number;
	uint32_t serial;	/* of the request; 0: none is expected */
};

struct rpc;

/* What a row is to the side that holds the table. */
enum rpc_role {
	RPC_HOLE = 0,		/* no such number: never legal */
	RPC_I_ASK,		/* I send the request, the peer answers */
	RPC_I_ANSWER,		/* the peer asks, I answer */
	RPC_I_SEND,		/* one-way, from me */
	RPC_I_HEAR,		/* one-way, from the peer */
};

/*
 * One row of a side's dispatch table.  heard() is called for a request or a
 * note, answered() for an answer.  Both own caps and close what they keep not:
 * whatever is left in caps is dropped after the handler.  0, or -errno, which
 * ends the conversation.
 */
struct rpc_row {
	const char	*name;
	enum rpc_role	 role;
	uint32_t	 req_size, rep_size;	/* bytes */
	uint32_t	 req_caps, rep_caps;	/* packed sets, see cap.h */
	uint32_t	 phases;		/* in which it may be received */
	int (*heard)(struct rpc *, const void *req, struct cap *, uint32_t serial);
	int (*answered)(struct rpc *, void *context, const void *rep, struct cap *);
};

struct rpc_pending {
	uint32_t	 serial;	/* 0: free */
	uint32_t	 number;
	uint64_t	 deadline;	/* CLOCK_MONOTONIC, ms; or UINT64_MAX */
	void		*context;
};

/* One end of a conversation; owned by one process, not shared. */
struct rpc {
	int			 fd;		/* owned; -1: ended */
	void			*owner;		/* for the handlers */
	const struct rpc_row	*rows;
	size_t			 nrows;
	uint32_t		 phase;		/* of the peer, for ASK and NOTE;
						 * of the service, for CALL */
	uint32_t		 serial;
	bool			 is_jailed;	/* nothing counts before ready;
						 * it is never waited for */
	struct rpc_ready	 ready;		/* what the peer's jail claims */
	struct rpc_death	 death;		/* the peer's last words, a claim */
	struct rpc_pending	 pending[RPC_MAX_PENDING];
};

/* Now, CLOCK_MONOTONIC, in ms. */
uint64_t rpc_now(void);

/* Start a conversation on fd, which the rpc owns from here on. */
void	rpc_init(struct rpc *, int fd, const struct rpc_row *, size_t nrows,
	    void *owner);
/* End it; idempotent. */
void	rpc_close(struct rpc *);
/* A connected pair of close-on-exec channels: -errno, or 0. */
int	rpc_pair(int fds[2]);

/*
 * Take one record and dispatch it.  1: one was dispatched; 0: none is waiting
 * (only if flags has MSG_DONTWAIT); -EPIPE: the peer is gone; -EBADMSG: it lied;
 * otherwise what a handler returned.  Blocks unless flags has MSG_DONTWAIT.
 */
int	rpc_receive(struct rpc *, int flags);
/* Peers: receive until the manager hangs up (0) or something fails (-errno). */
int	rpc_serve(struct rpc *);

/*
 * Send.  timeout in ms (0: none) makes the deadline of the answer.  Never
 * blocks on a manager's end (-EAGAIN: the peer does not read).  The caller
 * keeps its caps.  What rpc_ask() could not send is pending all the same, until
 * its deadline; but not if too many calls are in flight (-EBUSY).
 */
int	rpc_ask(struct rpc *, uint32_t number, const void *req,
	    const struct cap *caps, uint64_t timeout, void *context);
int	rpc_answer(struct rpc *, uint32_t number, uint32_t serial,
	    const void *rep, const struct cap *caps);
int	rpc_send(struct rpc *, uint32_t number, const void *req);

/* The earliest deadline in flight, ms; UINT64_MAX: none. */
uint64_t rpc_deadline(const struct rpc *);
/* Put off the deadline of what was asked with this context: it makes progress. */
void	rpc_extend(struct rpc *, void *context, uint64_t timeout);
/* Async-signal-safe: a peer's last words, on the raw channel descriptor. */
void	rpc_last_words(int fd, enum rpc_death_cause, int nr);
/* Likewise, that the jail around it is closed. */
void	rpc_say_ready(int fd, uint32_t layers);

/* ---- derived from a service's table ---- */

#define RPC_ENUM(NUM, fn, req_caps, rep_caps, phases)	NUM,

#define RPC_CHECK2(NUM, fn, req_caps, rep_caps, phases)			\
	RPC_CHECK1(NUM, fn, req_caps, rep_caps, phases)			\
	_Static_assert(sizeof(struct fn##_rep) <= RPC_MAX_BODY, #fn);	\
	_Static_assert(sizeof(struct fn##_rep) % 8 == 0, #fn " padding");
#define RPC_CHECK1(NUM, fn, req_caps, rep_caps, phases)			\
	_Static_assert(sizeof(struct fn##_req) <= RPC_MAX_BODY, #fn);	\
	_Static_assert(sizeof(struct fn##_req) % 8 == 0, #fn " padding");

/* Senders: ask_fn(), answer_fn(), send_fn(). */
#define RPC_ASKER(NUM, fn, req_caps, rep_caps, phases)			\
	static inline int						\
	ask_##fn(struct rpc *rpc, const struct fn##_req *req,		\
	    const struct cap *caps, uint64_t timeout, void *context)	\
	{								\
		return rpc_ask(rpc, NUM, req, caps, timeout, context);	\
	}
#define RPC_ANSWERER(NUM, fn, req_caps, rep_caps, phases)		\
	static inline int						\
	answer_##fn(struct rpc *rpc, uint32_t serial,			\
	    const struct fn##_rep *rep, const struct cap *caps)		\
	{								\
		return rpc_answer(rpc, NUM, serial, rep, caps);		\
	}								\
	RPC_HEARER(NUM, fn, req_caps, rep_caps, phases)
#define RPC_ANSWERED(NUM, fn, req_caps, rep_caps, phases)		\
	RPC_ASKER(NUM, fn, req_caps, rep_caps, phases)			\
	static int answered_##fn(struct rpc *, void *context,		\
	    const struct fn##_rep *, struct cap *);			\
	static int							\
	thunk_##fn(struct rpc *rpc, void *context, const void *rep,	\
	    struct cap *caps)						\
	{								\
		return answered_##fn(rpc, context, rep, caps);		\
	}
#define RPC_SENDER(NUM, fn, req_caps, rep_caps, phases)			\
	static inline int						\
	send_##fn(struct rpc *rpc, const struct fn##_req *req)		\
	{								\
		return rpc_send(rpc, NUM, req);				\
	}
#define RPC_HEARER(NUM, fn, req_caps, rep_caps, phases)			\
	static int heard_##fn(struct rpc *, const struct fn##_req *,	\
	    struct cap *, uint32_t serial);				\
	static int							\
	thunk_##fn(struct rpc *rpc, const void *req, struct cap *caps,	\
	    uint32_t serial)						\
	{								\
		return heard_##fn(rpc, req, caps, serial);		\
	}

#define RPC_ROW_I_ASK(NUM, fn, qc, pc, ph) [NUM] = { #fn, RPC_I_ASK,	\
	sizeof(struct fn##_req), sizeof(struct fn##_rep), (qc), (pc), (ph), \
	NULL, thunk_##fn },
#define RPC_ROW_I_ANSWER(NUM, fn, qc, pc, ph) [NUM] = { #fn, RPC_I_ANSWER, \
	sizeof(struct fn##_req), sizeof(struct fn##_rep), (qc), (pc), (ph), \
	thunk_##fn, NULL },
#define RPC_ROW_I_SEND(NUM, fn, qc, pc, ph) [NUM] = { #fn, RPC_I_SEND,	\
	sizeof(struct fn##_req), 0, (qc), 0, (ph), NULL, NULL },
#define RPC_ROW_I_HEAR(NUM, fn, qc, pc, ph) [NUM] = { #fn, RPC_I_HEAR,	\
	sizeof(struct fn##_req), 0, (qc), 0, (ph), thunk_##fn, NULL },

/*
 * RPC_MANAGER_SIDE(FOO_RPC, table) in the manager, RPC_PEER_SIDE(FOO_RPC, table)
 * in the service: the senders, the prototypes of the handlers that the file
 * must define (heard_fn, answered_fn), and `static const struct rpc_row table[]`.
 */
#define RPC_MANAGER_SIDE(FOO, table)					\
	FOO(RPC_ANSWERED, RPC_ANSWERER, RPC_HEARER, RPC_SENDER)		\
	static const struct rpc_row table[] = {				\
		FOO(RPC_ROW_I_ASK, RPC_ROW_I_ANSWER,			\
		    RPC_ROW_I_HEAR, RPC_ROW_I_SEND)			\
	};
#define RPC_PEER_SIDE(FOO, table)					\
	FOO(RPC_ANSWERER, RPC_ANSWERED, RPC_SENDER, RPC_HEARER)		\
	static const struct rpc_row table[] = {				\
		FOO(RPC_ROW_I_ANSWER, RPC_ROW_I_ASK,			\
		    RPC_ROW_I_SEND, RPC_ROW_I_HEAR)			\
	};

/*
 * The head of a handler: `HEARD(foo_need) { ... }`.  Not every handler looks at
 * every argument.
 */
#define RPC_UNUSED	__attribute__((unused))
#define HEARD(fn)							\
	static int							\
	heard_##fn(RPC_UNUSED struct rpc *rpc,				\
	    RPC_UNUSED const struct fn##_req *req,			\
	    RPC_UNUSED struct cap *caps, RPC_UNUSED uint32_t serial)
#define ANSWERED(fn)							\
	static int							\
	answered_##fn(RPC_UNUSED struct rpc *rpc, RPC_UNUSED void *context, \
	    RPC_UNUSED const struct fn##_rep *rep, RPC_UNUSED struct cap *caps)

#define RPC_ROWS(table) (table), sizeof(table) / sizeof((table)[0])

#endif /* RPC_RPC_H */

/*
 * line.h - what a fetcher may say to its dialer: one more connection, please.
 *
 * A line is a channel between two workers.  The manager makes it, tells the
 * dialer at its one end where it leads to, and hands the other end to a fetcher.
 * The fetcher can name nothing on it, so whoever takes over the fetcher can
 * reach its one origin, and the dialer's judgement stays between.  The fetcher is
 * the side that asks (RPC_MANAGER_SIDE), the dialer the one that answers.
 */
#ifndef RPC_LINE_H
#define RPC_LINE_H

#include "rpc/rpc.h"

enum line_phase { LINE_UP = 1 << 0 };

struct line_connect_req {
	uint64_t reserved;
};
/* Any number of these may be under way, up to what the fetcher was told; they
 * are answered in any order. */
struct line_connect_rep {
	uint32_t outcome;	/* enum cli_why: WHY_INSTALLED with a socket that
				 * is connected and does not block; else why not */
	int32_t	 error;		/* errno of the last address tried, or 0 */
};

/*  number	 function	request	answer				 phases */
#define LINE_RPC(CALL, ASK, NOTE, TELL)					\
	CALL(LINE_CONNECT, line_connect, CAPS0,				\
	    CAPS1(CAP_STREAM) | CAPS_OPTIONAL, LINE_UP)

enum line_rpc { LINE_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
LINE_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* RPC_LINE_H */

/*
 * wire.h - what `airlock audit --attack` may ask of an attacker.
 *
 * An attacker stands in a worker's place, in that worker's jail.  It is asked
 * for one act, tries it, and says what the kernel answered; or it ends before
 * it can, which is an answer as well.  It is given at least what the worker in
 * whose place it stands holds.
 */
#ifndef ATTACK_WIRE_H
#define ATTACK_WIRE_H

#include "rpc/rpc.h"

/* The first bytes of an attacker's input (JAIL_FD_INPUT): where a template's
 * attacker stands. */
#define ATTACK_AS_CHILD		'c'	/* it forks children, which attack */
#define ATTACK_AS_TEMPLATE	't'	/* it attacks itself */

/* One act, for each set of capabilities. */
struct attack_bare_req {
	uint32_t act;		/* enum act_number */
	uint32_t port;		/* of 127.0.0.1, where somebody listens */
	uint64_t pid;		/* of somebody outside */
};
struct attack_bare_rep {
	int32_t	 error;		/* 0: it worked; or -errno */
	int32_t	 signal;	/* that ended who tried it (attack/control.c) */
};
#define attack_file_req attack_bare_req
#define attack_file_rep attack_bare_rep
#define attack_held_req attack_bare_req
#define attack_held_rep attack_bare_rep

#define ATTACK_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(ATTACK_BARE, attack_bare, CAPS0, CAPS0, 1)			\
	CALL(ATTACK_FILE, attack_file, CAPS1(CAP_FILE), CAPS0, 1)	\
	CALL(ATTACK_HELD, attack_held,					\
	    CAPS3(CAP_FILE, CAP_BUFFER, CAP_STREAM), CAPS0, 1)

enum attack_rpc { ATTACK_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
ATTACK_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* ATTACK_WIRE_H */

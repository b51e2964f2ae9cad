/*
 * verifier.h - what the manager may ask of a verifier's child.
 *
 * There are two programs of this kind, and each asks another OpenPGP engine:
 * `verifier`, GnuPG; `sequoia`, Sequoia's sqv.  A template holds one pinned key
 * in a private home and is forked for each archive (jail/template.h).  A child
 * answers one of these calls and ends.  Its verdict has a fixed size and is a
 * claim about one archive only: the manager judges it (fingerprint, algorithms,
 * times), and the gate in depot/ has looked at the signature before any OpenPGP
 * engine does.
 */
#ifndef VERIFIER_VERIFIER_H
#define VERIFIER_VERIFIER_H

#include "rpc/rpc.h"

#define VERIFIER_FPR	32	/* bytes of a fingerprint's array: v4 uses 20 */
#define VERIFIER_KEYS	16	/* primary keys and subkeys of one key file */
#define VERIFIER_SIG	8192	/* largest signature, bytes */
#define VERIFIER_KEY_FILE	(512 * 1024)	/* largest key file, bytes */

/* 0 is no verdict, and there is one good one. */
enum verifier_verdict {
	VERIFIER_NONE = 0,
	VERIFIER_GOOD,		/* mathematically good, key usable as of now */
	VERIFIER_KEY_EXPIRED,	/* good, by a key that has expired since */
	VERIFIER_KEY_REVOKED,	/* good, by a key that was revoked */
	VERIFIER_SIG_EXPIRED,	/* good, but the signature itself has expired */
	VERIFIER_BAD,		/* does not match the data */
	VERIFIER_NO_KEY,	/* made by a key that is not in the key file */
	VERIFIER_NOT_ONE,	/* not exactly one signature */
	VERIFIER_BROKEN,	/* the engine failed: no statement at all */
	VERIFIER_REFUSED,	/* sequoia: its policy refuses the key's own
				 * signatures, or an algorithm */
};

enum verifier_phase { VERIFIER_IDLE = 1 << 0, VERIFIER_OVER = 1 << 1 };

/*
 * Capabilities: the data, and its binary detached signature.
 *
 * As of another time than now `verifier` needs no different an answer: it tells
 * the times, and the manager judges them.  `sequoia` tells none; it does not take
 * a signature that was made later.  One that has expired by now it never takes.
 */
struct verifier_verify_req {
	uint64_t size;		/* of the data, bytes: sets the child's time */
	int64_t	 as_of;		/* seconds since 1970; 0: now */
};
/* `sequoia` fills in verdict and, if it is good, signatures (1), fpr and fpr_size:
 * those of the primary key, whichever key signed.  All else is 0. */
struct verifier_verify_rep {
	uint32_t verdict;	/* enum verifier_verdict */
	uint32_t signatures;	/* how many the engine reported */
	uint32_t fpr_size;	/* bytes used in fpr: 20 or 32 */
	uint32_t hash;		/* OpenPGP number, RFC 9580 section 9.5 */
	uint32_t algorithm;	/* OpenPGP number, RFC 9580 section 9.1 */
	uint32_t library;	/* gpg-error code, for messages only */
	int64_t	 created;	/* of the signature, seconds since 1970 */
	int64_t	 expires;	/* of the signature; 0: never */
	uint8_t	 fpr[VERIFIER_FPR];	/* of the key that signed */
};

/* The keys that the pinned key file stands for; `sequoia` is not asked. */
struct verifier_keys_req {
	uint64_t reserved;
};
struct verifier_key {
	uint8_t	 fpr[VERIFIER_FPR];
	uint32_t fpr_size;
	uint32_t primary;	/* index of its primary key in the array */
	uint32_t usable;	/* bits: enum verifier_key_usable */
	uint32_t algorithm;	/* OpenPGP number */
	uint32_t bits;		/* length, for RSA and DSA */
	uint32_t reserved;
	int64_t	 created;
	int64_t	 expires;	/* 0: never */
};
enum verifier_key_usable {
	VERIFIER_CAN_SIGN = 1 << 0,
	VERIFIER_REVOKED = 1 << 1,
	VERIFIER_INVALID = 1 << 2,	/* not bound, or refused */
};
/* verdict: VERIFIER_GOOD, the list is complete; VERIFIER_NO_KEY, the file holds
 * no key that can be read; VERIFIER_NOT_ONE, more than VERIFIER_KEYS keys, or
 * one of them twice; VERIFIER_BROKEN. */
struct verifier_keys_rep {
	uint32_t verdict;
	uint32_t count;		/* of keys, 1 to VERIFIER_KEYS */
	struct verifier_key keys[VERIFIER_KEYS];
};

/*  number	 function	 request caps	 answer caps	 phases */
#define VERIFIER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(VERIFIER_VERIFY, verifier_verify,				\
	    CAPS2(CAP_FILE, CAP_SEALED), CAPS0, VERIFIER_IDLE)		\
	CALL(VERIFIER_LIST_KEYS, verifier_keys, CAPS0, CAPS0, VERIFIER_IDLE)

enum verifier_rpc { VERIFIER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
VERIFIER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* VERIFIER_VERIFIER_H */

/*
 * trust.h - whose signatures count, and whether one is good.
 *
 * A user's key file is read by a jailed verifier; so is each signature, together
 * with the data, by a child of its own (check.c).  What comes back is a
 * claim about one archive: judge.c, a pure function, compares it with the user's
 * keys, with what the gate has seen (depot/gate.h), with the algorithms that are
 * accepted and with the clock.
 */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include <stdbool.h>

#include "depot/gate.h"
#include "depot/store.h"
#include "depot/why.h"
#include "jail/worker.h"
#include "verifier/verifier.h"

#define TRUST_USERS	32

/* A publisher.  verifier: the template that holds the key, or NULL. */
struct user {
	char		 name[DEPOT_USER_MAX + 1];
	struct worker	*verifier;
	bool		 listed;	/* keys are known, or why is set */
	enum cli_why	 why;		/* WHY_NONE: usable */
	uint32_t	 nkeys;
	struct verifier_key keys[VERIFIER_KEYS];
};

struct trust {
	struct workers	*workers;
	struct store	*store;		/* where key files are */
	unsigned int	 nusers;
	struct user	 user[TRUST_USERS];
};

/* One question to a verifier, and its judged answer. */
struct check {
	struct user	*user;
	int		 data;		/* read-only; not owned */
	int		 signature;	/* sealed, has passed the gate; owned */
	uint64_t	 size;		/* of data, bytes */
	struct gate_facts facts;
	bool		 started, done;
	enum cli_why	 why;		/* once done; WHY_NONE is good */
	uint32_t	 detail;	/* enum gate, or a system call */
	uint32_t	 layers;	/* enum jail_layer, of the verifier */
	int64_t		 created;	/* seconds since 1970 */
	const struct verifier_key *key;	/* that signed, of user->keys */
};

#define CHECK_INIT ((struct check){ .data = -1, .signature = -1 })

/* The user of a depot; one without a usable key has a why.  NULL: too many. */
struct user *trust_user(struct trust *, const char *name);
/* The nameless owner of a key file (sealed; stays the caller's): NULL as above. */
struct user *trust_key(struct trust *, int key);

/* Seal a signature, all of file, that passes the gate: WHY_NONE, or why it does
 * not, and which enum gate. */
enum cli_why check_gate(struct check *, int file, uint32_t *detail);
/* Ask the verifier, once the user is listed; `done` says when there is a why. */
void	check_start(struct check *);

/* The verdict on verdicts: WHY_NONE, or why not.  now: seconds since 1970.  Sets
 * check->key and created.  Pure. */
enum cli_why judge(struct check *, const struct verifier_verify_rep *,
	    int64_t now);

#endif /* TRUST_TRUST_H */

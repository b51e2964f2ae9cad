/*
 * trust.h - whose signatures count, and whether one is good.
 *
 * A publisher's key file is read by a jailed verifier; so is each signature,
 * together with the data, by a child of its own (check.c), and where the policy
 * asks for two engines, by one of each.  What comes back is a claim about one
 * archive: judge.c, a pure function, compares it with the publisher's keys, with
 * what the gate has seen (depot/gate.h), with the policy and with the clock.
 * Where a catalog is trusted (depot/catalog.h), its signature vouches for what
 * it lists (catalog.c).
 */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include <stdbool.h>

#include "cli/cli.h"
#include "depot/catalog.h"
#include "depot/gate.h"
#include "depot/why.h"
#include "jail/worker.h"
#include "verifier/verifier.h"

/* In the order in which they are asked. */
enum engine { ENGINE_GPGME, ENGINE_SEQUOIA, ENGINES };

struct user;

/* One signature file, and the judged answers of the engines to it. */
struct check {
	struct user	*user;
	const char	*path;		/* that it has to be for; NULL: any */
	int		 data[ENGINES];	/* read-only; not owned */
	int		 signature;	/* the packet that is asked about; owned */
	uint64_t	 size;		/* of data, bytes */
	uint8_t		 packets[GATE_MAX];	/* have passed the gate */
	size_t		 npackets, at, size1;	/* bytes in all, of those that
					 * are judged, of the next one */
	enum engine	 engine;	/* that is asked */
	enum cli_why	 first;		/* what the first had to say */
	struct gate_facts facts;	/* of the last packet */
	bool		 bound;		/* all of them to the path */
	bool		 old;		/* algorithms, by exception */
	bool		 done;
	enum cli_why	 why;		/* once done; WHY_NONE is good */
	uint32_t	 detail;	/* enum gate, a system call, or who split */
	uint32_t	 layers;	/* enum jail_layer, of the verifiers */
	uint32_t	 signers;	/* primary keys that have signed: bits */
	int64_t		 created;	/* seconds since 1970 */
	const struct verifier_key *key;	/* that signed, of user->keys */
	bool		 listed;	/* in a catalog, and that vouches for it */
	uint8_t		 digest[SHA256_SIZE];	/* of the signature file; the
						 * caller's to know */
};

#define CHECK_INIT ((struct check){ .data = { -1, -1 }, .signature = -1 })

/* A publisher, and the templates that hold its key, or NULL. */
struct user {
	struct cli_key_req policy;	/* and its name */
	uint32_t	 serial;	/* of the cli's question; 0: answered */
	struct worker	*verifier[ENGINES];
	bool		 listed;	/* keys are known, or why is set */
	enum cli_why	 why;		/* WHY_NONE: usable */
	uint32_t	 nkeys;
	struct verifier_key keys[VERIFIER_KEYS];
	int		 catalog;	/* accepted; owned; -1: none */
	struct check	 voucher;	/* of its signature */
};

struct trust {
	struct workers	*workers;
	unsigned int	 nusers;
	struct user	 user[CLI_USERS];
};

/* A publisher with its key file (sealed; stays the caller's): NULL, too many. */
struct user *trust_key(struct trust *, const struct cli_key_req *, int key);
/* The publisher of this name; NULL: there is none. */
struct user *trust_user(struct trust *, const char *name);

/* Read a signature, all of file, whose every packet has to pass the gate, in
 * number and kind as the policy allows: WHY_NONE, or why not (check->detail). */
enum cli_why check_gate(struct check *, int file);
/* Ask the verifiers, once the user is listed; `done` says when there is a why. */
void	check_start(struct check *);

/* The verdict on verdicts: WHY_NONE, or why not.  now: seconds since 1970.  Sets
 * check->key and created.  Pure. */
enum cli_why judge(struct check *, const struct verifier_verify_rep *,
	    int64_t now);
/* Both engines' verdict, of which the second says nothing but by whom; sets
 * check->detail where they disagree.  Pure. */
enum cli_why judge_second(struct check *, const struct verifier_verify_rep *);

/* From now on this catalog vouches for what it lists, by the signature that was
 * checked.  Whether it is new enough, the cli has to say: 0 or -errno. */
int	catalog_accept(const struct check *, int catalog);
/* The archive whose line begins at this offset has to be check->path, with this
 * digest.  The check is then done: WHY_NONE, or why the catalog does not vouch. */
enum cli_why catalog_vouch(struct check *, uint64_t offset,
	    uint8_t digest[SHA256_SIZE]);

#endif /* TRUST_TRUST_H */

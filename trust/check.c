#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rpc/buffer.h"
#include "trust/trust.h"

#define VERIFY_RATE	4096	/* bytes a ms: a slow disk, a busy machine */

RPC_MANAGER_SIDE(VERIFIER_RPC, verifier_rows)

static const enum launcher_kind kinds[ENGINES] = {
	[ENGINE_GPGME] = LAUNCHER_A_VERIFIER,
	[ENGINE_SEQUOIA] = LAUNCHER_A_SEQUOIA,
};

/* ---- the keys that a key file stands for ---- */

ANSWERED(verifier_keys)
{
	struct worker *w = rpc->owner;
	struct user *user = context;

	user->why = rep->verdict == VERIFIER_GOOD ? WHY_NONE : WHY_BAD_KEY;
	if (rep->count > VERIFIER_KEYS ||
	    (user->why == WHY_NONE && rep->count == 0))
		return -EBADMSG;
	memcpy(user->keys, rep->keys, sizeof(user->keys));
	for (uint32_t i = 0; i < rep->count; i++)
		if ((user->keys[i].fpr_size != 20 &&
		    user->keys[i].fpr_size != 32) ||
		    user->keys[i].primary >= rep->count)
			return -EBADMSG;
	user->nkeys = rep->count;
	w->answered = true;
	return 0;
}

/* A template's end, and nothing can be verified by it any more; or the lister's,
 * or the end of both, before there was a list. */
static void
user_ended(struct worker *w)
{
	struct user *user = w->owner;
	uint32_t detail;

	for (int i = 0; i < ENGINES; i++)
		if (w == user->verifier[i]) {
			user->verifier[i] = NULL;
			if (i == ENGINE_SEQUOIA)
				return;
		}
	if (!w->answered)
		user->why = worker_why(w, &detail);
	user->listed = true;
}

struct user *
trust_key(struct trust *trust, const struct cli_key_req *policy, int key)
{
	const struct verifier_keys_req req = { 0 };

	if (trust->nusers == CLI_USERS)
		return NULL;
	struct user *user = &trust->user[trust->nusers++];
	*user = (struct user){ .policy = *policy, .catalog = -1 };
	for (uint32_t i = 0; i < policy->quorum; i++)
		user->verifier[i] = worker_template(trust->workers, kinds[i],
		    key, user, user_ended);
	struct worker *w = worker_fork(user->verifier[ENGINE_GPGME], 0,
	    RPC_ROWS(verifier_rows), user, user_ended);
	if (w == NULL)
		user->why = WHY_JAIL;
	else
		(void)ask_verifier_keys(&w->rpc, &req, NULL, WORKER_MS, user);
	return user;
}

struct user *
trust_user(struct trust *trust, const char *name)
{
	for (unsigned int i = 0; i < trust->nusers; i++)
		if (strcmp(trust->user[i].policy.name, name) == 0)
			return &trust->user[i];
	return NULL;
}

/* ---- one signature file ---- */

/* The packet at check->at, or why it does not pass. */
static enum cli_why
packet_check(struct check *check)
{
	const struct cli_key_req *policy = &check->user->policy;
	const uint8_t *packet = check->packets + check->at;
	size_t left = check->npackets - check->at;

	check->size1 = policy->threshold > 1 ? gate_packet(packet, left) : left;
	check->facts.version = 0;
	check->detail = gate_check(packet, check->size1, &check->facts);
	bool old = check->detail == GATE_KEY_ALGORITHM ||
	    check->detail == GATE_HASH_ALGORITHM;
	bool excepted = check->facts.version != 0 &&
	    (policy->flags & CLI_OLD_ALGORITHMS);
	if (check->detail != GATE_PASS && !(old && excepted))
		return old ? WHY_WEAK : WHY_GATE;
	check->old |= old;
	check->bound &= check->facts.path[0] != '\0';
	if (check->path != NULL && check->facts.path[0] != '\0' &&
	    strcmp(check->facts.path, check->path) != 0)
		return WHY_OTHER_PATH;
	return !check->bound && (policy->flags & CLI_REQUIRE_BINDING) ?
	    WHY_UNBOUND : WHY_NONE;
}

enum cli_why
check_gate(struct check *check, int file)
{
	uint8_t sig[GATE_MAX + 1];
	ssize_t n = pread(file, sig, sizeof(sig), 0);
	enum cli_why why = WHY_NONE;

	check->detail = GATE_LARGE;
	if (n < 0 || n > GATE_MAX)
		return n < 0 ? WHY_SYSTEM : WHY_GATE;
	/* What the gate has seen is what the engines get. */
	memcpy(check->packets, sig, (size_t)n);
	check->npackets = (size_t)n;
	check->bound = true;
	do
		why = packet_check(check);
	while (why == WHY_NONE &&
	    (check->at += check->size1) < check->npackets);
	check->at = 0;
	return why;
}

ANSWERED(verifier_verify)
{
	struct worker *w = rpc->owner;
	struct check *check = context;
	int64_t as_of = check->user->policy.as_of;

	check->why = check->engine == ENGINE_GPGME ?
	    judge(check, rep, as_of != 0 ? as_of : time(NULL)) :
	    judge_second(check, rep);
	w->answered = true;
	return 0;
}

static void check_ended(struct worker *);

/* Ask this engine about this packet; it must not be there any more. */
void
check_start(struct check *check)
{
	struct verifier_verify_req req = { .size = check->size,
	    .as_of = check->user->policy.as_of };

	/* It has passed before: its facts are what is needed. */
	(void)packet_check(check);
	check->signature = buffer_seal(check->packets + check->at,
	    check->size1);
	const struct cap caps[] = { { check->data[check->engine] },
	    { check->signature } };
	struct worker *w = worker_fork(check->user->verifier[check->engine], 0,
	    RPC_ROWS(verifier_rows), check, check_ended);
	if (w != NULL)
		(void)ask_verifier_verify(&w->rpc, &req, caps,
		    WORKER_MS + check->size / VERIFY_RATE, check);
	else
		check->why = check->engine == ENGINE_GPGME ? WHY_DIED :
		    WHY_NO_ENGINE;
	check->done = w == NULL;
}

/* All engines have judged a packet: is that enough? */
static void
packet_judged(struct check *check)
{
	const struct cli_key_req *policy = &check->user->policy;

	if (check->why == WHY_NONE) {
		check->signers |= 1u << check->key->primary;
		check->at += check->size1;
		if (check->at < check->npackets) {
			check->engine = ENGINE_GPGME;
			check_start(check);
			return;
		}
		/* A key counts once, however often it has signed. */
		if ((unsigned)__builtin_popcount(check->signers) <
		    policy->threshold)
			check->why = WHY_FEW;
	}
	check->done = true;
}

static void
check_ended(struct worker *w)
{
	struct check *check = w->owner;

	check->layers |= worker_layers(w);
	cap_close_fd(&check->signature);
	if (!w->answered) {
		check->why = worker_why(w, &check->detail);
		/* The launcher finds no second engine to start. */
		if (check->engine == ENGINE_SEQUOIA && check->why == WHY_JAIL)
			check->why = WHY_NO_ENGINE;
		check->done = true;
	} else if (check->engine + 1 < check->user->policy.quorum) {
		check->first = check->why;
		check->engine++;
		check_start(check);
	} else
		packet_judged(check);
}

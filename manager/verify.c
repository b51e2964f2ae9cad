/*
 * Whose signature is it, and is it good?  The engine's verdict is one claim about
 * one archive; the key must be the user's, the algorithms on the list, the times
 * in order, and the gate must have seen the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "manager/manager.h"
#include "verifier/verifier.h"

#define CLOCK_SKEW	300	/* seconds that two honest clocks may differ */
#define VERIFY_RATE	4096	/* bytes a ms: a slow disk, a busy machine */

RPC_MANAGER_SIDE(VERIFIER_RPC, verifier_rows)

/* ---- the keys that a key file stands for ---- */

ANSWERED(verifier_keys)
{
	struct worker *w = rpc->owner;
	struct user *user = context;

	_Static_assert(sizeof(rep->keys) == sizeof(user->keys), "one layout");
	user->why = rep->verdict == VERIFIER_GOOD ? WHY_NONE : WHY_BAD_KEY;
	if (rep->count > CLI_KEYS || (user->why == WHY_NONE && rep->count == 0))
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

/* The lister's end, or the template's: then nothing can be verified any more. */
static void
user_ended(struct worker *w)
{
	struct user *user = w->owner;
	uint32_t detail;

	if (w == user->verifier)
		user->verifier = NULL;
	if (!w->answered)
		user->why = why_of(w, &detail);
	user->listed = true;
}

int
user_key(struct user *user, int key)
{
	const struct verifier_keys_req req = { 0 };

	user->verifier = worker_template(&manager.workers, LAUNCHER_A_VERIFIER,
	    key);
	if (user->verifier == NULL)
		return -EAGAIN;
	user->verifier->owner = user;
	user->verifier->ended = user_ended;
	struct worker *w = worker_fork(user->verifier, 0,
	    RPC_ROWS(verifier_rows));
	if (w == NULL)
		return -EAGAIN;
	w->owner = user;
	w->ended = user_ended;
	return ask_verifier_keys(&w->rpc, &req, NULL, WORKER_MS, user);
}

struct user *
user_find(const char *name)
{
	char path[STORE_NAME];

	for (unsigned int i = 0; i < manager.nusers; i++)
		if (strcmp(manager.users[i].name, name) == 0)
			return &manager.users[i];
	if (manager.nusers == MAX_USERS)
		return NULL;
	struct user *user = &manager.users[manager.nusers++];
	snprintf(user->name, sizeof(user->name), "%s", name);
	snprintf(path, sizeof(path), "%s/pubkey", name);
	CLOSE int file = store_open_below(manager.store.depot, path,
	    O_RDONLY | O_NONBLOCK);
	CLOSE int key = file < 0 ? file : buffer_seal_file(file, MAX_KEY);
	if (key < 0)
		user->why = key == -ENOENT ? WHY_NO_KEY : WHY_BAD_KEY;
	else if (user_key(user, key) < 0)
		user->why = WHY_JAIL;
	return user;
}

/* ---- one signature ---- */

enum cli_why
check_gate(struct check *check, int file, size_t max, uint32_t *detail)
{
	uint8_t sig[GATE_MAX + 1];
	ssize_t n = pread(file, sig, max < sizeof(sig) ? max : sizeof(sig), 0);

	if (n < 0)
		return WHY_SYSTEM;
	*detail = gate_check(sig, (size_t)n, &check->facts);
	if (*detail == GATE_KEY_ALGORITHM || *detail == GATE_HASH_ALGORITHM)
		return WHY_WEAK;
	if (*detail != GATE_PASS)
		return WHY_GATE;
	/* What the gate has seen is what the engine gets. */
	check->signature = buffer_seal(sig, (size_t)n);
	return check->signature < 0 ? WHY_SYSTEM : WHY_NONE;
}

static const struct cli_key *
key_find(const struct user *user, const struct verifier_verify_rep *rep)
{
	for (uint32_t i = 0; i < user->nkeys; i++)
		if (user->keys[i].fpr_size == rep->fpr_size &&
		    memcmp(user->keys[i].fpr, rep->fpr, rep->fpr_size) == 0)
			return &user->keys[i];
	return NULL;
}

/* Was the key usable when the signature was made? */
static enum cli_why
key_judge(const struct cli_key *key, int64_t created)
{
	if (key->usable & VERIFIER_REVOKED)
		return WHY_REVOKED;
	if (key->usable & VERIFIER_INVALID)
		return WHY_OTHER_KEY;
	return created < key->created ||
	    (key->expires != 0 && created >= key->expires) ? WHY_EXPIRED :
	    WHY_NONE;
}

/* By the engine's word alone: only GOOD, and good by a key that has expired
 * since, are looked at any further. */
static enum cli_why
verdict_why(uint32_t verdict)
{
	switch (verdict) {
	case VERIFIER_GOOD:
	case VERIFIER_KEY_EXPIRED:
		return WHY_NONE;
	case VERIFIER_BAD:
		return WHY_BAD_SIGNATURE;
	case VERIFIER_NO_KEY:
		return WHY_OTHER_KEY;
	case VERIFIER_KEY_REVOKED:
		return WHY_REVOKED;
	case VERIFIER_SIG_EXPIRED:
		return WHY_EXPIRED;
	default:
		return WHY_NO_VERDICT;
	}
}

static enum cli_why
verdict_judge(struct check *check, const struct verifier_verify_rep *rep)
{
	const struct user *user = check->user;
	int64_t now = time(NULL);
	enum cli_why why = verdict_why(rep->verdict);

	if (why != WHY_NONE)
		return why;
	/* The engine must speak of the one packet that the gate has seen. */
	if (rep->signatures != 1 || rep->hash != check->facts.hash ||
	    rep->algorithm != check->facts.algorithm)
		return WHY_NO_VERDICT;
	const struct cli_key *key = key_find(user, rep);
	if (key == NULL || !(key->usable & VERIFIER_CAN_SIGN))
		return WHY_OTHER_KEY;
	if (rep->created > now + CLOCK_SKEW)
		return WHY_FUTURE;
	if (rep->expires != 0 && rep->expires <= now)
		return WHY_EXPIRED;
	check->created = rep->created;
	check->key = key;
	why = key_judge(key, rep->created);
	return why != WHY_NONE ? why :
	    key_judge(&user->keys[key->primary], rep->created);
}

ANSWERED(verifier_verify)
{
	struct worker *w = rpc->owner;
	struct check *check = context;

	check->why = verdict_judge(check, rep);
	w->answered = true;
	return 0;
}

static void
check_ended(struct worker *w)
{
	struct check *check = w->owner;

	if (!w->answered)
		check->why = why_of(w, &check->detail);
	check->layers = worker_layers(w);
	check->worker = NULL;
	check->done = true;
}

void
check_start(struct check *check)
{
	const struct verifier_verify_req req = { check->size };
	const struct cap caps[] = { { check->data }, { check->signature } };

	check->why = WHY_NO_VERDICT;
	check->worker = check->user->verifier == NULL ? NULL :
	    worker_fork(check->user->verifier, 0, RPC_ROWS(verifier_rows));
	check->done = check->worker == NULL;
	if (check->done)
		return;
	check->worker->owner = check;
	check->worker->ended = check_ended;
	/* A failure to ask is seen at its end. */
	if (ask_verifier_verify(&check->worker->rpc, &req, caps,
	    WORKER_MS + check->size / VERIFY_RATE, check) < 0)
		worker_end(check->worker, WORKER_DIED);
}

void
check_close(struct check *check)
{
	if (check->worker != NULL) {
		check->worker->owner = NULL;
		worker_end(check->worker, WORKER_STOPPED);
		check->worker = NULL;
	}
	cap_close_fd(&check->signature);
}

/* ---- `airlock verify` of an armored signature ---- */

ANSWERED(verifier_dearmor)
{
	struct worker *w = rpc->owner;

	if (rep->verdict == VERIFIER_GOOD &&
	    (rep->size == 0 || rep->size > VERIFIER_SIG))
		return -EBADMSG;
	manager.dearmored_size = rep->size;
	w->answered = rep->verdict == VERIFIER_GOOD;
	return 0;
}

/* The buffer is looked at when nobody else can write to it any more. */
static void
dearmor_ended(struct worker *w)
{
	struct check *c = &manager.check;

	c->why = WHY_GATE;
	c->detail = GATE_ARMORED;
	if (w->answered)
		c->why = check_gate(c, manager.dearmored,
		    manager.dearmored_size, &c->detail);
	c->done = c->why != WHY_NONE;
}

int
dearmor_start(void)
{
	const struct verifier_dearmor_req req = { 0 };
	struct worker *w = worker_fork(manager.check.user->verifier, 0,
	    RPC_ROWS(verifier_rows));

	manager.dearmored = buffer_create(VERIFIER_SIG);
	if (w == NULL || manager.dearmored < 0)
		return -EAGAIN;
	const struct cap caps[] = { { manager.armored }, { manager.dearmored } };
	w->owner = &manager;
	w->ended = dearmor_ended;
	return ask_verifier_dearmor(&w->rpc, &req, caps, WORKER_MS, NULL);
}

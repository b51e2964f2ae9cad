#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rpc/buffer.h"
#include "trust/trust.h"

#define VERIFY_RATE	4096	/* bytes a ms: a slow disk, a busy machine */

RPC_MANAGER_SIDE(VERIFIER_RPC, verifier_rows)

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

/* The lister's end, or the template's: then nothing can be verified any more. */
static void
user_ended(struct worker *w)
{
	struct user *user = w->owner;
	uint32_t detail;

	if (w == user->verifier)
		user->verifier = NULL;
	if (!w->answered)
		user->why = worker_why(w, &detail);
	user->listed = true;
}

/* A verifier that holds the key, and its list of keys under way. */
static void
user_open(struct trust *trust, struct user *user, int key)
{
	const struct verifier_keys_req req = { 0 };

	user->verifier = worker_template(trust->workers, LAUNCHER_A_VERIFIER,
	    key, user, user_ended);
	struct worker *w = worker_fork(user->verifier, 0,
	    RPC_ROWS(verifier_rows), user, user_ended);
	if (w == NULL)
		user->why = WHY_JAIL;
	else
		(void)ask_verifier_keys(&w->rpc, &req, NULL, WORKER_MS, user);
}

struct user *
trust_key(struct trust *trust, int key)
{
	if (trust->nusers == TRUST_USERS)
		return NULL;
	struct user *user = &trust->user[trust->nusers++];
	user_open(trust, user, key);
	return user;
}

struct user *
trust_user(struct trust *trust, const char *name)
{
	char path[STORE_NAME];

	for (unsigned int i = 0; i < trust->nusers; i++)
		if (strcmp(trust->user[i].name, name) == 0)
			return &trust->user[i];
	if (trust->nusers == TRUST_USERS)
		return NULL;
	struct user *user = &trust->user[trust->nusers++];
	snprintf(user->name, sizeof(user->name), "%s", name);
	snprintf(path, sizeof(path), "%s/pubkey", name);
	CLOSE int file = store_open_below(trust->store->depot, path,
	    O_RDONLY | O_NONBLOCK);
	CLOSE int key = file < 0 ? file :
	    buffer_seal_file(file, VERIFIER_KEY_FILE);
	if (key < 0)
		user->why = key == -ENOENT ? WHY_NO_KEY : WHY_BAD_KEY;
	else
		user_open(trust, user, key);
	return user;
}

/* ---- one signature ---- */

enum cli_why
check_gate(struct check *check, int file, uint32_t *detail)
{
	uint8_t sig[GATE_MAX + 1];
	ssize_t n = pread(file, sig, sizeof(sig), 0);

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

ANSWERED(verifier_verify)
{
	struct worker *w = rpc->owner;
	struct check *check = context;

	check->why = judge(check, rep, time(NULL));
	w->answered = true;
	return 0;
}

static void
check_ended(struct worker *w)
{
	struct check *check = w->owner;

	if (!w->answered)
		check->why = worker_why(w, &check->detail);
	check->layers = worker_layers(w);
	check->done = true;
}

void
check_start(struct check *check)
{
	const struct verifier_verify_req req = { .size = check->size };
	const struct cap caps[] = { { check->data }, { check->signature } };
	struct worker *w = worker_fork(check->user->verifier, 0,
	    RPC_ROWS(verifier_rows), check, check_ended);

	check->started = true;
	check->why = WHY_DIED;		/* if there is no verifier any more */
	check->done = w == NULL;
	if (w != NULL)
		(void)ask_verifier_verify(&w->rpc, &req, caps,
		    WORKER_MS + check->size / VERIFY_RATE, check);
}

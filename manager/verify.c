/*
 * Whose signature is it, and is it good?  The engine's verdict is one claim about
 * one archive; the key must be the user's, the algorithms on the list, the times
 * in order, and the gate must have seen the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "manager/manager.h"
#include "verifier/verifier.h"

#define CLOCK_SKEW	300	/* seconds that two honest clocks may differ */
#define VERIFY_RATE	4096	/* bytes a ms: a slow disk, a busy machine */

RPC_MANAGER_SIDE(VERIFIER_RPC, verifier_rows)

/* ---- the keys that a key file stands for ---- */

static int
answered_verifier_keys(struct rpc *rpc, void *context,
    const struct verifier_keys_rep *rep, struct cap *caps)
{
	struct worker *w = rpc->owner;
	struct user *user = context;

	(void)caps;
	if (rep->verdict != VERIFIER_GOOD) {
		w->why = WHY_BAD_KEY;
		return 0;
	}
	if (rep->count == 0 || rep->count > CLI_KEYS)
		return -EBADMSG;
	for (uint32_t i = 0; i < rep->count; i++) {
		const struct verifier_key *from = &rep->keys[i];
		if ((from->fpr_size != 20 && from->fpr_size != 32) ||
		    from->primary >= rep->count)
			return -EBADMSG;
		struct cli_key *key = &user->keys[i];
		*key = (struct cli_key){ .fpr_size = from->fpr_size,
		    .primary = from->primary, .usable = from->usable,
		    .algorithm = from->algorithm, .bits = from->bits,
		    .created = from->created, .expires = from->expires };
		memcpy(key->fpr, from->fpr, from->fpr_size);
	}
	user->nkeys = rep->count;
	w->answered = true;
	return 0;
}

static void
keys_ended(struct worker *w)
{
	struct user *user = w->owner;

	user->listed = true;
	if (!w->answered)
		user->why = worker_why(w, NULL);
}

static void
verifier_ended(struct worker *w)
{
	struct user *user = w->owner;

	user->verifier = NULL;
	if (user->why == WHY_NONE)
		user->why = worker_why(w, NULL);
	user->listed = true;
}

/* A verifier for this key file, and the list of its keys under way. */
int
user_key(struct manager *m, struct user *user, int key)
{
	const struct verifier_keys_req req = { 0 };

	user->m = m;
	user->verifier = worker_template(m, LAUNCHER_A_VERIFIER, key);
	if (user->verifier == NULL)
		return -EAGAIN;
	user->verifier->owner = user;
	user->verifier->ended = verifier_ended;
	struct worker *w = worker_fork(user->verifier, 0,
	    RPC_ROWS(verifier_rows));
	if (w == NULL)
		return -EAGAIN;
	w->owner = user;
	w->ended = keys_ended;
	return ask_verifier_keys(&w->rpc, &req, NULL, REPLY_MS, user);
}

struct user *
user_find(struct manager *m, const char *name)
{
	char path[DEPOT_USER_MAX + sizeof("/download")];

	for (unsigned int i = 0; i < m->nusers; i++)
		if (strcmp(m->users[i].name, name) == 0)
			return &m->users[i];
	if (m->nusers == MAX_USERS)
		return NULL;
	struct user *user = &m->users[m->nusers++];
	*user = (struct user){ .m = m };
	strcpy(user->name, name);
	strcpy(stpcpy(path, name), "/download");
	(void)root_read(m->depot, path, MAX_DOWNLOAD, &user->download,
	    &user->download_size);
	strcpy(stpcpy(path, name), "/pubkey");
	CLOSE int file = root_open_below(m->depot, path, O_RDONLY | O_NONBLOCK);
	CLOSE int key = file < 0 ? file : buffer_seal_file(file, MAX_KEY);
	if (key < 0)
		user->why = key == -ENOENT ? WHY_NO_KEY : WHY_BAD_KEY;
	else if (user_key(m, user, key) < 0)
		user->why = WHY_JAIL;
	return user;
}

/* ---- one signature ---- */

enum cli_why
check_gate(struct check *check, const uint8_t *sig, size_t size,
    uint32_t *detail)
{
	enum gate gate = gate_check(sig, size, &check->facts);

	*detail = gate;
	if (gate == GATE_KEY_ALGORITHM || gate == GATE_HASH_ALGORITHM)
		return WHY_WEAK;
	if (gate != GATE_PASS)
		return WHY_GATE;
	check->signature = buffer_seal(sig, size);
	return check->signature < 0 ? WHY_SYSTEM : WHY_NONE;
}

static const struct cli_key *
key_find(const struct user *user, const uint8_t *fpr, uint32_t size)
{
	for (uint32_t i = 0; i < user->nkeys; i++)
		if (user->keys[i].fpr_size == size &&
		    memcmp(user->keys[i].fpr, fpr, size) == 0)
			return &user->keys[i];
	return NULL;
}

/* Was the key, and the one above it, usable when the signature was made? */
static enum cli_why
key_judge(const struct cli_key *key, int64_t created)
{
	if (key->usable & VERIFIER_REVOKED)
		return WHY_REVOKED;
	if (key->usable & VERIFIER_INVALID)
		return WHY_OTHER_KEY;
	if (created < key->created ||
	    (key->expires != 0 && created >= key->expires))
		return WHY_EXPIRED;
	return WHY_NONE;
}

static enum cli_why
verdict_judge(struct check *check, const struct verifier_verify_rep *rep)
{
	const struct user *user = check->user;
	int64_t now = time(NULL);

	if (rep->verdict == VERIFIER_BAD)
		return WHY_BAD_SIGNATURE;
	if (rep->verdict == VERIFIER_NO_KEY)
		return WHY_OTHER_KEY;
	if (rep->verdict == VERIFIER_KEY_REVOKED)
		return WHY_REVOKED;
	if (rep->verdict == VERIFIER_SIG_EXPIRED)
		return WHY_EXPIRED;
	/* GOOD, or good by a key that has expired since: times decide. */
	if ((rep->verdict != VERIFIER_GOOD &&
	    rep->verdict != VERIFIER_KEY_EXPIRED) || rep->signatures != 1 ||
	    (rep->fpr_size != 20 && rep->fpr_size != 32))
		return WHY_NO_VERDICT;
	/* The engine must speak of the packet that the gate has seen. */
	if (rep->hash != check->facts.hash ||
	    rep->algorithm != check->facts.algorithm)
		return WHY_NO_VERDICT;
	const struct cli_key *key = key_find(user, rep->fpr, rep->fpr_size);
	if (key == NULL || !(key->usable & VERIFIER_CAN_SIGN))
		return WHY_OTHER_KEY;
	if (rep->created > now + CLOCK_SKEW)
		return WHY_FUTURE;
	if (rep->expires != 0 && rep->expires <= now)
		return WHY_EXPIRED;
	enum cli_why why = key_judge(key, rep->created);
	if (why == WHY_NONE)
		why = key_judge(&user->keys[key->primary], rep->created);
	check->created = rep->created;
	check->primary = key->primary;
	check->fpr_size = rep->fpr_size;
	memcpy(check->fpr, rep->fpr, rep->fpr_size);
	return why;
}

static int
answered_verifier_verify(struct rpc *rpc, void *context,
    const struct verifier_verify_rep *rep, struct cap *caps)
{
	struct worker *w = rpc->owner;
	struct check *check = context;

	(void)caps;
	if (w->owner == NULL)
		return 0;
	check->why = verdict_judge(check, rep);
	w->answered = true;
	return 0;
}

static void
check_ended(struct worker *w)
{
	struct check *check = w->owner;

	if (check == NULL)
		return;
	if (!w->answered)
		check->why = worker_why(w, &check->detail);
	check->layers = w->layers;
	check->worker = NULL;
	check->done = true;
}

void
check_start(struct check *check)
{
	const struct verifier_verify_req req = { check->size };
	const struct cap caps[] = { { check->data }, { check->signature } };

	check->worker = check->user->verifier == NULL ? NULL :
	    worker_fork(check->user->verifier, 0, RPC_ROWS(verifier_rows));
	check->why = WHY_NO_VERDICT;
	if (check->worker == NULL) {
		check->done = true;
		return;
	}
	check->worker->owner = check;
	check->worker->ended = check_ended;
	/* A failure to ask is seen at its end. */
	if (ask_verifier_verify(&check->worker->rpc, &req, caps,
	    REPLY_MS + check->size / VERIFY_RATE, check) < 0)
		worker_end(check->worker, WHY_DIED);
}

void
check_close(struct check *check)
{
	if (check->worker != NULL) {
		check->worker->owner = NULL;
		worker_end(check->worker, WHY_STOPPED);
	}
	cap_close_fd(&check->data);
	cap_close_fd(&check->signature);
	*check = (struct check){ .data = -1, .signature = -1 };
}

/* ---- `airlock verify` of an armored signature ---- */

static int
answered_verifier_dearmor(struct rpc *rpc, void *context,
    const struct verifier_dearmor_rep *rep, struct cap *caps)
{
	struct worker *w = rpc->owner;
	struct manager *m = context;

	(void)caps;
	if (rep->verdict != VERIFIER_GOOD)
		return 0;
	if (rep->size == 0 || rep->size > VERIFIER_SIG)
		return -EBADMSG;
	m->dearmored_size = rep->size;
	w->answered = true;
	return 0;
}

/* The buffer is looked at when nobody else can write to it any more. */
static void
dearmor_ended(struct worker *w)
{
	struct manager *m = w->owner;
	uint8_t sig[VERIFIER_SIG];
	ssize_t n = !w->answered ? -1 :
	    pread(m->dearmored, sig, m->dearmored_size, 0);

	cap_close_fd(&m->dearmored);
	cap_close_fd(&m->armored);
	m->check.why = n < 0 ? WHY_GATE :
	    check_gate(&m->check, sig, (size_t)n, &m->check.detail);
	if (n < 0)
		m->check.detail = GATE_ARMORED;
	m->check.done = m->check.why != WHY_NONE;
}

int
dearmor_start(struct manager *m)
{
	const struct verifier_dearmor_req req = { 0 };
	struct worker *w = worker_fork(m->check.user->verifier, 0,
	    RPC_ROWS(verifier_rows));

	m->dearmored = buffer_create(VERIFIER_SIG);
	if (w == NULL || m->dearmored < 0)
		return -EAGAIN;
	const struct cap caps[] = { { m->armored }, { m->dearmored } };
	w->owner = m;
	w->ended = dearmor_ended;
	return ask_verifier_dearmor(&w->rpc, &req, caps, REPLY_MS, m);
}

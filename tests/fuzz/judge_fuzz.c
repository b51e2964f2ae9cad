/*
 * judge_fuzz.c - any claims of verifiers about any keys, under any policy.  Whatever
 * is called good is looked at here once more, condition by condition: none of them
 * can be talked away by a verifier; and two engines are never overruled by one.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

/* Judging is linked into the manager alone. */
#include "trust/judge.c"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that a verdict depends on, as the fuzzer likes it. */
struct input {
	struct verifier_key		keys[3];
	struct verifier_verify_rep	rep, second;
	struct cli_window		window;
	int64_t				now;
	uint8_t				nkeys, hash, algorithm, flags, windows;
	/* Copied over, since no fuzzer would guess fingerprints. */
	uint8_t				named, second_named, windowed, agrees;
};

/* Few values, so that they meet. */
static void
times_fold(int64_t *created, int64_t *expires)
{
	*created &= 1023;
	*expires &= 1023;
}

static void
claim_fold(struct verifier_verify_rep *rep)
{
	rep->verdict %= 12;
	rep->signatures %= 3;
	times_fold(&rep->created, &rep->expires);
}

static void
user_fill(struct user *user, const struct input *in)
{
	user->nkeys = 1 + in->nkeys % 3;
	memcpy(user->keys, in->keys, sizeof(in->keys));
	for (uint32_t i = 0; i < user->nkeys; i++) {
		struct verifier_key *key = &user->keys[i];
		/* What check.c has made sure of. */
		key->primary %= user->nkeys;
		key->fpr_size = key->fpr_size & 1 ? 32 : 20;
		key->usable %= 8;
		key->algorithm %= 32;
		key->bits %= 4096;
		times_fold(&key->created, &key->expires);
	}
	user->policy.flags = in->flags;
	user->policy.nwindows = in->windows & 1;
	user->policy.windows[0] = in->window;
	times_fold(&user->policy.windows[0].from,
	    &user->policy.windows[0].until);
	if (in->windowed & 1)
		memcpy(user->policy.windows[0].fpr,
		    user->keys[in->windowed % user->nkeys].fpr, CLI_FPR);
}

static void
name(struct verifier_verify_rep *rep, const struct user *user, uint8_t which)
{
	const struct verifier_key *key = &user->keys[which / 2 % user->nkeys];

	if (which & 1) {
		memcpy(rep->fpr, key->fpr, sizeof(rep->fpr));
		rep->fpr_size = key->fpr_size;
	} else if (rep->fpr_size > VERIFIER_FPR)
		rep->fpr_size = VERIFIER_FPR;
}

static void
key_assert(const struct verifier_key *key, int64_t created)
{
	assert((key->usable & (VERIFIER_REVOKED | VERIFIER_INVALID)) == 0);
	assert(created >= key->created);
	assert(key->expires == 0 || created < key->expires);
}

static void
good_assert(const struct check *check, const struct verifier_verify_rep *rep,
    int64_t now)
{
	const struct user *user = check->user;
	const struct verifier_key *key = check->key;

	assert(rep->verdict == VERIFIER_GOOD ||
	    rep->verdict == VERIFIER_KEY_EXPIRED ||
	    rep->verdict == VERIFIER_SIG_EXPIRED);
	assert(rep->signatures == 1);
	assert(rep->created == check->facts.created);
	assert(rep->hash == check->facts.hash);
	assert(rep->algorithm == check->facts.algorithm);
	assert(key >= user->keys && key < user->keys + user->nkeys);
	assert(rep->fpr_size == key->fpr_size &&
	    memcmp(rep->fpr, key->fpr, key->fpr_size) == 0);
	assert(key->usable & VERIFIER_CAN_SIGN);
	key_assert(key, rep->created);
	key_assert(&user->keys[key->primary], rep->created);
	assert(rep->created <= now + CLOCK_SKEW);
	assert(rep->expires == 0 || rep->expires > now);
	assert((user->policy.flags & CLI_OLD_ALGORITHMS) != 0 ||
	    key->algorithm > 3 || key->bits >= 2048);
	assert(check->created == rep->created);
}

/* A window for the primary key, of which the user knows the first bytes only: what
 * a verifier adds to them changes nothing. */
static void
window_assert(const struct check *check)
{
	const struct user *user = check->user;
	const struct verifier_key *primary = &user->keys[check->key->primary];
	const struct cli_window *w = &user->policy.windows[0];

	if (user->policy.nwindows == 1 &&
	    memcmp(w->fpr, primary->fpr, primary->fpr_size) == 0)
		assert(check->created >= w->from &&
		    (w->until == 0 || check->created < w->until));
}

static void
second_assert(struct check *check, const struct verifier_verify_rep *rep,
    enum cli_why first)
{
	enum cli_why both;

	check->first = first;
	both = judge_second(check, rep);
	if (both != WHY_NONE) {
		assert(both == first || both == WHY_SPLIT);
		return;
	}
	assert(first == WHY_NONE && rep->signatures == 1);
	/* The primary key that the first has named, and by which windows go. */
	const struct verifier_key *primary =
	    &check->user->keys[check->key->primary];
	assert(rep->fpr_size == primary->fpr_size &&
	    memcmp(rep->fpr, primary->fpr, primary->fpr_size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct user user;
	struct check check = CHECK_INIT;
	struct input in = { .now = 0 };

	memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	in.now &= 1023;
	claim_fold(&in.rep);
	claim_fold(&in.second);
	user_fill(&user, &in);
	name(&in.rep, &user, in.named);
	name(&in.second, &user, in.second_named);
	check.user = &user;
	check.facts.created = in.agrees & 1 ? (uint32_t)in.rep.created :
	    in.hash;
	check.facts.hash = in.agrees & 1 ? (uint8_t)in.rep.hash : in.hash;
	check.facts.algorithm = in.agrees & 1 ? (uint8_t)in.rep.algorithm :
	    in.algorithm;
	enum cli_why why = judge(&check, &in.rep, in.now);
	assert(why < CLI_NWHYS);
	if (why == WHY_NONE) {
		good_assert(&check, &in.rep, in.now);
		window_assert(&check);
	}
	second_assert(&check, &in.second, why);
	return 0;
}

#include <string.h>

#include "trust/trust.h"

#define CLOCK_SKEW	300	/* seconds that two honest clocks may differ */

static bool
is_key(const struct verifier_key *key, const struct verifier_verify_rep *rep)
{
	return key->fpr_size == rep->fpr_size &&
	    memcmp(key->fpr, rep->fpr, rep->fpr_size) == 0;
}

static const struct verifier_key *
key_find(const struct user *user, const struct verifier_verify_rep *rep)
{
	for (uint32_t i = 0; i < user->nkeys; i++)
		if (is_key(&user->keys[i], rep))
			return &user->keys[i];
	return NULL;
}

/* RSA, of a length that was once enough. */
static bool
is_short(const struct verifier_key *key)
{
	return key->algorithm <= 3 && key->bits < 2048;
}

/* By the user's own rules for this primary key, if there are any. */
static bool
windows_hold(const struct cli_key_req *policy, const struct verifier_key *key,
    int64_t created)
{
	for (uint32_t i = 0; i < policy->nwindows; i++) {
		const struct cli_window *w = &policy->windows[i];
		/* What follows the fingerprint is anybody's word. */
		if (memcmp(w->fpr, key->fpr, key->fpr_size) == 0 &&
		    (created < w->from || (w->until != 0 &&
			created >= w->until)))
			return false;
	}
	return true;
}

/* Was the key usable when the signature was made? */
static enum cli_why
key_judge(const struct verifier_key *key, int64_t created)
{
	if (key->usable & VERIFIER_REVOKED)
		return WHY_REVOKED;
	if (key->usable & VERIFIER_INVALID)
		return WHY_OTHER_KEY;
	return created < key->created ||
	    (key->expires != 0 && created >= key->expires) ? WHY_EXPIRED :
	    WHY_NONE;
}

/* By the engine's word alone: only GOOD, and good but for times, which are judged
 * here, are looked at any further. */
static enum cli_why
verdict_why(uint32_t verdict)
{
	switch (verdict) {
	case VERIFIER_GOOD:
	case VERIFIER_KEY_EXPIRED:
	case VERIFIER_SIG_EXPIRED:
		return WHY_NONE;
	case VERIFIER_BAD:
		return WHY_BAD_SIGNATURE;
	case VERIFIER_NO_KEY:
		return WHY_OTHER_KEY;
	case VERIFIER_KEY_REVOKED:
		return WHY_REVOKED;
	case VERIFIER_REFUSED:
		return WHY_WEAK;
	default:
		return WHY_NO_VERDICT;
	}
}

enum cli_why
judge(struct check *check, const struct verifier_verify_rep *rep, int64_t now)
{
	const struct user *user = check->user;
	enum cli_why why = verdict_why(rep->verdict);

	if (why != WHY_NONE)
		return why;
	/* The engine must speak of the one packet that the gate has seen. */
	if (rep->signatures != 1 || rep->hash != check->facts.hash ||
	    rep->algorithm != check->facts.algorithm ||
	    rep->created != check->facts.created)
		return WHY_NO_VERDICT;
	const struct verifier_key *key = key_find(user, rep);
	if (key == NULL || !(key->usable & VERIFIER_CAN_SIGN))
		return WHY_OTHER_KEY;
	if (rep->created > now + CLOCK_SKEW)
		return WHY_FUTURE;
	if (rep->expires != 0 && rep->expires <= now)
		return WHY_EXPIRED;
	check->created = rep->created;
	check->key = key;
	const struct verifier_key *primary = &user->keys[key->primary];
	if (is_short(key)) {
		check->old = true;
		if (!(user->policy.flags & CLI_OLD_ALGORITHMS))
			return WHY_WEAK;
	}
	if (!windows_hold(&user->policy, primary, rep->created))
		return WHY_WINDOW;
	why = key_judge(key, rep->created);
	return why != WHY_NONE ? why : key_judge(primary, rep->created);
}

enum cli_why
judge_second(struct check *check, const struct verifier_verify_rep *rep)
{
	enum cli_why why = rep->verdict == VERIFIER_KEY_EXPIRED ||
	    rep->verdict == VERIFIER_SIG_EXPIRED ? WHY_EXPIRED :
	    verdict_why(rep->verdict);

	/* It names the primary key, by which the policy has gone. */
	if (why == WHY_NONE && (rep->signatures != 1 || (check->key != NULL &&
	    !is_key(&check->user->keys[check->key->primary], rep))))
		why = WHY_OTHER_KEY;
	if ((why == WHY_NONE) == (check->first == WHY_NONE))
		return check->first;
	/* Which engine objects, from 1, and why. */
	check->detail = check->first == WHY_NONE ?
	    ENGINE_SEQUOIA << 16 | why : ENGINE_GPGME << 16 | check->first;
	return WHY_SPLIT;
}

#include <string.h>

#include "trust/trust.h"

#define CLOCK_SKEW	300	/* seconds that two honest clocks may differ */

static const struct verifier_key *
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

enum cli_why
judge(struct check *check, const struct verifier_verify_rep *rep, int64_t now)
{
	const struct user *user = check->user;
	enum cli_why why = verdict_why(rep->verdict);

	if (why != WHY_NONE)
		return why;
	/* The engine must speak of the one packet that the gate has seen. */
	if (rep->signatures != 1 || rep->hash != check->facts.hash ||
	    rep->algorithm != check->facts.algorithm)
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
	why = key_judge(key, rep->created);
	return why != WHY_NONE ? why :
	    key_judge(&user->keys[key->primary], rep->created);
}

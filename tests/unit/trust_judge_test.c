/*
 * trust_judge_test.c - the verdict on verdicts: each reason to refuse, and the
 * seconds at which it begins to hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trust/trust.h"

#define NOW	INT64_C(1700000000)
#define DAY	INT64_C(86400)
#define SKEW	300		/* seconds that a clock may be ahead */

enum { PRIMARY, SUBKEY, LONG_KEY, KEYS };

/* A primary key, its signing subkey, and one with a long fingerprint. */
static struct user
user_new(void)
{
	struct user user = { .listed = true, .nkeys = KEYS };

	for (uint32_t i = 0; i < KEYS; i++) {
		user.keys[i] = (struct verifier_key){ .fpr_size = 20,
		    .primary = PRIMARY, .usable = VERIFIER_CAN_SIGN,
		    .algorithm = 22, .created = NOW - 100 * DAY };
		memset(user.keys[i].fpr, (int)i + 1, 20);
	}
	user.keys[LONG_KEY].fpr_size = 32;
	user.keys[LONG_KEY].primary = LONG_KEY;
	/* Its first 20 bytes are the subkey's. */
	memset(user.keys[LONG_KEY].fpr, SUBKEY + 1, 32);
	return user;
}

static struct verifier_verify_rep
rep_new(void)
{
	struct verifier_verify_rep rep = { .verdict = VERIFIER_GOOD,
	    .signatures = 1, .fpr_size = 20, .hash = 8, .algorithm = 22,
	    .created = NOW - DAY };

	memset(rep.fpr, SUBKEY + 1, 20);
	return rep;
}

/* What the packet says of its own time. */
static int64_t created_as_signed;

static enum cli_why
judge_signed(const struct user *user, const struct verifier_verify_rep *rep,
    const struct verifier_key **key)
{
	struct user copy = *user;
	struct check check = CHECK_INIT;

	check.user = &copy;
	check.facts = (struct gate_facts){ 4, 22, 8,
	    (uint32_t)created_as_signed, "" };
	enum cli_why why = judge(&check, rep, NOW);
	if (key != NULL)
		*key = check.key == NULL ? NULL :
		    &user->keys[check.key - copy.keys];
	if (why == WHY_NONE) {
		assert_int_equal(check.created, rep->created);
		assert_non_null(check.key);
	}
	return why;
}

static enum cli_why
judge_it(const struct user *user, const struct verifier_verify_rep *rep,
    const struct verifier_key **key)
{
	created_as_signed = rep->created;
	return judge_signed(user, rep, key);
}

/* The engine's word about the time is held against the packet's. */
static void
another_time(void **state)
{
	struct user user = user_new();
	struct verifier_verify_rep rep = rep_new();

	(void)state;
	for (int64_t by = -1; by <= 1; by++) {
		created_as_signed = rep.created + by;
		assert_int_equal(judge_signed(&user, &rep, NULL),
		    by == 0 ? WHY_NONE : WHY_NO_VERDICT);
	}
}

static void
good(void **state)
{
	struct user user = user_new();
	struct verifier_verify_rep rep = rep_new();
	const struct verifier_key *key;

	(void)state;
	assert_int_equal(judge_it(&user, &rep, &key), WHY_NONE);
	assert_ptr_equal(key, &user.keys[SUBKEY]);
	memset(rep.fpr, PRIMARY + 1, 20);
	assert_int_equal(judge_it(&user, &rep, &key), WHY_NONE);
	assert_ptr_equal(key, &user.keys[PRIMARY]);
	rep.fpr_size = 32;
	memset(rep.fpr, SUBKEY + 1, 32);
	assert_int_equal(judge_it(&user, &rep, &key), WHY_NONE);
	assert_ptr_equal(key, &user.keys[LONG_KEY]);
}

/* Each verdict, everything else being good. */
static void
verdicts(void **state)
{
	static const struct { uint32_t verdict; enum cli_why why; } rows[] = {
		{ VERIFIER_NONE,	WHY_NO_VERDICT },
		{ VERIFIER_GOOD,	WHY_NONE },
		{ VERIFIER_KEY_EXPIRED,	WHY_NONE },	/* since: see times */
		{ VERIFIER_KEY_REVOKED,	WHY_REVOKED },
		{ VERIFIER_SIG_EXPIRED,	WHY_NONE },	/* see times */
		{ VERIFIER_REFUSED,	WHY_WEAK },
		{ VERIFIER_BAD,		WHY_BAD_SIGNATURE },
		{ VERIFIER_NO_KEY,	WHY_OTHER_KEY },
		{ VERIFIER_NOT_ONE,	WHY_NO_VERDICT },
		{ VERIFIER_BROKEN,	WHY_NO_VERDICT },
		{ VERIFIER_REFUSED + 1,	WHY_NO_VERDICT },
		{ UINT32_MAX,		WHY_NO_VERDICT },
	};
	struct user user = user_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct verifier_verify_rep rep = rep_new();
		rep.verdict = rows[i].verdict;
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
	}
}

/* One field of the answer is another. */
static void
answers(void **state)
{
#define FIELD(f, v, w)	{ offsetof(struct verifier_verify_rep, f), (v), (w) }
	static const struct { size_t at; uint32_t value; enum cli_why why; }
	rows[] = {
		FIELD(signatures, 0, WHY_NO_VERDICT),
		FIELD(signatures, 2, WHY_NO_VERDICT),
		FIELD(signatures, UINT32_MAX, WHY_NO_VERDICT),
		/* Not the packet that the gate has seen. */
		FIELD(hash, 10, WHY_NO_VERDICT),
		FIELD(hash, 2, WHY_NO_VERDICT),
		FIELD(hash, 8 + 256, WHY_NO_VERDICT),
		FIELD(algorithm, 1, WHY_NO_VERDICT),
		FIELD(algorithm, 22 + 256, WHY_NO_VERDICT),
		FIELD(fpr_size, 0, WHY_OTHER_KEY),
		FIELD(fpr_size, 19, WHY_OTHER_KEY),
		FIELD(fpr_size, 21, WHY_OTHER_KEY),
		FIELD(fpr_size, 32, WHY_OTHER_KEY),	/* 12 bytes of 0 */
		FIELD(fpr_size, UINT32_MAX, WHY_OTHER_KEY),
	};
#undef FIELD
	struct user user = user_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct verifier_verify_rep rep = rep_new();
		memcpy((char *)&rep + rows[i].at, &rows[i].value,
		    sizeof(rows[i].value));
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
	}
}

/* Every byte of the fingerprint counts. */
static void
fingerprints(void **state)
{
	struct user user = user_new();

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct verifier_verify_rep rep = rep_new();
		rep.fpr[i] ^= 1;
		assert_int_equal(judge_it(&user, &rep, NULL), WHY_OTHER_KEY);
	}
	struct verifier_verify_rep rep = rep_new();
	user.nkeys = SUBKEY;	/* what lies behind is no key */
	assert_int_equal(judge_it(&user, &rep, NULL), WHY_OTHER_KEY);
	user.nkeys = 0;
	assert_int_equal(judge_it(&user, &rep, NULL), WHY_OTHER_KEY);
}

/* What a key may be used for; `which` is changed, the subkey has signed. */
static void
usable(void **state)
{
	static const struct { int which; uint32_t usable; enum cli_why why; }
	rows[] = {
		{ SUBKEY, 0, WHY_OTHER_KEY },
		{ SUBKEY, VERIFIER_REVOKED, WHY_OTHER_KEY },
		{ SUBKEY, VERIFIER_CAN_SIGN | VERIFIER_REVOKED, WHY_REVOKED },
		{ SUBKEY, VERIFIER_CAN_SIGN | VERIFIER_INVALID, WHY_OTHER_KEY },
		{ SUBKEY, VERIFIER_CAN_SIGN | VERIFIER_REVOKED |
		    VERIFIER_INVALID, WHY_REVOKED },
		/* A primary key that only certifies. */
		{ PRIMARY, 0, WHY_NONE },
		{ PRIMARY, VERIFIER_REVOKED, WHY_REVOKED },
		{ PRIMARY, VERIFIER_INVALID, WHY_OTHER_KEY },
		{ LONG_KEY, VERIFIER_REVOKED | VERIFIER_INVALID, WHY_NONE },
	};
	struct verifier_verify_rep rep = rep_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct user user = user_new();
		user.keys[rows[i].which].usable = rows[i].usable;
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
	}
}

/* When the signature was made, and when it expires; 0: never. */
static void
signature_times(void **state)
{
	static const struct { int64_t created, expires; enum cli_why why; }
	rows[] = {
		{ NOW, 0, WHY_NONE },
		{ NOW + SKEW, 0, WHY_NONE },
		{ NOW + SKEW + 1, 0, WHY_FUTURE },
		{ UINT32_MAX, 0, WHY_FUTURE },
		/* Not what a packet can say. */
		{ INT64_MAX, 0, WHY_NO_VERDICT },
		{ NOW - DAY, NOW + 1, WHY_NONE },
		{ NOW - DAY, NOW, WHY_EXPIRED },
		{ NOW - DAY, NOW - 1, WHY_EXPIRED },
		{ NOW - DAY, 1, WHY_EXPIRED },
		{ NOW - DAY, -1, WHY_EXPIRED },
		{ NOW - DAY, INT64_MIN, WHY_EXPIRED },
		{ NOW - DAY, INT64_MAX, WHY_NONE },
		/* Older than its key. */
		{ NOW - 100 * DAY, 0, WHY_NONE },
		{ NOW - 100 * DAY - 1, 0, WHY_EXPIRED },
		{ 0, 0, WHY_EXPIRED },
		{ -1, 0, WHY_NO_VERDICT },
		{ INT64_MIN, 0, WHY_NO_VERDICT },
	};
	struct user user = user_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct verifier_verify_rep rep = rep_new();
		rep.created = rows[i].created;
		rep.expires = rows[i].expires;
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
	}
}

/* A key's own times, against the signature's, which was made a day ago. */
static void
key_times(void **state)
{
	static const int64_t made = NOW - DAY;
	const struct { int which; int64_t created, expires; enum cli_why why; }
	rows[] = {
		{ SUBKEY, made, 0, WHY_NONE },
		{ SUBKEY, made + 1, 0, WHY_EXPIRED },
		{ SUBKEY, 0, made + 1, WHY_NONE },	/* expired since */
		{ SUBKEY, 0, made, WHY_EXPIRED },
		{ SUBKEY, 0, made - 1, WHY_EXPIRED },
		{ SUBKEY, 0, -1, WHY_EXPIRED },
		{ PRIMARY, made, 0, WHY_NONE },
		{ PRIMARY, made + 1, 0, WHY_EXPIRED },
		{ PRIMARY, 0, made + 1, WHY_NONE },
		{ PRIMARY, 0, made, WHY_EXPIRED },
		{ LONG_KEY, made + 1, made, WHY_NONE },
	};
	struct verifier_verify_rep rep = rep_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct user user = user_new();
		user.keys[rows[i].which].created = rows[i].created;
		user.keys[rows[i].which].expires = rows[i].expires;
		rep.verdict = VERIFIER_GOOD;
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
		rep.verdict = VERIFIER_KEY_EXPIRED;
		assert_int_equal(judge_it(&user, &rep, NULL), rows[i].why);
	}
}

/* A key of another primary key is judged by that one. */
static void
other_primary(void **state)
{
	struct user user = user_new();
	struct verifier_verify_rep rep = rep_new();

	(void)state;
	user.keys[SUBKEY].primary = LONG_KEY;
	user.keys[PRIMARY].usable = VERIFIER_REVOKED;
	assert_int_equal(judge_it(&user, &rep, NULL), WHY_NONE);
	user.keys[LONG_KEY].usable = VERIFIER_REVOKED;
	assert_int_equal(judge_it(&user, &rep, NULL), WHY_REVOKED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(another_time),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(answers),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(usable),
		cmocka_unit_test(signature_times),
		cmocka_unit_test(key_times),
		cmocka_unit_test(other_primary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

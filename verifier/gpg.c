#include <errno.h>
#include <gpgme.h>
#include <string.h>
#include <unistd.h>

#include "verifier/engine.h"
#include "verifier/fingerprint.h"
#include "verifier/gpg.h"
#include "verifier/home.h"

#define GPG	"/usr/bin/gpg"

/* Any other status is no statement: VERIFIER_BROKEN. */
static const struct {
	gpg_err_code_t		code;
	enum verifier_verdict	verdict;
} verdicts[] = {
	{ GPG_ERR_NO_ERROR, VERIFIER_GOOD },
	{ GPG_ERR_KEY_EXPIRED, VERIFIER_KEY_EXPIRED },
	{ GPG_ERR_CERT_REVOKED, VERIFIER_KEY_REVOKED },
	{ GPG_ERR_SIG_EXPIRED, VERIFIER_SIG_EXPIRED },
	{ GPG_ERR_BAD_SIGNATURE, VERIFIER_BAD },
	{ GPG_ERR_NO_PUBKEY, VERIFIER_NO_KEY },
};

int
gpg_init(void)
{
	/* Without the flag each operation starts gpgconf and an agent. */
	if (gpgme_set_global_flag("disable-gpgconf", "1") != 0 ||
	    gpgme_check_version(GPGME_VERSION) == NULL ||
	    gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, GPG, HOME_DIR) != 0 ||
	    gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP) != 0)
		return -ENOEXEC;
	return 0;
}

/* A context for one operation; there is no network to ask. */
static gpgme_ctx_t
context_new(void)
{
	gpgme_ctx_t ctx;

	if (gpgme_new(&ctx) != 0)
		return NULL;
	gpgme_set_offline(ctx, 1);
	return ctx;
}

static enum verifier_verdict
verdict_of(gpgme_error_t status)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (verdicts[i].code == gpgme_err_code(status))
			return verdicts[i].verdict;
	return VERIFIER_BROKEN;
}

/* libgpgme's own numbers to RFC 9580 section 9.1; 0: unknown. */
static uint32_t
algorithm_of(gpgme_pubkey_algo_t algorithm)
{
	switch (algorithm) {
	case GPGME_PK_ECDH:
		return 18;
	case GPGME_PK_ECDSA:
		return 19;
	case GPGME_PK_EDDSA:
		return 22;
	default:
		return (uint32_t)algorithm < 100 ? (uint32_t)algorithm : 0;
	}
}

/* Section 9.5: the same numbers, and some that OpenPGP does not have. */
static uint32_t
hash_of(gpgme_hash_algo_t hash)
{
	return (uint32_t)hash < 100 ? (uint32_t)hash : 0;
}

/* 0 as well if there is none. */
static uint32_t
fingerprint_of(const char *hex, uint8_t fpr[VERIFIER_FPR])
{
	return hex == NULL ? 0 : fingerprint_parse(hex, strlen(hex), fpr);
}

static void
claim_fill(struct verifier_verify_rep *rep, const struct _gpgme_signature *sig)
{
	rep->fpr_size = fingerprint_of(sig->fpr, rep->fpr);
	rep->hash = hash_of(sig->hash_algo);
	rep->algorithm = algorithm_of(sig->pubkey_algo);
	rep->library = gpgme_err_code(sig->status);
	rep->created = (int64_t)sig->timestamp;
	rep->expires = (int64_t)sig->exp_timestamp;
	rep->verdict = verdict_of(sig->status);
	if (rep->verdict == VERIFIER_GOOD && (rep->fpr_size == 0 ||
	    rep->hash == 0 || rep->algorithm == 0 || rep->created <= 0 ||
	    sig->wrong_key_usage))
		rep->verdict = VERIFIER_BROKEN;
}

/*
 * Success of the operation alone means nothing: it is also what an engine
 * leaves behind that never ran, and what an inline message gives, with no
 * signature at all in the list.
 */
static void
result_judge(gpgme_ctx_t ctx, gpgme_error_t error, int status,
    struct verifier_verify_rep *rep)
{
	gpgme_verify_result_t result = gpgme_op_verify_result(ctx);
	gpgme_signature_t first = result == NULL ? NULL : result->signatures;

	for (gpgme_signature_t sig = first; sig != NULL; sig = sig->next)
		rep->signatures++;
	rep->library = gpgme_err_code(error);
	rep->verdict = VERIFIER_BROKEN;
	if (rep->signatures == 1 && error == 0)
		claim_fill(rep, first);
	else if (rep->signatures > 1 || status == 0 ||
	    gpgme_err_code(error) == GPG_ERR_NO_DATA)
		rep->verdict = VERIFIER_NOT_ONE;
	/* gpg ends with 0 if it met no error at all, not even with a key. */
	if (rep->verdict == VERIFIER_GOOD && status != 0)
		rep->verdict = VERIFIER_BROKEN;
}

static gpgme_error_t
verify_run(gpgme_ctx_t ctx, gpgme_data_t signature, gpgme_data_t signed_data)
{
	struct engine engine;

	engine_attach(&engine, ctx);
	gpgme_error_t error = gpgme_op_verify_start(ctx, signature, signed_data,
	    NULL);
	return error != 0 ? error : engine_run(&engine);
}

void
gpg_verify(int channel, int data, const void *sig, size_t size,
    struct verifier_verify_rep *rep)
{
	gpgme_ctx_t ctx = context_new();
	gpgme_data_t signed_data = NULL, signature = NULL;

	rep->verdict = VERIFIER_BROKEN;
	if (ctx == NULL)
		return;
	if (lseek(data, 0, SEEK_SET) == 0 &&
	    gpgme_data_new_from_fd(&signed_data, data) == 0 &&
	    gpgme_data_new_from_mem(&signature, sig, size, 0) == 0) {
		gpgme_error_t error = verify_run(ctx, signature, signed_data);
		result_judge(ctx, error, engine_wait(channel), rep);
	}
	gpgme_data_release(signature);
	gpgme_data_release(signed_data);
	gpgme_release(ctx);
}

static uint32_t
usable_bits(const struct _gpgme_key *key, const struct _gpgme_subkey *sub)
{
	uint32_t bits = 0;

	if (sub->can_sign)
		bits |= VERIFIER_CAN_SIGN;
	if (key->revoked || sub->revoked)
		bits |= VERIFIER_REVOKED;
	if (key->invalid || key->disabled || sub->invalid || sub->disabled ||
	    sub->timestamp <= 0 || sub->expires < 0 ||
	    algorithm_of(sub->pubkey_algo) == 0)
		bits |= VERIFIER_INVALID;
	return bits;
}

/*
 * A key that stands there twice may be revoked in one place and not in the
 * other, and the engine takes the first that it finds.
 */
static int
list_has(const struct verifier_keys_rep *rep, const struct verifier_key *key)
{
	for (uint32_t i = 0; i < rep->count; i++)
		if (rep->keys[i].fpr_size == key->fpr_size &&
		    memcmp(rep->keys[i].fpr, key->fpr, key->fpr_size) == 0)
			return 1;
	return 0;
}

static enum verifier_verdict
list_add(struct verifier_keys_rep *rep, const struct _gpgme_key *key)
{
	uint32_t primary = rep->count;

	for (gpgme_subkey_t s = key->subkeys; s != NULL; s = s->next) {
		struct verifier_key next = { .primary = primary,
		    .usable = usable_bits(key, s),
		    .algorithm = algorithm_of(s->pubkey_algo),
		    .bits = s->length, .created = s->timestamp,
		    .expires = s->expires };
		next.fpr_size = fingerprint_of(s->fpr, next.fpr);
		if (next.fpr_size == 0)
			return VERIFIER_BROKEN;
		if (rep->count == VERIFIER_KEYS || list_has(rep, &next))
			return VERIFIER_NOT_ONE;
		rep->keys[rep->count++] = next;
	}
	return VERIFIER_GOOD;
}

static enum verifier_verdict
list_all(gpgme_ctx_t ctx, struct verifier_keys_rep *rep)
{
	enum verifier_verdict verdict = VERIFIER_GOOD;
	gpgme_error_t error = gpgme_op_keylist_start(ctx, NULL, 0);
	gpgme_key_t key;

	while (error == 0 && verdict == VERIFIER_GOOD &&
	    (error = gpgme_op_keylist_next(ctx, &key)) == 0) {
		verdict = list_add(rep, key);
		gpgme_key_unref(key);
	}
	if (verdict == VERIFIER_GOOD && gpgme_err_code(error) != GPG_ERR_EOF)
		verdict = VERIFIER_BROKEN;
	return verdict;
}

void
gpg_list_keys(int channel, struct verifier_keys_rep *rep)
{
	gpgme_ctx_t ctx = context_new();

	rep->verdict = VERIFIER_BROKEN;
	if (ctx == NULL)
		return;
	rep->verdict = list_all(ctx, rep);
	/* A list that the engine did not finish is not complete. */
	if (rep->verdict == VERIFIER_GOOD && engine_wait(channel) != 0)
		rep->verdict = VERIFIER_BROKEN;
	if (rep->verdict == VERIFIER_GOOD && rep->count == 0)
		rep->verdict = VERIFIER_NO_KEY;
	gpgme_release(ctx);
}

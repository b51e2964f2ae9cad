#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/openpgp.h"
#include "cli/sign.h"
#include "cli/userfile.h"
#include "depot/gate.h"
#include "rpc/buffer.h"
#include "rpc/cap.h"

RPC_MANAGER_SIDE(SIGNER_RPC, rows)

static int
answer_take(struct rpc *rpc, void *to, const void *from, size_t size)
{
	struct helper *helper = rpc->owner;

	memcpy(to, from, size);
	helper->answered = true;
	return 0;
}

static bool
has_end(const char text[SIGNER_TEXT])
{
	return memchr(text, '\0', SIGNER_TEXT) != NULL;
}

ANSWERED(signer_open)
{
	struct signing *signing = context;

	return rep->fpr_size > SIGNER_FPR || !has_end(rep->text) ? -EBADMSG :
	    answer_take(rpc, &signing->opened, rep, sizeof(*rep));
}

ANSWERED(signer_export)
{
	struct signing *signing = context;

	return rep->size > SIGNER_KEY || !has_end(rep->text) ? -EBADMSG :
	    answer_take(rpc, &signing->exported, rep, sizeof(*rep));
}

ANSWERED(signer_sign)
{
	struct signing *signing = context;

	return rep->size > SIGNER_SIG || rep->fpr_size > SIGNER_FPR ||
	    !has_end(rep->text) ? -EBADMSG :
	    answer_take(rpc, &signing->signature, rep, sizeof(*rep));
}

/* After a question was sent: its answer. */
static enum status
wait_for(struct signing *signing, int sent)
{
	/* If it is gone already, waiting for it says so. */
	if (sent < 0 && sent != -EPIPE)
		return making_failed("signer", -sent);
	enum status status = helper_wait(&signing->helper);
	signing->helper.answered = false;
	return status;
}

static enum status
refuse(const char *what, uint32_t why, const char *text)
{
	static const char *const texts[] = {
		[SIGNER_NO_ENGINE] = "gpg cannot be used, or has no agent",
		[SIGNER_NO_KEY] = "gpg has no private key of it that can sign",
		[SIGNER_AMBIGUOUS] = "gpg has more than one key that fits",
		[SIGNER_NO_PASSPHRASE] = "the key's passphrase was not given",
		[SIGNER_LARGE] = "the key is too large",
	};

	if (why >= sizeof(texts) / sizeof(texts[0]) || texts[why] == NULL)
		complain("%s: %s", what, text);
	else
		complain("%s: %s", what, texts[why]);
	if (why == SIGNER_AMBIGUOUS || why == SIGNER_NO_KEY)
		advise("--key FINGERPRINT says which; gpg "
		    "--list-secret-keys shows them");
	return STATUS_FAILED;
}

/* What gpg needs of the user's environment to find keyring, agent and, for the
 * agent, the user. */
static char **
environment(void)
{
	static const char *const names[] = { "HOME", "GNUPGHOME", "GPG_TTY",
	    "TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
	    "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS",
	    "PINENTRY_USER_DATA" };
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	static char *values[COUNT + 3];
	size_t n = 0;

	values[n++] = (char *)(uintptr_t)"LC_ALL=C";
	values[n++] = (char *)(uintptr_t)"PATH=/usr/bin:/bin";
	for (size_t i = 0; i < COUNT; i++) {
		const char *value = getenv(names[i]);
		if (value != NULL &&
		    asprintf(&values[n], "%s=%s", names[i], value) != -1)
			n++;
	}
	values[n] = NULL;
	return values;
}

static enum status
key_find(struct signing *signing, const char *id)
{
	struct signer_open_req req;

	if (snprintf(req.id, sizeof(req.id), "%s", id) >= (int)sizeof(req.id))
		return making_failed("--key", ENAMETOOLONG);
	memset(req.id + strlen(id), 0, sizeof(req.id) - strlen(id));
	enum status status = wait_for(signing, ask_signer_open(
	    &signing->helper.rpc, &req, NULL, 0, signing));
	if (status != STATUS_DONE)
		return status;
	if (signing->opened.why != SIGNER_DONE)
		return refuse(id, signing->opened.why, signing->opened.text);
	return STATUS_DONE;
}

/* The public half becomes depot/USER/pubkey. */
static enum status
key_export(struct signing *signing, const struct making *making,
    const char *user)
{
	const struct signer_export_req req = { 0 };
	CLOSE int buffer = buffer_create(SIGNER_KEY);
	const struct cap cap = { buffer };
	struct content content;

	if (buffer < 0)
		return making_failed("public key", -buffer);
	enum status status = wait_for(signing, ask_signer_export(
	    &signing->helper.rpc, &req, &cap, 0, signing));
	if (status != STATUS_DONE)
		return status;
	if (signing->exported.why != SIGNER_DONE)
		return refuse("public key", signing->exported.why,
		    signing->exported.text);
	int error = content_read(&content, buffer, NULL);
	if (error < 0)
		return making_failed("public key", -error);
	content.size = signing->exported.size;
	CLOSE int dir = userdir_make(&making->root, user);
	error = dir < 0 ? dir : content_write(&content, dir, USER_KEY);
	content_free(&content);
	return error < 0 ? making_failed(user, -error) : STATUS_DONE;
}

/* The keys that depot/USER/pubkey stands for, by a jailed engine's word. */
static enum status
keys_read(struct signing *signing, const struct making *making,
    const char *user)
{
	char shown[DEPOT_USER_MAX + 32];

	snprintf(shown, sizeof(shown), "depot/%s/" USER_KEY, user);
	CLOSE int dir = userdir_open(&making->root, user);
	CLOSE int key = dir < 0 ? dir : keyfile_open(dir, USER_KEY, shown);
	if (key < 0)
		return STATUS_FAILED;
	enum status status = keys_ask(key, &signing->keys, shown);
	if (status != STATUS_DONE || keys_usable(&signing->keys))
		return status;
	complain("%s: it has no key that can sign today", shown);
	return STATUS_UNTRUSTED;
}

static bool
has_key(const struct making *making, const char *user)
{
	CLOSE int dir = userdir_open(&making->root, user);

	return dir >= 0 && faccessat(dir, USER_KEY, F_OK, 0) == 0;
}

/* Is the key with which gpg signs one of those that users know? */
static enum status
check_known(const struct signing *signing, const char *user,
    const uint8_t *fpr, uint32_t size)
{
	char text[FPR_TEXT];

	for (size_t i = 0; i < signing->keys.count; i++)
		if (signing->keys.keys[i].fpr_size == size &&
		    memcmp(signing->keys.keys[i].fpr, fpr, size) == 0)
			return STATUS_DONE;
	fpr_text(text, fpr, size);
	complain("%s: the key that signs, %s, is not in depot/%s/" USER_KEY,
	    user, text, user);
	advise("whoever has that file would refuse what it signs");
	return STATUS_UNTRUSTED;
}

static enum status
key_choose(struct signing *signing, const struct making *making,
    const char *user)
{
	const char *id = making->arguments->key;
	enum status status = STATUS_DONE;
	size_t primary = 0;
	char fpr[FPR_TEXT];

	if (id != NULL && !has_key(making, user)) {
		status = key_find(signing, id);
		return status != STATUS_DONE ? status :
		    key_export(signing, making, user);
	}
	if (id != NULL)
		return key_find(signing, id);
	if (!has_key(making, user)) {
		complain("%s: no key is known, ROOT/depot/%s/" USER_KEY, user,
		    user);
		advise("--key ID names the one to sign with; its public half "
		    "is then put there");
		return STATUS_UNTRUSTED;
	}
	status = keys_read(signing, making, user);
	if (status != STATUS_DONE)
		return status;
	if (keys_primaries(&signing->keys, &primary) > 1) {
		complain("%s: several keys are known: --key ID says which is "
		    "to sign", user);
		return STATUS_USAGE;
	}
	fpr_text(fpr, signing->keys.keys[primary].fpr,
	    signing->keys.keys[primary].fpr_size);
	return key_find(signing, fpr);
}

enum status
signing_begin(struct signing *signing, const struct making *making,
    const char *user)
{
	*signing = (struct signing){ .helper.pid = -1, .helper.rpc.fd = -1 };
	enum status status = helper_start(&signing->helper, "signer", NULL, 0,
	    environment(), RPC_ROWS(rows));
	if (status == STATUS_DONE)
		status = key_choose(signing, making, user);
	if (status == STATUS_DONE && signing->keys.count == 0)
		status = keys_read(signing, making, user);
	return status != STATUS_DONE ? status : check_known(signing, user,
	    signing->opened.fpr, signing->opened.fpr_size);
}

enum status
signing_sign(struct signing *signing, int file, const struct depot_path *path)
{
	const struct signer_sign_rep *made = &signing->signature;
	struct signer_sign_req req = { { 0 } };
	const struct cap cap = { file };
	struct gate_facts facts;

	snprintf(req.path, sizeof(req.path), "%s", path->text);
	enum status status = wait_for(signing, ask_signer_sign(
	    &signing->helper.rpc, &req, &cap, 0, signing));
	if (status != STATUS_DONE)
		return status;
	if (made->why != SIGNER_DONE)
		return refuse(path->text, made->why, made->text);
	enum gate gate = gate_check(made->signature, made->size, &facts);
	if (gate != GATE_PASS) {
		complain("%s: gpg made a signature that airlock refuses: %s",
		    path->text, gate_text(gate));
		return STATUS_UNTRUSTED;
	}
	return check_known(signing, path->user, made->fpr, made->fpr_size);
}

void
signing_end(struct signing *signing)
{
	helper_end(&signing->helper);
}

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/sign.h"
#include "cli/userfile.h"
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
		complain("%s: gpg failed: %s", what, text);
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
	static char *values[COUNT + 4];
	const char *terminal = getenv("GPG_TTY") == NULL ?
	    ttyname(STDIN_FILENO) : NULL;
	size_t n = 0;

	values[n++] = (char *)(uintptr_t)"LC_ALL=C";
	values[n++] = (char *)(uintptr_t)"PATH=/usr/bin:/bin";
	/* In its jail gpg could not find out. */
	if (terminal != NULL &&
	    asprintf(&values[n], "GPG_TTY=%s", terminal) != -1)
		n++;
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

enum status
signing_export(struct signing *signing, const struct root *root,
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
	CLOSE int dir = userdir_make(root, user);
	error = dir < 0 ? dir : content_write(&content, dir, USER_KEY);
	content_free(&content);
	return error < 0 ? making_failed(user, -error) : STATUS_DONE;
}

enum status
signing_begin(struct signing *signing, const char *id)
{
	*signing = (struct signing){ .helper.pid = -1, .helper.rpc.fd = -1 };
	enum status status = helper_start(&signing->helper, "signer", NULL, 0,
	    environment(), RPC_ROWS(rows));
	return status == STATUS_DONE ? key_find(signing, id) : status;
}

enum status
signing_sign(struct signing *signing, int file, const struct depot_path *path)
{
	const struct signer_sign_rep *made = &signing->signature;
	struct signer_sign_req req = { { 0 } };
	const struct cap cap = { file };

	snprintf(req.path, sizeof(req.path), "%s", path->text);
	enum status status = wait_for(signing, ask_signer_sign(
	    &signing->helper.rpc, &req, &cap, 0, signing));
	if (status != STATUS_DONE)
		return status;
	return made->why == SIGNER_DONE ? STATUS_DONE :
	    refuse(path->text, made->why, made->text);
}

void
signing_end(struct signing *signing)
{
	helper_end(&signing->helper);
}

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/keyfile.h"
#include "cli/making.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/userfile.h"
#include "cli/vouch.h"
#include "depot/gate.h"
#include "rpc/buffer.h"

bool
vouch_has_key(const struct root *root, const char *user)
{
	CLOSE int dir = userdir_open(root, user);
	struct stat st;

	return dir >= 0 && fstatat(dir, USER_KEY, &st, 0) == 0;
}

static enum status
refused(const char *shown, enum cli_why why, uint32_t detail)
{
	struct reason reason = { why, detail, 0 };
	char text[400];

	reason_text(text, sizeof(text), &reason);
	complain("%s: %s", shown, text);
	return status_of_why(why);
}

enum status
vouch_begin(struct vouch *vouch, const struct arguments *a,
    const struct root *root, const char *user)
{
	char shown[DEPOT_USER_MAX + 32];

	*vouch = (struct vouch){ .user = user };
	snprintf(shown, sizeof(shown), "depot/%s/" USER_KEY, user);
	CLOSE int dir = userdir_open(root, user);
	CLOSE int key = dir < 0 ? dir : keyfile_open(dir, USER_KEY, shown);
	if (key < 0)
		return STATUS_FAILED;
	enum status status = session_start(&vouch->session, a, NULL, -1, NULL,
	    NULL);
	vouch->started = status == STATUS_DONE;
	if (status == STATUS_DONE)
		status = session_key(&vouch->session, &(struct cli_key_req){
		    .quorum = 1, .threshold = 1,
		    .level = (uint32_t)a->level }, key, &vouch->keys);
	if (status != STATUS_DONE)
		return status;
	if (vouch->keys.why != WHY_NONE)
		return refused(shown, (enum cli_why)vouch->keys.why, 0);
	if (keys_usable(&vouch->keys))
		return STATUS_DONE;
	complain("%s: it has no key that can sign today", shown);
	return STATUS_UNTRUSTED;
}

enum status
vouch_primary(const struct vouch *vouch, char fpr[FPR_TEXT])
{
	size_t primary = 0;

	if (keys_primaries(&vouch->keys, &primary) > 1) {
		complain("%s: several keys are known: --key ID says which is "
		    "to sign", vouch->user);
		return STATUS_USAGE;
	}
	fpr_text(fpr, vouch->keys.keys[primary].fpr,
	    vouch->keys.keys[primary].fpr_size);
	return STATUS_DONE;
}

enum status
vouch_knows(const struct vouch *vouch, const uint8_t *fpr, uint32_t size)
{
	char text[FPR_TEXT];

	for (size_t i = 0; i < vouch->keys.count; i++)
		if (vouch->keys.keys[i].fpr_size == size &&
		    memcmp(vouch->keys.keys[i].fpr, fpr, size) == 0)
			return STATUS_DONE;
	fpr_text(text, fpr, size);
	complain("%s: the key that would sign, %s, is not in depot/%s/"
	    USER_KEY, vouch->user, text, vouch->user);
	advise("whoever has that file would refuse what it signs");
	return STATUS_UNTRUSTED;
}

enum status
vouch_check(struct vouch *vouch, const char *shown, int file, int signature)
{
	struct cli_verify_req req = { .size = 0 };
	struct cli_verify_rep reply;
	struct stat st;
	CLOSE int sealed = buffer_seal_file(signature, GATE_MAX);

	if (sealed == -EFBIG)
		return refused(shown, WHY_GATE, GATE_LARGE);
	if (sealed < 0 || fstat(file, &st) == -1)
		return making_failed(shown, sealed < 0 ? -sealed : errno);
	req.size = (uint64_t)st.st_size;
	enum status status = session_verify(&vouch->session, &req, file,
	    sealed, &reply);
	if (status != STATUS_DONE || reply.why == WHY_NONE)
		return status;
	return refused(shown, (enum cli_why)reply.why, reply.detail);
}

void
vouch_end(struct vouch *vouch)
{
	if (vouch->started)
		(void)session_end(&vouch->session);
	vouch->started = false;
}

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/json.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/text.h"
#include "rpc/cap.h"

/* As enum verifier_key_usable, which cli.h refers to. */
#define KEY_CAN_SIGN	(UINT32_C(1) << 0)
#define KEY_REVOKED	(UINT32_C(1) << 1)
#define KEY_INVALID	(UINT32_C(1) << 2)

#define PUBLIC	"-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define PRIVATE	"-----BEGIN PGP PRIVATE KEY BLOCK-----"

/* Is there such a line?  Text before it is allowed, as GnuPG does. */
static bool
has_line(const char *text, const char *line)
{
	for (const char *p = text; (p = strstr(p, line)) != NULL; p++)
		if (p == text || p[-1] == '\n')
			return true;
	return false;
}

/* Something else given for a public key is a mistake that people make. */
static int
check_block(int fd, const char *shown)
{
	char text[65536];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n == -1)
		return -errno;
	text[n] = '\0';
	if (has_line(text, PRIVATE)) {
		complain("%s: this is a private key", shown);
		advise("keep it secret; gpg --armor --export makes the public "
		    "one");
		return -EINVAL;
	}
	if (has_line(text, PUBLIC))
		return 0;
	complain("%s: this is no ASCII-armored public key", shown);
	advise("gpg --armor --export NAME > FILE makes one");
	return -EINVAL;
}

int
keyfile_open(int dir, const char *path, const char *shown)
{
	CLOSE int sealed = input_seal(dir, path, KEYFILE_MAX);
	int error = sealed;

	if (error < 0) {
		input_complain(shown, error);
		return error;
	}
	if ((error = check_block(sealed, shown)) < 0)
		return error;
	int out = sealed;
	sealed = -1;
	return out;
}

/* What the manager says against a key file. */
static enum status
keys_refused(const struct cli_key_rep *keys, uint32_t detail, const char *shown)
{
	const struct reason reason = { keys->why, detail, 0 };
	char text[400], advice[400];

	if (keys->why == WHY_NONE)
		return STATUS_DONE;
	reason_text(text, sizeof(text), &reason);
	complain("%s: %s", shown, text);
	reason_hint(advice, sizeof(advice), &reason, "", "");
	if (reason.why == WHY_JAIL)
		advise("%s", advice);
	return status_of_why(keys->why);
}

enum status
keys_ask(const struct arguments *a, int key, struct cli_key_rep *keys,
    const char *shown)
{
	struct session session;
	enum status status = session_start(&session, a, NULL, -1, NULL, NULL);

	if (status != STATUS_DONE)
		return status;
	status = session_key(&session, &(struct cli_key_req){ .quorum = 1,
	    .threshold = 1, .level = (uint32_t)a->level }, key, keys);
	if (status != STATUS_INTERRUPTED)
		status = status_worse(status, session_end(&session));
	return status != STATUS_DONE ? status : keys_refused(keys,
	    session.key_detail, shown);
}

static bool
is_expired(const struct cli_key *key)
{
	return key->expires != 0 && key->expires <= (int64_t)time(NULL);
}

bool
keys_usable(const struct cli_key_rep *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		uint32_t usable = keys->keys[i].usable;
		if ((usable & KEY_CAN_SIGN) && !is_expired(&keys->keys[i]) &&
		    !(usable & (KEY_REVOKED | KEY_INVALID)))
			return true;
	}
	return false;
}

size_t
keys_primaries(const struct cli_key_rep *keys, size_t *primary)
{
	size_t count = 0;

	for (size_t i = 0; i < keys->count; i++) {
		if (keys->keys[i].primary != i)
			continue;
		if (count++ == 0)
			*primary = i;
	}
	return count;
}

static const char *
key_trouble(const struct cli_key *key)
{
	if (key->usable & KEY_REVOKED)
		return ", REVOKED";
	if (key->usable & KEY_INVALID)
		return ", not usable";
	if (is_expired(key))
		return ", EXPIRED";
	return key->usable & KEY_CAN_SIGN ? ", signs" : "";
}

void
keys_say(const struct cli_key_rep *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct cli_key *key = &keys->keys[i];
		char fpr[FPR_GROUPS], from[TEXT_SHORT], to[TEXT_SHORT];
		char bits[16] = "";

		fpr_groups(fpr, key->fpr, key->fpr_size);
		text_date(from, key->created);
		text_date(to, key->expires);
		if (key->bits != 0)
			snprintf(bits, sizeof(bits), " %u", key->bits);
		say("%s  %s", key->primary == i ? "key   " : "subkey", fpr);
		say("        %s%s, made %s, expires %s%s",
		    openpgp_key_algorithm(key->algorithm), bits, from,
		    key->expires == 0 ? "never" : to, key_trouble(key));
	}
}

void
keys_json(const struct cli_key_rep *keys)
{
	json_array("keys");
	for (size_t i = 0; i < keys->count; i++) {
		const struct cli_key *key = &keys->keys[i];
		char fpr[FPR_TEXT];

		fpr_text(fpr, key->fpr, key->fpr_size);
		json_object(NULL);
		json_text("fingerprint", fpr);
		json_bool("primary", key->primary == i);
		json_text("algorithm", openpgp_key_algorithm(key->algorithm));
		json_number("bits", key->bits);
		json_number("created", key->created);
		json_number("expires", key->expires);
		json_bool("signs", key->usable & KEY_CAN_SIGN);
		json_bool("revoked", key->usable & KEY_REVOKED);
		json_bool("invalid", key->usable & KEY_INVALID);
		json_object_end();
	}
	json_array_end();
}

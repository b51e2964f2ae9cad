#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/root.h"
#include "cli/userfile.h"
#include "depot/url.h"
#include "rpc/cap.h"

/* What user add was given, and found out. */
struct addition {
	const struct arguments *arguments;
	const char	*name;
	struct root	 root;
	char		 fingerprint[FPR_TEXT];	/* "": none was given */
	struct content	 key, origin;		/* owned */
	struct cli_key_rep keys;
};

static enum status
parse_urls(struct addition *add)
{
	const struct arguments *a = add->arguments;
	size_t size = 0;
	FILE *text = open_memstream(&add->origin.text, &size);
	struct url url;

	if (text == NULL)
		return STATUS_FAILED;
	enum status status = STATUS_DONE;
	for (size_t i = 0; i < a->nurls; i++) {
		if (url_parse(&url, a->urls[i], strlen(a->urls[i])) < 0) {
			complain("--url %s: this is no URL of an origin",
			    a->urls[i]);
			advise("https://HOST/PATH, http://HOST/PATH or "
			    "file:///PATH, without user, query and fragment");
			status = STATUS_USAGE;
		}
		fprintf(text, "%s\n", a->urls[i]);
	}
	fclose(text);
	add->origin.size = size;
	return status;
}

static enum status
parse_addition(struct addition *add)
{
	const struct arguments *a = add->arguments;
	enum status status = user_root(&add->root, a, add->name);

	if (status != STATUS_DONE)
		return status;
	if (a->nurls == 0 || a->key == NULL) {
		complain("user add: %s is missing", a->nurls == 0 ?
		    "--url URL, where the archives are," :
		    "--key FILE, the publisher's public key,");
		return STATUS_USAGE;
	}
	if (a->fingerprint != NULL &&
	    fpr_parse(add->fingerprint, a->fingerprint) < 0) {
		complain("--fingerprint %s: this is no full fingerprint",
		    a->fingerprint);
		advise("it has 40 (or 64) hexadecimal digits; gpg "
		    "--fingerprint shows it");
		return STATUS_USAGE;
	}
	return parse_urls(add);
}

/* The fingerprint that the user wants must be that of all that the file holds:
 * another primary key beside the right one would be trusted as well. */
static enum status
check_fingerprint(const struct addition *add)
{
	size_t primary = 0;
	size_t count = keys_primaries(&add->keys, &primary);
	const struct cli_key *key = &add->keys.keys[primary];
	char fpr[FPR_TEXT];

	if (add->fingerprint[0] == '\0')
		return STATUS_DONE;
	if (count != 1) {
		complain("%s: it holds %zu keys, so --fingerprint cannot vouch "
		    "for it", add->arguments->key, count);
		return STATUS_UNTRUSTED;
	}
	fpr_text(fpr, key->fpr, key->fpr_size);
	if (strcmp(fpr, add->fingerprint) == 0)
		return STATUS_DONE;
	complain("%s: its fingerprint is %s, not %s", add->arguments->key, fpr,
	    add->fingerprint);
	advise("do not use this key, unless you have the fingerprint wrong");
	return STATUS_UNTRUSTED;
}

static enum status
check_keys(struct addition *add)
{
	const char *file = add->arguments->key;
	CLOSE int sealed = keyfile_open(AT_FDCWD, file, file);

	if (sealed < 0 || content_read(&add->key, sealed, NULL) < 0)
		return STATUS_FAILED;
	enum status status = keys_ask(add->arguments, sealed,
	    &add->keys, file);
	if (status != STATUS_DONE)
		return status;
	if (!keys_usable(&add->keys)) {
		if (!add->arguments->json)
			keys_say(&add->keys);
		complain("%s: it has no key that can sign today", file);
		return STATUS_UNTRUSTED;
	}
	return check_fingerprint(add);
}

static bool
content_equal(const struct content *a, const struct content *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* Another key that is there already stays, unless the user says otherwise. */
static enum status
check_existing(const struct addition *add, int dir)
{
	struct content old;
	int error = content_read(&old, dir, USER_KEY);

	if (error == -ENOENT || add->arguments->replace)
		return STATUS_DONE;
	if (error < 0) {
		complain("%s/depot/%s/" USER_KEY ": %s", add->root.path,
		    add->name, strerror(-error));
		return STATUS_FAILED;
	}
	bool same = content_equal(&old, &add->key);
	content_free(&old);
	if (same)
		return STATUS_DONE;
	complain("%s: another key is known for this user", add->name);
	advise("airlock user show %s shows it; --replace puts this one in its "
	    "place", add->name);
	return STATUS_FAILED;
}

static enum status
write_addition(const struct addition *add)
{
	if (root_make(&add->root) < 0)
		return STATUS_FAILED;
	CLOSE int dir = userdir_make(&add->root, add->name);
	if (dir < 0)
		return STATUS_FAILED;
	enum status status = check_existing(add, dir);
	if (status != STATUS_DONE)
		return status;
	/* The key last: without one nothing is trusted. */
	int error = content_write(&add->origin, dir, USER_ORIGIN);
	if (error == 0)
		error = content_write(&add->key, dir, USER_KEY);
	if (error == 0)
		return STATUS_DONE;
	complain("%s/depot/%s: %s", add->root.path, add->name,
	    strerror(-error));
	return error == -ENOSPC ? STATUS_NO_SPACE : STATUS_FAILED;
}

static void
report_addition(const struct addition *add)
{
	const struct arguments *a = add->arguments;

	if (a->json) {
		json_begin("user");
		json_text("user", add->name);
		json_array("urls");
		for (size_t i = 0; i < a->nurls; i++)
			json_text(NULL, a->urls[i]);
		json_array_end();
		keys_json(&add->keys);
		json_end();
		return;
	}
	if (!a->quiet) {
		say("%s: known from now on", add->name);
		keys_say(&add->keys);
	}
	if (add->fingerprint[0] == '\0') {
		complain("%s: compare the fingerprint with one that you got "
		    "from the publisher by another way", add->name);
		advise("airlock user remove %s if they differ", add->name);
	}
}

enum status
user_add_run(const struct arguments *a)
{
	struct addition add = { .arguments = a, .name = a->words[0] };
	enum status status = parse_addition(&add);

	if (status == STATUS_DONE)
		status = check_keys(&add);
	if (status == STATUS_DONE)
		status = write_addition(&add);
	if (status == STATUS_DONE)
		report_addition(&add);
	content_free(&add.key);
	content_free(&add.origin);
	return status;
}


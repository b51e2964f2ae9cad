/*
 * user succeed: a publisher goes over to another key; the present one says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/publisher.h"
#include "cli/reading.h"
#include "cli/terms.h"
#include "cli/user_policy.h"
#include "cli/userfile.h"
#include "depot/gate.h"
#include "rpc/cap.h"

struct succession {
	const struct arguments *arguments;
	const char	*name;
	struct root	 root;
	int		 dir;			/* depot/NAME */
	int		 old, new;		/* key files, sealed */
	struct cli_key_rep old_keys, new_keys;
	int64_t		 signed_at;
};

static enum status
refused(const char *shown, const struct reason *reason)
{
	char text[400];

	reason_text(text, sizeof(text), reason);
	complain("%s: %s", shown, text);
	return status_of_why(reason->why);
}

/* Binary packets begin with bit 7 set; all else is armor, or nothing. */
static enum status
signature_open(const char *path, int *signature)
{
	unsigned char first = 0;
	enum status status;

	*signature = input_seal(AT_FDCWD, path, (size_t)4 * GATE_MAX);
	if (*signature < 0) {
		input_complain(path, *signature);
		return STATUS_FAILED;
	}
	if (pread(*signature, &first, 1, 0) == 1 && (first & 0x80))
		return STATUS_DONE;
	int armored = *signature;
	status = reading_signature(armored, signature);
	close(armored);
	if (status == STATUS_DONE && *signature == -1)
		return refused(path, &(struct reason){ WHY_GATE,
		    GATE_ARMORED, 0 });
	return status;
}

/* The sealed copy, so that what is verified is what is used; but what is
 * verified has to be open for reading alone. */
static int
new_open(const struct succession *s, uint64_t *size)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->new);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		complain("%s: %s", path, strerror(errno));
		cap_close_fd(&fd);
		return -1;
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

/* By the manager, as an archive is judged; but a key file has no path that a
 * signature could be bound to. */
static enum status
converse(struct succession *s, struct session *session, int signature)
{
	const char *shown = s->arguments->key;
	struct cli_verify_rep reply = { 0 };
	struct cli_verify_req verify = { 0 };
	struct cli_key_req req;
	CLOSE int data = new_open(s, &verify.size);

	if (data == -1 || publisher_request(&req, s->arguments, s->name) < 0)
		return STATUS_FAILED;
	req.flags &= ~(uint32_t)CLI_REQUIRE_BINDING;
	enum status status = session_key(session, &req, s->old, &s->old_keys);
	if (status != STATUS_DONE)
		return status;
	if (s->old_keys.why != WHY_NONE)
		return refused(USER_KEY, &(struct reason){
		    s->old_keys.why, 0, 0 });
	status = session_verify(session, &verify, data, signature, &reply);
	s->signed_at = reply.created;
	if (status != STATUS_DONE || reply.why == WHY_NONE)
		return status;
	return refused(shown, &(struct reason){ reply.why, reply.detail, 0 });
}

static enum status
succession_verify(struct succession *s)
{
	struct session session;
	int signature = -1;
	enum status status = signature_open(s->arguments->signature,
	    &signature);

	if (status == STATUS_DONE)
		status = session_start(&session, s->arguments, NULL, -1, NULL,
		    NULL);
	if (status == STATUS_DONE) {
		status = converse(s, &session, signature);
		enum status ended = session_end(&session);
		if (status != STATUS_INTERRUPTED)
			status = status_worse(status, ended);
	}
	cap_close_fd(&signature);
	return status;
}

static bool
has_key(const struct cli_key_rep *keys, const struct cli_key *key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->keys[i].fpr_size == key->fpr_size &&
		    memcmp(keys->keys[i].fpr, key->fpr, key->fpr_size) == 0)
			return true;
	return false;
}

static enum status
new_keys_check(struct succession *s)
{
	const char *file = s->arguments->key;
	enum status status = keys_ask(s->arguments, s->new, &s->new_keys, file);

	if (status != STATUS_DONE)
		return status;
	if (!keys_usable(&s->new_keys)) {
		complain("%s: it has no key that can sign today", file);
		return STATUS_UNTRUSTED;
	}
	for (size_t i = 0; i < s->new_keys.count; i++)
		if (has_key(&s->old_keys, &s->new_keys.keys[i])) {
			complain("%s: one of its keys is known already", file);
			return STATUS_FAILED;
		}
	if (s->old_keys.count + s->new_keys.count <= CLI_KEYS)
		return STATUS_DONE;
	complain("%s: more than %d keys for one user", file, CLI_KEYS);
	return STATUS_FAILED;
}

/* The present keys count for what they have signed so far, this included. */
static enum status
windows_close(struct succession *s)
{
	char fpr[FPR_TEXT];
	struct terms terms;
	enum status status = terms_read(&terms, &s->root, s->arguments,
	    s->name);

	for (size_t i = 0; status == STATUS_DONE && i < s->old_keys.count;
	    i++) {
		const struct cli_key *key = &s->old_keys.keys[i];
		if (key->primary != i)
			continue;
		fpr_text(fpr, key->fpr, key->fpr_size);
		if (terms_close(&terms, fpr, s->signed_at + 1) < 0) {
			complain("%s: %s: its time cannot be set", s->name,
			    fpr);
			status = STATUS_FAILED;
		}
	}
	return status == STATUS_DONE ? terms_write(&terms, &s->root, s->name) :
	    status;
}

/* Both, one after the other: what the old one has signed stays good. */
static enum status
keys_write(const struct succession *s)
{
	struct content old = { 0 }, new = { 0 }, both = { 0 };
	int error = content_read(&old, s->old, NULL);

	if (error == 0)
		error = content_read(&new, s->new, NULL);
	if (error == 0) {
		both.text = malloc(old.size + new.size + 2);
		error = both.text == NULL ? -ENOMEM : 0;
	}
	if (error == 0) {
		both.size = old.size + 1 + new.size;
		memcpy(both.text, old.text, old.size);
		both.text[old.size] = '\n';
		memcpy(both.text + old.size + 1, new.text, new.size);
		error = content_write(&both, s->dir, USER_KEY);
	}
	content_free(&old);
	content_free(&new);
	content_free(&both);
	if (error == 0)
		return STATUS_DONE;
	complain("%s/depot/%s/" USER_KEY ": %s", s->root.path, s->name,
	    strerror(-error));
	return error == -ENOSPC ? STATUS_NO_SPACE : STATUS_FAILED;
}

static enum status
succession_begin(struct succession *s)
{
	const struct arguments *a = s->arguments;
	enum status status = user_root(&s->root, a, s->name);

	if (status != STATUS_DONE)
		return status;
	if (a->key == NULL || a->signature == NULL) {
		complain("user succeed: %s is missing", a->key == NULL ?
		    "--key FILE, the new key," :
		    "--signature SIG, by the present key,");
		return STATUS_USAGE;
	}
	s->dir = userdir_open(&s->root, s->name);
	s->old = s->dir < 0 ? -1 : keyfile_open(s->dir, USER_KEY, USER_KEY);
	if (s->dir == -ENOENT)
		complain("%s: no such user", s->name);
	if (s->old < 0)
		return STATUS_FAILED;
	s->new = keyfile_open(AT_FDCWD, a->key, a->key);
	return s->new < 0 ? STATUS_FAILED : STATUS_DONE;
}

enum status
user_succeed_run(const struct arguments *a)
{
	struct succession s = { .arguments = a, .name = a->words[0],
	    .dir = -1, .old = -1, .new = -1 };
	enum status status = succession_begin(&s);

	if (status == STATUS_DONE)
		status = succession_verify(&s);
	if (status == STATUS_DONE)
		status = new_keys_check(&s);
	/* The time first: if this run is cut off between the two, it can be
	 * repeated. */
	if (status == STATUS_DONE && root_make(&s.root) < 0)
		status = STATUS_FAILED;
	if (status == STATUS_DONE)
		status = windows_close(&s);
	if (status == STATUS_DONE)
		status = keys_write(&s);
	if (status == STATUS_DONE && !a->quiet && !a->json) {
		say("%s: these keys as well, from now on", s.name);
		keys_say(&s.new_keys);
	}
	cap_close_fd(&s.dir);
	cap_close_fd(&s.old);
	cap_close_fd(&s.new);
	return status;
}

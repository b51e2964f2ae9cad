#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/publisher.h"
#include "cli/reading.h"
#include "cli/root.h"
#include "cli/session.h"
#include "cli/text.h"
#include "depot/gate.h"
#include "depot/path.h"
#include "rpc/buffer.h"

/* An armored signature is longer than the binary one by a third, line ends and
 * headers; what is beyond is no signature. */
#define SIGNATURE_MAX	((size_t)4 * GATE_MAX)	/* bytes */

#define ARMOR	"-----BEGIN PGP"

/* What is checked.  Descriptors are owned. */
struct verify {
	const char	*file;
	char		 signature_path[PATH_MAX];
	char		 key_path[PATH_MAX + 80];
	int		 data, signature, key;
	struct cli_verify_req req;
};

static void
verify_fini(struct verify *verify)
{
	cap_close_fd(&verify->data);
	cap_close_fd(&verify->signature);
	cap_close_fd(&verify->key);
}

/* The only way in which the answer is given; the words only differ in form. */
static enum status
report_bad(const struct arguments *a, const struct verify *verify,
    const struct reason *reason)
{
	char text[400], advice[PATH_MAX + 200];
	const char *user = a->user != NULL ? a->user : "USER";

	reason_text(text, sizeof(text), reason);
	reason_hint(advice, sizeof(advice), reason, user, "ROOT");
	if (a->json) {
		json_begin("verify");
		json_text("file", verify->file);
		json_text("result", "failed");
		json_text("state", state_word(why_state(reason->why)));
		json_text("reason", why_word(reason->why));
		json_text("message", text);
		json_end();
	} else {
		complain("%s: %s", verify->file, text);
		/* Advice for archives of a depot is out of place for a file
		 * that came with a key of its own. */
		if ((a->user != NULL || reason->why == WHY_JAIL) &&
		    advice[0] != '\0')
			advise("%s", advice);
	}
	enum status status = status_of_why(reason->why);
	return status == STATUS_DONE ? STATUS_FAILED : status;
}

static enum status
report_good(const struct arguments *a, const struct verify *verify,
    const struct cli_verify_rep *reply)
{
	char fpr[FPR_TEXT], primary[FPR_TEXT], when[TEXT_SHORT];
	const char *algorithm = openpgp_key_algorithm(reply->algorithm);
	const char *hash = openpgp_hash_algorithm(reply->hash);

	fpr_text(fpr, reply->fpr, reply->fpr_size);
	fpr_text(primary, reply->primary, reply->fpr_size);
	text_time(when, reply->created);
	if (a->json) {
		json_begin("verify");
		json_text("file", verify->file);
		json_text("result", "good");
		json_text("fingerprint", fpr);
		json_text("primary", primary);
		json_text("algorithm", algorithm);
		json_text("hash", hash);
		json_number("created", reply->created);
		json_number("layers", reply->layers);
		json_end();
	} else if (!a->quiet) {
		say("%s: good signature by %s (%s, %s), made %s", verify->file,
		    fpr, algorithm, hash, when);
		if (strcmp(fpr, primary) != 0)
			say("    a subkey of %s", primary);
	}
	return STATUS_DONE;
}

static enum status
open_data(struct verify *verify)
{
	struct stat st;

	/* Not blocking: FILE may be a fifo by mistake. */
	verify->data = open(verify->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOCTTY);
	if (verify->data == -1 || fstat(verify->data, &st) == -1) {
		complain("%s: %s", verify->file, strerror(errno));
		return STATUS_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		complain("%s: this is no regular file", verify->file);
		return STATUS_FAILED;
	}
	verify->req.size = (uint64_t)st.st_size;
	return STATUS_DONE;
}

/* FILE.sig, else FILE.asc: a descriptor, or -errno. */
static int
find_signature(struct verify *verify)
{
	static const char *const suffixes[] = { ".sig", ".asc" };
	char *path = verify->signature_path;
	int fd = -1;

	for (size_t i = 0; i < 2 && fd == -1; i++) {
		snprintf(path, PATH_MAX, "%s%s", verify->file, suffixes[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd == -1 && errno != ENOENT)
			return -errno;
	}
	return fd == -1 ? -ENOENT : fd;
}

/* Binary packets begin with bit 7 set, armor with its line. */
static bool
is_armored(int fd, const char *path)
{
	size_t size = strlen(path);
	char start[sizeof(ARMOR)] = "";

	if (pread(fd, start, sizeof(start) - 1, 0) <= 0)
		return false;
	return strcmp(start, ARMOR) == 0 || (!(start[0] & 0x80) && size > 4 &&
	    strcmp(path + size - 4, ".asc") == 0);
}

static enum status
dearmor(const struct arguments *a, struct verify *verify)
{
	const struct reason none = { WHY_GATE, GATE_ARMORED, 0 };
	int armored = verify->signature;
	enum status status = reading_signature(armored, &verify->signature);

	close(armored);
	return status == STATUS_DONE && verify->signature == -1 ?
	    report_bad(a, verify, &none) : status;
}

static enum status
open_signature(const struct arguments *a, struct verify *verify)
{
	const struct reason missing = { WHY_NO_SIGNATURE, 0, 0 };
	const struct reason large = { WHY_GATE, GATE_LARGE, 0 };
	int file = a->signature != NULL ?
	    open(a->signature, O_RDONLY | O_CLOEXEC | O_NOCTTY) :
	    find_signature(verify);

	if (a->signature != NULL) {
		file = file == -1 ? -errno : file;
		snprintf(verify->signature_path, PATH_MAX, "%s", a->signature);
	}
	if (file == -ENOENT)
		return report_bad(a, verify, &missing);
	verify->signature = file < 0 ? file :
	    buffer_seal_file(file, SIGNATURE_MAX);
	cap_close_fd(&file);
	if (verify->signature == -EFBIG)
		return report_bad(a, verify, &large);
	if (verify->signature < 0) {
		complain("%s: %s", verify->signature_path,
		    strerror(-verify->signature));
		return STATUS_FAILED;
	}
	return is_armored(verify->signature, verify->signature_path) ?
	    dearmor(a, verify) : STATUS_DONE;
}

/* ROOT/depot/NAME/pubkey. */
static enum status
find_key(const struct arguments *a, struct verify *verify)
{
	const struct reason none = { WHY_NO_KEY, 0, 0 };
	struct root root;

	if (!depot_user_valid(a->user)) {
		complain("%s: this is no user's name", a->user);
		return STATUS_USAGE;
	}
	if (root_choose(&root, a) < 0)
		return STATUS_FAILED;
	snprintf(verify->key_path, sizeof(verify->key_path),
	    "%s/depot/%s/pubkey", root.path, a->user);
	if (access(verify->key_path, F_OK) == -1 && errno == ENOENT)
		return report_bad(a, verify, &none);
	return STATUS_DONE;
}

static enum status
open_key(const struct arguments *a, struct verify *verify)
{
	enum status status = STATUS_DONE;

	if (a->user != NULL)
		status = find_key(a, verify);
	else
		snprintf(verify->key_path, sizeof(verify->key_path), "%s",
		    a->key);
	if (status != STATUS_DONE)
		return status;
	verify->key = keyfile_open(AT_FDCWD, verify->key_path,
	    verify->key_path);
	return verify->key < 0 ? STATUS_FAILED : STATUS_DONE;
}

/* The manager's answer: by the key alone, if that is no good already. */
static enum status
converse(struct session *session, const struct arguments *a,
    const struct verify *verify, struct cli_verify_rep *reply)
{
	struct cli_key_req req;
	struct cli_key_rep keys;

	if (publisher_request(&req, a, a->user != NULL ? a->user : "") < 0)
		return STATUS_FAILED;
	enum status status = session_key(session, &req, verify->key, &keys);
	if (status != STATUS_DONE)
		return status;
	*reply = (struct cli_verify_rep){ .why = keys.why,
	    .detail = session->key_detail };
	if (keys.why == WHY_NONE)
		status = session_verify(session, &verify->req, verify->data,
		    verify->signature, reply);
	return status;
}

static enum status
ask(const struct arguments *a, const struct verify *verify)
{
	struct cli_verify_rep reply;
	struct session session;
	enum status status = session_start(&session, a, NULL, -1, NULL,
	    NULL);

	if (status != STATUS_DONE)
		return status;
	status = converse(&session, a, verify, &reply);
	if (status != STATUS_INTERRUPTED)
		status = status_worse(status, session_end(&session));
	if (status != STATUS_DONE)
		return status;
	struct reason reason = { reply.why, reply.detail, 0 };
	return reply.why == WHY_NONE ? report_good(a, verify, &reply) :
	    report_bad(a, verify, &reason);
}

enum status
verify_run(const struct arguments *a)
{
	struct verify verify = { .file = a->words[0], .data = -1,
	    .signature = -1, .key = -1 };

	if ((a->user == NULL) == (a->key == NULL)) {
		complain("verify: whose key? --user NAME or --key FILE");
		return STATUS_USAGE;
	}
	enum status status = open_data(&verify);
	if (status == STATUS_DONE)
		status = open_key(a, &verify);
	if (status == STATUS_DONE)
		status = open_signature(a, &verify);
	if (status == STATUS_DONE)
		status = ask(a, &verify);
	verify_fini(&verify);
	return status;
}

/*
 * explain: why an archive is or is not trusted, link by link of the chain.
 *
 * What lies in public/ is verified once more, by the manager and with today's
 * keys and terms; what was refused by one engine alone lies in quarantine, and
 * is looked at likewise.  Of an archive whose packed form is gone only the
 * receipt is left, which says how it was when it was installed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/accepted.h"
#include "cli/catalog.h"
#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/json.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/publisher.h"
#include "cli/receipts.h"
#include "cli/terms.h"
#include "cli/text.h"
#include "cli/userfile.h"
#include "depot/gate.h"
#include "depot/sha256.h"
#include "depot/store.h"
#include "rpc/buffer.h"
#include "rpc/cap.h"

/* The chain's links, in the order in which they are tried. */
enum part { PART_ARCHIVE, PART_GATE, PART_BINDING, PART_CATALOG, PART_ENGINES,
	    PART_KEY, PART_POLICY, PARTS };
enum finding { FINDING_NONE, FINDING_GOOD, FINDING_BAD };

static const char *const part_words[PARTS] = { "archive", "gate", "binding",
	    "catalog", "engines", "key", "policy" };
static const char *const finding_words[] = { "none", "good", "bad" };

struct explanation {
	const struct arguments *arguments;
	struct root	 root;
	struct depot_path path;
	struct receipt_text receipt;	/* size 0: not installed */
	int		 data, signature;	/* owned; -1: not there */
	char		 digest[2 * SHA256_SIZE + 1];	/* of data; "" */
	struct gate_facts facts;
	bool		 gated;
	struct terms	 terms;
	struct {
		enum finding	finding;
		char		text[512];
	} parts[PARTS];
};

static void __attribute__((format(printf, 4, 5)))
find(struct explanation *e, enum part part, enum finding finding,
    const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	e->parts[part].finding = finding;
	vsnprintf(e->parts[part].text, sizeof(e->parts[part].text), format,
	    rest);
	va_end(rest);
}

/* ---- the archive: where it is ---- */

static int
file_open(int dir, const char *name)
{
	struct stat st;
	CLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return -1;
	int out = fd;
	fd = -1;
	return out;
}

static int
digest_take(int fd, char digest[2 * SHA256_SIZE + 1])
{
	uint8_t block[65536], bytes[SHA256_SIZE];
	SHA2_CTX hash;
	off_t at = 0;
	ssize_t n;

	SHA256Init(&hash);
	while ((n = pread(fd, block, sizeof(block), at)) > 0) {
		SHA256Update(&hash, block, (size_t)n);
		at += n;
	}
	SHA256Final(bytes, &hash);
	sha256_hex(bytes, sizeof(bytes), digest);
	return n < 0 ? -errno : 0;
}

/* In public/, else among what engines disagreed about. */
static const char *
files_open(struct explanation *e)
{
	char name[STORE_NAME], flat[DEPOT_PATH_MAX + 1];
	CLOSE int public = root_open(&e->root, "public");
	const char *suffix = depot_path_suffix(&e->path);

	if (public < 0)
		return NULL;
	snprintf(name, sizeof(name), "%s%s", e->path.text, suffix);
	e->data = file_open(public, name);
	snprintf(name, sizeof(name), "%s%s.sig", e->path.text, suffix);
	e->signature = file_open(public, name);
	if (e->data != -1)
		return "in public/";
	cap_close_fd(&e->signature);
	depot_path_flat(&e->path, flat);
	evidence_name(name, flat, false);
	e->data = file_open(public, name);
	evidence_name(name, flat, true);
	e->signature = file_open(public, name);
	return e->data != -1 ? "refused, kept in public/.airlock/" : NULL;
}

static void
archive_find(struct explanation *e)
{
	const char *where = files_open(e);
	char installed[RECEIPT_MAX], when[TEXT_SHORT];

	if (e->data != -1 && digest_take(e->data, e->digest) < 0)
		e->digest[0] = '\0';
	receipt_value(&e->receipt, "sha256", installed);
	text_time(when, receipt_number(&e->receipt, "installed"));
	if (e->receipt.size == 0 && where == NULL)
		find(e, PART_ARCHIVE, FINDING_NONE, "neither installed nor in "
		    "public/: nothing is known about it");
	else if (e->receipt.size == 0)
		find(e, PART_ARCHIVE, FINDING_GOOD, "%s, SHA-256 %s, not "
		    "installed", where, e->digest);
	else if (where == NULL)
		find(e, PART_ARCHIVE, FINDING_GOOD, "installed %s, SHA-256 %s; "
		    "what follows is its receipt's word", when, installed);
	else if (strcmp(installed, e->digest) == 0)
		find(e, PART_ARCHIVE, FINDING_GOOD, "installed %s, and the "
		    "same %s: SHA-256 %s", when, where, e->digest);
	else
		find(e, PART_ARCHIVE, FINDING_BAD, "installed %s as %s, but %s "
		    "lies %s", when, installed, where, e->digest);
}

/* ---- gate and binding: what the signature is ---- */

static void
gate_find(struct explanation *e)
{
	uint8_t sig[GATE_MAX + 1];
	ssize_t n = pread(e->signature, sig, sizeof(sig), 0);
	size_t first = n < 0 ? 0 : gate_packet(sig, (size_t)n);
	/* Of several, where several have to sign, the first one is shown. */
	enum gate gate = n < 0 ? GATE_EMPTY : gate_check(sig,
	    first != 0 && e->terms.threshold > 1 ? first : (size_t)n,
	    &e->facts);

	e->gated = gate == GATE_PASS;
	if (e->gated)
		find(e, PART_GATE, FINDING_GOOD, "%s, version %u, %s with %s",
		    first == (size_t)n ? "one signature packet" :
		    "signature packets", e->facts.version,
		    openpgp_key_algorithm(e->facts.algorithm),
		    openpgp_hash_algorithm(e->facts.hash));
	else
		find(e, PART_GATE, FINDING_BAD, "%s", gate_text(gate));
}

static void
binding_find(struct explanation *e)
{
	enum finding none = e->terms.require_binding ? FINDING_BAD :
	    FINDING_NONE;

	if (!e->gated)
		return;
	if (e->facts.path[0] == '\0')
		find(e, PART_BINDING, none, "the signature names no path: "
		    "another archive of this publisher would pass for it");
	else if (strcmp(e->facts.path, e->path.text) == 0)
		find(e, PART_BINDING, FINDING_GOOD, "the signature names this "
		    "path");
	else
		find(e, PART_BINDING, FINDING_BAD, "the signature is for %s",
		    e->facts.path);
}

/* ---- catalog ---- */

static void
catalog_judge(struct explanation *e, const struct catalog *catalog)
{
	char digest[2 * SHA256_SIZE + 1], installed[RECEIPT_MAX];
	struct catalog_entry entry;
	uintmax_t serial = catalog->head.serial;
	size_t at;

	receipt_value(&e->receipt, "sha256", installed);
	if (!catalog_find(catalog, e->path.text, &entry, &at)) {
		find(e, PART_CATALOG, FINDING_BAD, "serial %ju does not list "
		    "it", serial);
		return;
	}
	sha256_hex(entry.digest, sizeof(entry.digest), digest);
	const char *have = e->digest[0] != '\0' ? e->digest : installed;
	if (strcmp(digest, have) != 0)
		find(e, PART_CATALOG, FINDING_BAD, "serial %ju lists it with "
		    "another digest, %s", serial, digest);
	else
		find(e, PART_CATALOG, FINDING_GOOD, "serial %ju lists it with "
		    "this digest%s", serial,
		    catalog->head.expires < time(NULL) ?
		    "; it has expired" : "");
}

static void
catalog_look(struct explanation *e)
{
	CLOSE int dir = root_open(&e->root, ACCEPTED);
	struct catalog catalog = { .text = NULL };
	int error = dir < 0 ? dir : catalog_open(&catalog, dir, e->path.user);

	if (error == 0)
		catalog_judge(e, &catalog);
	else if (error == -ENOENT)
		find(e, PART_CATALOG, FINDING_NONE, "none of this publisher's "
		    "is known");
	else
		find(e, PART_CATALOG, FINDING_BAD, "the one that was accepted "
		    "cannot be read");
	catalog_close(&catalog);
}

/* ---- engines, key, policy: the manager's word of today ---- */

/* Which link a reason is about. */
static enum part
part_of(enum cli_why why)
{
	switch (why) {
	case WHY_GATE:
	case WHY_WEAK:
		return PART_GATE;
	case WHY_OTHER_PATH:
	case WHY_UNBOUND:
		return PART_BINDING;
	case WHY_NO_KEY:
	case WHY_BAD_KEY:
	case WHY_OTHER_KEY:
	case WHY_EXPIRED:
	case WHY_REVOKED:
	case WHY_WINDOW:
		return PART_KEY;
	case WHY_FEW:
	case WHY_TERMS:
		return PART_POLICY;
	default:
		return PART_ENGINES;
	}
}

static void
refusal_find(struct explanation *e, enum cli_why why, uint32_t detail)
{
	const struct reason reason = { why, detail, 0 };
	const char *state = state_word(why_state(why));
	char text[400];

	/* "untrusted: " is what all of this says. */
	reason_text(text, sizeof(text), &reason);
	size_t skip = strncmp(text, state, strlen(state)) == 0 ?
	    strlen(state) + strlen(": ") : 0;
	find(e, part_of(why), FINDING_BAD, "%s", text + skip);
	if (part_of(why) > PART_ENGINES)
		find(e, PART_ENGINES, FINDING_NONE, "asked");
}

static void
verdict_find(struct explanation *e, const struct cli_verify_rep *reply)
{
	char fpr[FPR_TEXT], primary[FPR_TEXT], when[TEXT_SHORT];

	if (reply->why != WHY_NONE) {
		refusal_find(e, (enum cli_why)reply->why, reply->detail);
		return;
	}
	fpr_text(fpr, reply->fpr, reply->fpr_size);
	fpr_text(primary, reply->primary, reply->fpr_size);
	text_time(when, reply->created);
	find(e, PART_ENGINES, FINDING_GOOD, "gpgme%s: good, over these bytes",
	    e->terms.quorum > 1 ? " and sequoia" : "");
	find(e, PART_KEY, FINDING_GOOD, "%s%s%s, signed %s", fpr,
	    strcmp(fpr, primary) == 0 ? "" : ", a subkey of ",
	    strcmp(fpr, primary) == 0 ? "" : primary, when);
}

static enum status
converse(struct explanation *e, struct session *session, int key)
{
	struct cli_verify_rep reply = { 0 };
	struct cli_verify_req verify = { 0 };
	struct cli_key_rep keys;
	struct cli_key_req req;
	struct stat st;
	CLOSE int sealed = buffer_seal_file(e->signature, (size_t)4 * GATE_MAX);

	if (publisher_request(&req, e->arguments, e->path.user) < 0) {
		refusal_find(e, WHY_TERMS, 0);
		return STATUS_DONE;
	}
	/* The binding is judged here, against this path. */
	req.flags &= ~(uint32_t)CLI_REQUIRE_BINDING;
	if (sealed < 0 || fstat(e->data, &st) == -1)
		return STATUS_FAILED;
	verify.size = (uint64_t)st.st_size;
	enum status status = session_key(session, &req, key, &keys);
	if (status == STATUS_DONE && keys.why != WHY_NONE)
		reply.why = keys.why;
	else if (status == STATUS_DONE)
		status = session_verify(session, &verify, e->data, sealed,
		    &reply);
	if (status == STATUS_DONE)
		verdict_find(e, &reply);
	return status;
}

static enum status
verdict_ask(struct explanation *e)
{
	struct session session;
	CLOSE int dir = userdir_open(&e->root, e->path.user);
	CLOSE int key = dir < 0 || faccessat(dir, USER_KEY, F_OK, 0) == -1 ?
	    -1 : keyfile_open(dir, USER_KEY, USER_KEY);

	if (key < 0) {
		refusal_find(e, WHY_NO_KEY, 0);
		return STATUS_DONE;
	}
	enum status status = session_start(&session, e->arguments, NULL, -1,
	    NULL, NULL);
	if (status == STATUS_DONE) {
		status = converse(e, &session, key);
		enum status ended = session_end(&session);
		if (status != STATUS_INTERRUPTED)
			status = status_worse(status, ended);
	}
	return status;
}

/* ---- engines, key, policy: the receipt's word ---- */

static void
receipt_find(struct explanation *e)
{
	char state[RECEIPT_MAX], key[RECEIPT_MAX], binding[RECEIPT_MAX];
	char when[TEXT_SHORT];

	receipt_value(&e->receipt, "state", state);
	receipt_value(&e->receipt, "key", key);
	receipt_value(&e->receipt, "binding", binding);
	text_time(when, receipt_number(&e->receipt, "signed"));
	if (strcmp(state, "verified") != 0) {
		find(e, PART_ENGINES, FINDING_BAD, "verification was waived: "
		    "nobody vouches for it");
		return;
	}
	find(e, PART_GATE, FINDING_GOOD, "passed when it was installed");
	find(e, PART_BINDING, strcmp(binding, "none") == 0 ||
	    binding[0] == '\0' ? FINDING_NONE : FINDING_GOOD, "by %s",
	    binding[0] == '\0' ? "nothing" : binding);
	find(e, PART_ENGINES, FINDING_GOOD, "%s: good",
	    receipt_has(&e->receipt, "engine", "sequoia") ?
	    "gpgme and sequoia" : "gpgme");
	find(e, PART_KEY, FINDING_GOOD, "%s, signed %s", key, when);
}

static void
policy_find(struct explanation *e)
{
	char asked[RECEIPT_MAX], exceptions[RECEIPT_MAX];

	if (e->parts[PART_POLICY].finding != FINDING_NONE)
		return;
	receipt_value(&e->receipt, "policy", asked);
	receipt_value(&e->receipt, "exceptions", exceptions);
	find(e, PART_POLICY, FINDING_GOOD, "quorum %ju, threshold %ju%s%s%s%s"
	    "%s%s", (uintmax_t)e->terms.quorum, (uintmax_t)e->terms.threshold,
	    e->terms.require_binding ? ", binding required" : "",
	    e->terms.old_algorithms ? ", OLD ALGORITHMS accepted" : "",
	    asked[0] == '\0' ? "" : "; when installed ", asked,
	    exceptions[0] == '\0' ? "" : "; exceptions: ", exceptions);
}

/* ---- what is said ---- */

/* Links that are good do not mend one that is not; without a key's word there
 * is no trust. */
static enum finding
verdict(const struct explanation *e)
{
	for (size_t i = 0; i < PARTS; i++)
		if (e->parts[i].finding == FINDING_BAD)
			return FINDING_BAD;
	return e->parts[PART_KEY].finding;
}

static void
explanation_say(const struct explanation *e)
{
	static const char *const words[] = { "unknown", "trusted",
	    "NOT trusted" };
	static const char *const marks[] = { "-", "+", "!" };

	say("%s: %s", e->path.text, words[verdict(e)]);
	for (size_t i = 0; i < PARTS; i++)
		say("  %s %-8s  %s", marks[e->parts[i].finding], part_words[i],
		    e->parts[i].text[0] == '\0' ? "not reached" :
		    e->parts[i].text);
}

static void
explanation_json(const struct explanation *e)
{
	static const char *const words[] = { "unknown", "trusted",
	    "untrusted" };

	json_begin("explain");
	json_text("path", e->path.text);
	json_text("verdict", words[verdict(e)]);
	json_bool("installed", e->receipt.size > 0);
	for (size_t i = 0; i < PARTS; i++) {
		json_object(part_words[i]);
		json_text("finding", finding_words[e->parts[i].finding]);
		json_text("text", e->parts[i].text);
		json_object_end();
	}
	json_end();
}

static enum status
explain(struct explanation *e)
{
	enum status status = terms_read(&e->terms, &e->root, e->arguments,
	    e->path.user);

	if (status != STATUS_DONE)
		return status;
	archive_find(e);
	catalog_look(e);
	if (e->receipt.size > 0 && (e->data == -1 || e->signature == -1)) {
		receipt_find(e);
	} else if (e->data != -1 && e->signature == -1 &&
	    e->parts[PART_CATALOG].finding == FINDING_GOOD) {
		find(e, PART_KEY, FINDING_GOOD, "the one that has signed the "
		    "catalog, when that was accepted");
	} else if (e->data != -1 && e->signature == -1) {
		find(e, PART_GATE, FINDING_BAD, "there is no signature beside "
		    "it");
	} else if (e->data != -1) {
		gate_find(e);
		binding_find(e);
		status = verdict_ask(e);
	}
	policy_find(e);
	return status;
}

enum status
explain_run(const struct arguments *a)
{
	struct explanation e = { .arguments = a, .data = -1, .signature = -1 };
	enum status status = arguments_path(&e.path, a->words[0]);

	if (status != STATUS_DONE)
		return status;
	if (root_choose(&e.root, a) < 0)
		return STATUS_FAILED;
	CLOSE int receipts = root_open(&e.root, RECEIPTS);
	receipt_read(&e.receipt, receipts, &e.path);
	status = explain(&e);
	cap_close_fd(&e.data);
	cap_close_fd(&e.signature);
	if (status != STATUS_DONE)
		return status;
	if (a->json)
		explanation_json(&e);
	else
		explanation_say(&e);
	return verdict(&e) == FINDING_GOOD ? STATUS_DONE :
	    verdict(&e) == FINDING_BAD ? STATUS_UNTRUSTED : STATUS_UNAVAILABLE;
}

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/moment.h"
#include "cli/terms.h"
#include "cli/user_policy.h"
#include "cli/userfile.h"
#include "rpc/cap.h"

static void
moment_say(char text[MOMENT_TEXT], int64_t seconds, const char *open)
{
	if (seconds == 0)
		snprintf(text, MOMENT_TEXT, "%s", open);
	else
		moment_text(text, seconds);
}

void
terms_say(const struct terms *terms)
{
	char from[MOMENT_TEXT], until[MOMENT_TEXT];

	say("terms   %ju engine%s must agree, %ju key%s must have signed",
	    (uintmax_t)terms->quorum, terms->quorum == 1 ? "" : "s",
	    (uintmax_t)terms->threshold, terms->threshold == 1 ? "" : "s");
	if (terms->require_binding)
		say("        signatures have to name their path");
	if (terms->own_signatures)
		say("        own signatures, also where a catalog vouches");
	if (terms->old_algorithms)
		say("        OLD ALGORITHMS (SHA-1, DSA, short RSA) are "
		    "accepted");
	for (size_t i = 0; i < terms->nwindows; i++) {
		const struct terms_window *window = &terms->windows[i];
		moment_say(from, window->from, "ever");
		moment_say(until, window->until, "ever");
		say("        %s counts from %s until %s", window->fpr, from,
		    until);
	}
}

void
terms_json(const struct terms *terms)
{
	json_object("terms");
	json_number("quorum", (int64_t)terms->quorum);
	json_number("threshold", (int64_t)terms->threshold);
	json_bool("require-binding", terms->require_binding);
	json_bool("own-signatures", terms->own_signatures);
	json_bool("old-algorithms", terms->old_algorithms);
	json_array("windows");
	for (size_t i = 0; i < terms->nwindows; i++) {
		json_object(NULL);
		json_text("fingerprint", terms->windows[i].fpr);
		json_number("from", terms->windows[i].from);
		json_number("until", terms->windows[i].until);
		json_object_end();
	}
	json_array_end();
	json_object_end();
}

/* "word=value"; of a key commas stand for blanks. */
static enum status
word_take(struct terms *terms, const char *text)
{
	char word[32], value[256];
	const char *equals = strchr(text, '=');

	if (equals != NULL && (size_t)(equals - text) < sizeof(word) &&
	    strlen(equals) < sizeof(value)) {
		snprintf(word, sizeof(word), "%.*s", (int)(equals - text),
		    text);
		strcpy(value, equals + 1);
		for (char *c = value; *c != '\0'; c++)
			*c = *c == ',' ? ' ' : *c;
		if (terms_set(terms, word, value) == 0)
			return STATUS_DONE;
	}
	complain("%s: these are no terms", text);
	advise("quorum=1|2, threshold=N, require-binding=yes|no, "
	    "own-signatures=yes|no, old-algorithms=yes|no");
	advise("key=FINGERPRINT,FROM,UNTIL; a time is 2026-01-31, "
	    "2026-01-31T23:59:59Z or '-'");
	return STATUS_USAGE;
}

static enum status
terms_change(struct terms *terms, const struct root *root,
    const struct arguments *a)
{
	enum status status = STATUS_DONE;

	for (size_t i = 1; i < a->nwords && status == STATUS_DONE; i++)
		status = word_take(terms, a->words[i]);
	if (status == STATUS_DONE && root_make(root) < 0)
		status = STATUS_FAILED;
	return status == STATUS_DONE ?
	    terms_write(terms, root, a->words[0]) : status;
}

enum status
user_policy_run(const struct arguments *a)
{
	const char *name = a->words[0];
	struct terms terms;
	struct root root;
	enum status status = user_root(&root, a, name);

	if (status == STATUS_DONE)
		status = terms_read(&terms, &root, a, name);
	if (status == STATUS_DONE && a->nwords > 1)
		status = terms_change(&terms, &root, a);
	if (status != STATUS_DONE)
		return status;
	if (a->json) {
		json_begin("policy");
		json_text("user", name);
		terms_json(&terms);
		json_end();
	} else if (!a->quiet) {
		say("%s", name);
		terms_say(&terms);
	}
	return STATUS_DONE;
}

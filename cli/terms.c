#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "cli/terms.h"
#include "cli/userfile.h"
#include "depot/hex.h"
#include "depot/lines.h"
#include "rpc/cap.h"

#define STATE		"state"		/* below ROOT */
#define REMEMBERED	"terms"		/* in it */
#define USERS		"etc/users"	/* below ROOT */

/* ---- words ---- */

static int
number_set(uint64_t *number, const char *value, uint64_t most)
{
	const struct slice text = { value, strlen(value) };
	uint64_t n;

	if (!decimal_parse(&text, &n) || n < 1 || n > most)
		return -EINVAL;
	*number = n;
	return 0;
}

static int
switch_set(bool *on, const char *value)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return -EINVAL;
	*on = yes;
	return 0;
}

static struct terms_window *
window_find(struct terms *terms, const char *fpr)
{
	for (size_t i = 0; i < terms->nwindows; i++)
		if (strcmp(terms->windows[i].fpr, fpr) == 0)
			return &terms->windows[i];
	return NULL;
}

/* An open window is none. */
static int
window_set(struct terms *terms, const struct terms_window *window)
{
	struct terms_window *old = window_find(terms, window->fpr);

	if (window->from != 0 && window->until != 0 &&
	    window->from >= window->until)
		return -EINVAL;
	if (window->from == 0 && window->until == 0) {
		if (old != NULL)
			*old = terms->windows[--terms->nwindows];
		return 0;
	}
	if (old == NULL && terms->nwindows == CLI_KEYS)
		return -ENOSPC;
	if (old == NULL)
		old = &terms->windows[terms->nwindows++];
	*old = *window;
	return 0;
}

/* "FPR FROM UNTIL" */
static int
key_set(struct terms *terms, const char *value)
{
	char fpr[FPR_TEXT], from[MOMENT_TEXT], until[MOMENT_TEXT];
	struct terms_window window = { 0 };
	int end = 0;

	if (sscanf(value, "%64s %31s %31s%n", fpr, from, until, &end) != 3 ||
	    value[end] != '\0' || fpr_parse(window.fpr, fpr) < 0 ||
	    (strcmp(from, "-") != 0 &&
	    moment_parse(from, &window.from) < 0) ||
	    (strcmp(until, "-") != 0 &&
	    moment_parse(until, &window.until) < 0))
		return -EINVAL;
	return window_set(terms, &window);
}

int
terms_set(struct terms *terms, const char *word, const char *value)
{
	if (strcmp(word, "quorum") == 0)
		return number_set(&terms->quorum, value, 2);
	if (strcmp(word, "threshold") == 0)
		return number_set(&terms->threshold, value, CLI_KEYS);
	if (strcmp(word, "require-binding") == 0)
		return switch_set(&terms->require_binding, value);
	if (strcmp(word, "own-signatures") == 0)
		return switch_set(&terms->own_signatures, value);
	if (strcmp(word, "old-algorithms") == 0)
		return switch_set(&terms->old_algorithms, value);
	return strcmp(word, "key") == 0 ? key_set(terms, value) : -ENOENT;
}

int
terms_close(struct terms *terms, const char *fpr, int64_t until)
{
	const struct terms_window *old = window_find(terms, fpr);
	struct terms_window window = { .until = until };

	strcpy(window.fpr, fpr);
	if (old != NULL)
		window.from = old->from;
	if (old != NULL && old->until != 0 && old->until < until)
		window.until = old->until;
	return window_set(terms, &window);
}

/* ---- text ---- */

static int
line_set(struct terms *terms, const struct slice *word,
    const struct slice *value)
{
	char name[32], text[FPR_TEXT + 2 * MOMENT_TEXT + 2];

	if (word->size >= sizeof(name) || value->size >= sizeof(text))
		return -EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)word->size, word->text);
	snprintf(text, sizeof(text), "%.*s", (int)value->size, value->text);
	return terms_set(terms, name, text) < 0 ? -EINVAL : 0;
}

int
terms_parse(struct terms *terms, const char *text, size_t size,
    unsigned int *line)
{
	struct lines lines = { .text = text, .size = size };
	struct slice word, value;
	int more = 1;

	for (*line = 1; (more = lines_next(&lines, &word, &value)) > 0;
	    (*line)++)
		if (line_set(terms, &word, &value) < 0)
			return -EINVAL;
	return more;
}

static void
moment_or_dash(char text[MOMENT_TEXT], int64_t seconds)
{
	if (seconds == 0)
		strcpy(text, "-");
	else
		moment_text(text, seconds);
}

char *
terms_print(const struct terms *terms, size_t *size)
{
	char *text = NULL, from[MOMENT_TEXT], until[MOMENT_TEXT];
	FILE *out = open_memstream(&text, size);

	if (out == NULL)
		return NULL;
	fprintf(out, "quorum %ju\nthreshold %ju\nrequire-binding %s\n"
	    "own-signatures %s\nold-algorithms %s\n",
	    (uintmax_t)terms->quorum, (uintmax_t)terms->threshold,
	    terms->require_binding ? "yes" : "no",
	    terms->own_signatures ? "yes" : "no",
	    terms->old_algorithms ? "yes" : "no");
	for (size_t i = 0; i < terms->nwindows; i++) {
		const struct terms_window *window = &terms->windows[i];
		moment_or_dash(from, window->from);
		moment_or_dash(until, window->until);
		fprintf(out, "key %s %s %s\n", window->fpr, from, until);
	}
	return fclose(out) == 0 ? text : NULL;
}

/* ---- of a ROOT ---- */

/* A line of the command line or of etc/settings. */
static void
defaults(struct terms *terms, const struct arguments *a)
{
	*terms = (struct terms){ .quorum = a->quorum,
	    .threshold = a->threshold, .require_binding = a->require_binding,
	    .own_signatures = a->own_signatures };
}

static enum status
users_read(struct terms *terms, const struct root *root, const char *name)
{
	struct content content = { 0 };
	unsigned int line = 0;
	CLOSE int dir = root_open(root, USERS);
	int error = dir < 0 ? dir : content_read(&content, dir, name);

	if (error == -ENOENT)
		return STATUS_DONE;
	if (error == 0)
		error = terms_parse(terms, content.text, content.size, &line);
	content_free(&content);
	if (error == 0)
		return STATUS_DONE;
	if (line > 0)
		complain("%s/" USERS "/%s:%u: not a line of a publisher's "
		    "terms", root->path, name, line);
	else
		complain("%s/" USERS "/%s: %s", root->path, name,
		    strerror(-error));
	return STATUS_FAILED;
}

enum status
terms_read(struct terms *terms, const struct root *root,
    const struct arguments *a, const char *name)
{
	struct arguments merged = *a;
	struct settings settings = { NULL };
	int error = settings_read(&settings, root, &merged);

	defaults(terms, &merged);
	settings_free(&settings);
	return error < 0 ? STATUS_FAILED : users_read(terms, root, name);
}

/* ---- what was asked for before: "first NAME QUORUM THRESHOLD" ---- */

static bool
remembered_parse(const struct slice *value, char name[CLI_NAME],
    struct terms *terms)
{
	char text[CLI_NAME + 32];
	unsigned int quorum, threshold;

	snprintf(text, sizeof(text), "%.*s", (int)value->size, value->text);
	if (sscanf(text, "%71s %1u %2u", name, &quorum, &threshold) != 3)
		return false;
	*terms = (struct terms){ .quorum = quorum, .threshold = threshold };
	return true;
}

static int
remembered_read(struct content *content, const struct root *root)
{
	CLOSE int dir = root_open(root, STATE);
	int error = dir < 0 ? dir : content_read(content, dir, REMEMBERED);

	return error == -ENOENT ? 0 : error;
}

/* 1: there is one for this name; 0: there is none; or -errno. */
static int
remembered_find(const struct root *root, const char *name, struct terms *terms)
{
	struct content content = { 0 };
	struct slice word, value;
	char known[CLI_NAME];
	int found = remembered_read(&content, root), more = 0;
	struct lines lines = { content.text, content.size, 0 };

	while (found == 0 && (more = lines_next(&lines, &word, &value)) > 0)
		found = !remembered_parse(&value, known, terms) ? -EINVAL :
		    strcmp(known, name) == 0;
	content_free(&content);
	return found == 0 ? more : found;
}

bool
terms_are_less(const struct terms *terms, const struct root *root,
    const char *name)
{
	struct terms first;
	int found = remembered_find(root, name, &first);

	if (found < 0) {
		complain("%s/" STATE "/" REMEMBERED ": %s", root->path,
		    strerror(-found));
		return true;
	}
	if (found == 0 || (terms->quorum >= first.quorum &&
	    terms->threshold >= first.threshold))
		return false;
	complain("%s: quorum %ju and threshold %ju were asked for at its first "
	    "use, now %ju and %ju", name, (uintmax_t)first.quorum,
	    (uintmax_t)first.threshold, (uintmax_t)terms->quorum,
	    (uintmax_t)terms->threshold);
	advise("if that is meant: airlock user policy %s quorum=%ju "
	    "threshold=%ju", name, (uintmax_t)terms->quorum,
	    (uintmax_t)terms->threshold);
	return true;
}

/* The file as it is, but for this name's line. */
static int
remembered_write(const struct root *root, const char *name,
    const struct terms *terms)
{
	struct content old = { 0 }, text = { 0 };
	struct slice word, value;
	struct terms known;
	char user[CLI_NAME];
	CLOSE int dir = root_open(root, STATE);
	int error = dir < 0 ? dir : remembered_read(&old, root);
	struct lines lines = { old.text, old.size, 0 };
	FILE *out = open_memstream(&text.text, &text.size);

	if (out == NULL)
		error = -ENOMEM;
	while (error == 0 && lines_next(&lines, &word, &value) > 0)
		if (remembered_parse(&value, user, &known) &&
		    strcmp(user, name) != 0)
			fprintf(out, "first %.*s\n", (int)value.size,
			    value.text);
	if (error == 0)
		fprintf(out, "first %s %ju %ju\n", name,
		    (uintmax_t)terms->quorum, (uintmax_t)terms->threshold);
	if (out != NULL && fclose(out) != 0 && error == 0)
		error = -ENOMEM;
	if (error == 0)
		error = content_write(&text, dir, REMEMBERED);
	content_free(&old);
	content_free(&text);
	return error;
}

int
terms_remember(const struct terms *terms, const struct root *root,
    const char *name)
{
	struct terms first;
	int found = remembered_find(root, name, &first);

	if (found < 0)
		return found;
	return found > 0 && first.quorum >= terms->quorum &&
	    first.threshold >= terms->threshold ? 0 :
	    remembered_write(root, name, terms);
}

enum status
terms_write(const struct terms *terms, const struct root *root,
    const char *name)
{
	struct content content = { NULL, 0 };
	struct terms first;
	CLOSE int dir = root_open(root, USERS);
	int error = dir < 0 ? dir : 0;

	content.text = terms_print(terms, &content.size);
	if (error == 0)
		error = content.text == NULL ? -ENOMEM :
		    content_write(&content, dir, name);
	/* Only if it was in use already: else its first use is to come. */
	if (error == 0 && remembered_find(root, name, &first) > 0)
		error = remembered_write(root, name, terms);
	content_free(&content);
	if (error == 0)
		return STATUS_DONE;
	complain("%s/" USERS "/%s: %s", root->path, name, strerror(-error));
	return error == -ENOSPC ? STATUS_NO_SPACE : STATUS_FAILED;
}

#include <stdio.h>
#include <string.h>

#include "cli/status.h"
#include "depot/gate.h"
#include "jail/jail.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

#define STATE_WORD(state, word) [state] = word,
static const char *const state_words[] = { CLI_STATES(STATE_WORD) };

struct why_row {
	enum cli_state	 state;
	const char	*word, *text;
};
#define WHY_ROW(why, state, word, text) [why] = { state, word, text },
static const struct why_row why_rows[] = { CLI_REASONS(WHY_ROW) };

_Static_assert(COUNT(state_words) == CLI_NSTATES, "a word for each state");
_Static_assert(COUNT(why_rows) == CLI_NWHYS, "a row for each reason");

/* From the most to the least severe. */
static const enum status severity[] = {
	STATUS_INTERRUPTED, STATUS_USAGE, STATUS_JAIL, STATUS_UNTRUSTED,
	STATUS_MALFORMED, STATUS_NO_SPACE, STATUS_UNAVAILABLE, STATUS_FAILED,
};

enum status
status_worse(enum status a, enum status b)
{
	for (size_t i = 0; i < COUNT(severity); i++)
		if (severity[i] == a || severity[i] == b)
			return severity[i];
	return a == STATUS_DONE && b == STATUS_DONE ? STATUS_DONE :
	    STATUS_FAILED;
}

enum status
status_of_why(enum cli_why why)
{
	if (why == WHY_SPACE)
		return STATUS_NO_SPACE;
	if (why == WHY_STOPPED)
		return STATUS_INTERRUPTED;
	switch (why_state(why)) {
	case CLI_UNAVAILABLE:
		return STATUS_UNAVAILABLE;
	case CLI_UNTRUSTED:
		return STATUS_UNTRUSTED;
	case CLI_MALFORMED:
	case CLI_EXHAUSTED:
		return STATUS_MALFORMED;
	case CLI_VIOLATED:
		return STATUS_JAIL;
	case CLI_FAILED:
		return STATUS_FAILED;
	default:
		return STATUS_DONE;
	}
}

bool
state_is_final(enum cli_state state)
{
	return state >= CLI_COMMITTED;
}

const char *
state_word(enum cli_state state)
{
	return state < CLI_NSTATES ? state_words[state] : "none";
}

enum cli_state
why_state(enum cli_why why)
{
	return why < CLI_NWHYS ? why_rows[why].state : CLI_FAILED;
}

const char *
why_word(enum cli_why why)
{
	return why < CLI_NWHYS ? why_rows[why].word : "none";
}

/* Who said what: the engine that objects (enum engine), shifted by 16 bits, and
 * what it objects to. */
static void
split_text(char *text, size_t size, unsigned int detail)
{
	static const char *const engines[] = { "gnupg", "sequoia" };
	unsigned int who = detail >> 16 & 1, why = detail & 0xffff;

	snprintf(text, size, " (%s: %s; %s: good)", engines[who],
	    why < CLI_NWHYS ? why_rows[why].text : "", engines[!who]);
}

/* What an unusual kernel or a container may lack of a level, and how to get it. */
static const struct {
	uint32_t	 layer;
	const char	*name, *how;
} layers[] = {
	{ JAIL_USER_NS, "user namespace", NULL },
	{ JAIL_MOUNT_NS, "mount namespace", NULL },
	{ JAIL_PID_NS, "pid namespace", "namespaces: sysctl "
	    "user.max_user_namespaces and, on Debian, "
	    "kernel.unprivileged_userns_clone must not forbid them, nor may a "
	    "container's profile" },
	{ JAIL_LANDLOCK, "Landlock", "Landlock: Linux 5.13, started with "
	    "lsm=landlock,..." },
};

/* Of a worker that was too weak: what it lacks; else the errno of what failed. */
static void
layers_text(char *text, size_t size, uint32_t detail)
{
	size_t at = 0;

	text[0] = '\0';
	if (detail != 0 && !(detail & REASON_LAYERS))
		snprintf(text, size, " (%s)", strerror((int)detail));
	for (size_t i = 0; detail & REASON_LAYERS && i < COUNT(layers); i++)
		if (!(detail & layers[i].layer) && at < size)
			at += (size_t)snprintf(text + at, size - at, "%s %s",
			    at == 0 ? " (without" : ",", layers[i].name);
	if (at > 0 && at + 1 < size)
		snprintf(text + at, size - at, ")");
}

/* What the number beside a reason says; "" if it says nothing. */
static void
detail_text(char *text, size_t size, const struct reason *reason)
{
	unsigned int detail = reason->detail;

	text[0] = '\0';
	if (reason->error != 0 && reason->why != WHY_SPACE)
		snprintf(text, size, " (%s)", strerror(reason->error));
	else if (reason->why == WHY_GATE || reason->why == WHY_WEAK)
		snprintf(text, size, " (%s)", gate_text((enum gate)detail));
	else if (reason->why == WHY_SPLIT)
		split_text(text, size, detail);
	else if (reason->why == WHY_JAIL)
		layers_text(text, size, detail);
	else if (reason->why == WHY_VIOLATION)
		snprintf(text, size, " (system call %d)", (int)detail);
	else if (detail == 0)
		return;
	else if (why_state(reason->why) == CLI_UNAVAILABLE)
		snprintf(text, size, " (HTTP status %u)", detail);
	else if (why_state(reason->why) == CLI_MALFORMED)
		snprintf(text, size, " (entry %u)", detail);
}

void
reason_text(char *text, size_t size, const struct reason *reason)
{
	char detail[160];

	detail_text(detail, sizeof(detail), reason);
	const char *what = reason->why < CLI_NWHYS ?
	    why_rows[reason->why].text : "";
	if (why_state(reason->why) == CLI_COMMITTED)
		snprintf(text, size, "%s", what);
	else
		snprintf(text, size, "%s: %s%s",
		    state_word(why_state(reason->why)), what, detail);
}

/* Advice: "%s" stands for the user, "%R" for ROOT. */
struct advice {
	enum cli_why	 why;
	const char	*text;
};
static const struct advice advices[] = {
	{ WHY_NO_KEY, "airlock user add %s --url URL --key FILE" },
	{ WHY_BAD_KEY,
	    "airlock user add %s --url URL --key FILE --replace" },
	{ WHY_NO_ORIGIN, "airlock user add %s --url URL --key FILE; or put "
	    "one URL a line into %R/depot/%s/download" },
	{ WHY_NO_DIRECTORY, "%R/depot/%s/download names it" },
	{ WHY_OFFLINE, "leave out --offline, or put the archive and its .sig "
	    "into %R/public" },
	{ WHY_NO_NETWORK, "check the connection; --offline installs what "
	    "lies in %R/public" },
	{ WHY_NO_ROUTE, "check the connection; --offline installs what lies in "
	    "%R/public" },
	{ WHY_NO_NAME, "check the URLs in %R/depot/%s/download, and the "
	    "connection" },
	{ WHY_REFUSED, "check the URLs in %R/depot/%s/download; a further line "
	    "names a mirror" },
	{ WHY_TIMEOUT, "try again, or add a mirror as a further line of "
	    "%R/depot/%s/download" },
	{ WHY_STALLED, "try again; --stall SECONDS waits longer" },
	{ WHY_CUT_OFF, "try again; what was fetched so far is kept" },
	{ WHY_ADDRESS, "if the server is meant to be in your own network, "
	    "name it by its address in %R/depot/%s/download" },
	{ WHY_CERTIFICATE, "--ca FILE names the certificates to trust" },
	{ WHY_NO_SIGNATURE, "only the publisher can sign it: tell them" },
	{ WHY_GATE, "only the publisher can sign it: tell them" },
	{ WHY_WEAK, "only the publisher can sign it again: tell them" },
	{ WHY_SPLIT, "do not use it: one of the engines is wrong, or was taken over; "
	    "archive and signature are kept in %R/public/.airlock.  If it is "
	    "an old key that Sequoia refuses: airlock user policy %s quorum=1" },
	{ WHY_NO_ENGINE, "install sqv (Debian's package is called so); without "
	    "it: airlock user policy %s quorum=1" },
	{ WHY_OTHER_PATH, "do not use it: its publisher signed it as another "
	    "archive, and somebody passes it off as this one" },
	{ WHY_ROLLBACK, "somebody may keep the newer one back; "
	    "--allow-rollback accepts it" },
	{ WHY_FROZEN, "check the clock; the publisher has forgotten to renew "
	    "it, or somebody keeps the newer one back; --allow-expired accepts "
	    "it" },
	{ WHY_WITHHELD, "somebody may keep it back; --allow-rollback does "
	    "without" },
	{ WHY_UNLISTED, "it was withdrawn, or never published; "
	    "--allow-unlisted goes by its own signature" },
	{ WHY_BAD_SIGNATURE, "do not use it: it was damaged on its way, or "
	    "somebody changed it" },
	{ WHY_OTHER_KEY, "if the publisher has a new key and you have checked "
	    "its fingerprint: airlock user add %s --url URL --key FILE "
	    "--replace" },
	{ WHY_EXPIRED, "ask the publisher for the renewed key, then: airlock "
	    "user add %s --url URL --key FILE --replace" },
	{ WHY_REVOKED, "ask the publisher for the new key, then: airlock user "
	    "add %s --url URL --key FILE --replace" },
	{ WHY_NO_VERDICT, "is gpg installed?" },
	{ WHY_VIOLATION, "keep the archive and report it; nothing of it was "
	    "installed" },
	{ WHY_LIED, "keep the archive and report it; nothing of it was "
	    "installed" },
	{ WHY_DIED, "keep the archive and report it; nothing of it was "
	    "installed" },
	{ WHY_SPACE, "make room in the file system of %R and run it again" },
	{ WHY_FOREIGN, "move the directory in %R/depot away and run it again" },
};

/* Append to text at *at, cut at size. */
static void
append(char *text, size_t size, size_t *at, const char *more, size_t length)
{
	for (size_t i = 0; i < length && *at + 1 < size; i++)
		text[(*at)++] = more[i];
	text[*at] = '\0';
}

static void
advice_expand(char *text, size_t size, const char *advice, const char *user,
    const char *root)
{
	size_t at = 0;

	for (const char *p = advice; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 's')
			append(text, size, &at, user, strlen(user));
		else if (p[0] == '%' && p[1] == 'R')
			append(text, size, &at, root, strlen(root));
		else {
			append(text, size, &at, p, 1);
			continue;
		}
		p++;
	}
}

/* How to get what is missing; or how to do without. */
static void
layers_advise(char *text, size_t size, uint32_t detail)
{
	size_t at = 0;

	for (size_t i = 0; detail & REASON_LAYERS && i < COUNT(layers); i++)
		if (!(detail & layers[i].layer) && layers[i].how != NULL &&
		    at < size)
			at += (size_t)snprintf(text + at, size - at, "%s; ",
			    layers[i].how);
	if (at < size)
		snprintf(text + at, size - at, "%s", detail & REASON_LAYERS ?
		    "or accept less by --require-jail=strong or basic "
		    "(airlock audit shows what can be had)" :
		    "airlock audit shows what can be had here");
}

void
reason_hint(char *text, size_t size, const struct reason *reason,
    const char *user, const char *root)
{
	text[0] = '\0';
	if (reason->why == WHY_JAIL)
		layers_advise(text, size, reason->detail);
	for (size_t i = 0; i < COUNT(advices); i++)
		if (advices[i].why == reason->why)
			advice_expand(text, size, advices[i].text, user, root);
}

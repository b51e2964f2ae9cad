#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"

#define AT(member)	offsetof(struct arguments, member)
#define INSTALL		OPTION_FOR(COMMAND_INSTALL)
#define MIRROR		OPTION_FOR(COMMAND_MIRROR)
#define SHOW		OPTION_FOR(COMMAND_SHOW)
#define CHECK		OPTION_FOR(COMMAND_CHECK)
#define DEPS		OPTION_FOR(COMMAND_DEPS)
#define STATUS		OPTION_FOR(COMMAND_STATUS)
#define LIST		OPTION_FOR(COMMAND_LIST)
#define REMOVE		OPTION_FOR(COMMAND_REMOVE)
#define GC		OPTION_FOR(COMMAND_GC)
#define VERIFY		OPTION_FOR(COMMAND_VERIFY)
#define AUDIT		OPTION_FOR(COMMAND_AUDIT)
#define USER_ADD	OPTION_FOR(COMMAND_USER_ADD)
#define USER_SUCCEED	OPTION_FOR(COMMAND_USER_SUCCEED)
#define USER_SHOW	OPTION_FOR(COMMAND_USER_SHOW)
#define USER_REMOVE	OPTION_FOR(COMMAND_USER_REMOVE)
#define PUBLISH		OPTION_FOR(COMMAND_PUBLISH)

#define SERIAL_MAX	UINT64_C(999999999999999999)	/* that a catalog can say */

#define FLAG(name, member, commands, help)				\
	{ name, NULL, OPTION_FLAG, AT(member), 0, 0, commands, false, help }
#define TEXT(name, value, member, commands, setting, help)		\
	{ name, value, OPTION_TEXT, AT(member), 0, 0, commands, setting, help }
/* What fetches and verifies. */
#define FETCH		(INSTALL | MIRROR)
/* A number is a limit or a tuning of that, and a setting. */
#define NUMBER(name, value, member, min, max, help)			\
	{ name, value, OPTION_NUMBER, AT(member), min, max, FETCH, true,	\
	    help }
#define SIZE(name, member, help)					\
	{ name, "SIZE", OPTION_SIZE, AT(member), 1, INT64_MAX, FETCH, true, \
	    help }

/* A budget of workers, for all that have any. */
#define JAILED								\
	(FETCH | VERIFY | USER_ADD | USER_SHOW | USER_SUCCEED | PUBLISH)
#define BUDGET(name, value, kind, member, min, max, help)		\
	{ name, value, kind, AT(member), min, max, JAILED, true, help }

const struct option option_table[] = {
	TEXT("root", "DIR", root, OPTION_FOR_ALL, false,
	    "where the depot is"),
	FLAG("json", json, OPTION_FOR_ALL, "one JSON object a line"),
	FLAG("quiet", quiet, OPTION_FOR_ALL, "only say what failed"),
	TEXT("ca", "FILE", ca, OPTION_FOR_ALL, true,
	    "certificates to trust, PEM"),
	FLAG("help", help, OPTION_FOR_ALL, "what a command does"),
	FLAG("version", version, OPTION_FOR_ALL, "the version"),

	TEXT("arch", "ARCH", arch, FETCH | SHOW | DEPS | STATUS,
	    true,
	    "architecture of bin archives (this machine's)"),
	FLAG("source", source, FETCH | SHOW | DEPS,
	    "also the src archives and the api archives they use"),
	FLAG("dbg", dbg, FETCH | SHOW | DEPS,
	    "also the dbg archives of bin archives"),
	TEXT("format", "FORMAT", format, FETCH, false,
	    "of images: tar.xz, or img.xz or zip, which are kept packed"),
	TEXT("file", "FILE", file, INSTALL, false,
	    "also what this install description names, XML or HID"),
	TEXT("lock", "FILE", lock, INSTALL, false,
	    "write down exactly what is installed then: paths, digests, keys"),
	TEXT("locked", "FILE", locked, INSTALL, false,
	    "install exactly that, or fail"),
	FLAG("offline", offline, INSTALL,
	    "use no network, only what lies in ROOT/public"),
	FLAG("dry-run", dry_run, INSTALL | REMOVE | GC,
	    "only say what would be done"),
	NUMBER("jobs", "N", jobs, 1, OPTIONS_JOBS, "archives at a time (4)"),
	NUMBER("stall", "SECONDS", stall, 1, 3600,
	    "give up a transfer that brings nothing for so long (30)"),
	NUMBER("retries", "N", retries, 0, 100,
	    "attempts after the first (3)"),
	BUDGET("max-memory", "SIZE", OPTION_SIZE, max_memory, 1, INT64_MAX,
	    "of one worker (256M to 2G, by its kind)"),
	BUDGET("max-memory-total", "SIZE", OPTION_SIZE, max_memory_total, 1,
	    INT64_MAX, "of all workers together, in a control group (8G)"),
	BUDGET("max-cpu", "SECONDS", OPTION_NUMBER, max_cpu, 1, 1000000,
	    "processor time of a worker for one archive (600)"),
	BUDGET("max-processes", "N", OPTION_NUMBER, max_processes, 4, 100000,
	    "of one worker (64), of all in a control group (1024)"),
	NUMBER("max-silence", "SECONDS", max_silence, 1, 86400,
	    "while an archive is unpacked, without progress (60)"),
	SIZE("max-size", max_size, "of an archive as fetched (4G)"),
	SIZE("max-unpacked", max_unpacked, "of an archive unpacked (16G)"),
	NUMBER("max-entries", "N", max_entries, 1, UINT32_MAX,
	    "of an archive (1000000)"),
	NUMBER("max-ratio", "N", max_ratio, 1, UINT32_MAX,
	    "of unpacked to fetched size (1000)"),
	{ "require-jail", "LEVEL", OPTION_LEVEL, AT(level), 0, 0, JAILED, true,
	    "full, strong or basic: refuse less (strong)" },
	FLAG("no-proxy", no_proxy, FETCH,
	    "connect directly, whatever http_proxy says"),

	FLAG("allow-rollback", allow_rollback, FETCH,
	    "accept an older catalog than was seen before, or none at all"),
	FLAG("allow-expired", allow_expired, FETCH,
	    "accept a catalog that has expired"),
	FLAG("allow-unlisted", allow_unlisted, FETCH,
	    "accept archives that their publisher's catalog does not list"),
	FLAG("stats", stats, FETCH | VERIFY,
	    "what each process used"),

	FLAG("named", named, LIST,
	    "only what somebody named, no dependencies"),
	FLAG("packed", packed, CHECK,
	    "also what is kept in ROOT/public, against the receipts"),
	FLAG("cascade", cascade, REMOVE, "also what needs it"),
	FLAG("dot", dot, DEPS, "as a graph for Graphviz, not as a tree"),

	TEXT("signature", "SIG", signature, VERIFY | USER_SUCCEED, false,
	    "the signature (FILE.sig, else FILE.asc)"),
	TEXT("user", "NAME", user, VERIFY, false,
	    "check against this user's key in ROOT"),
	TEXT("key", "FILE", key, VERIFY | USER_ADD | USER_SUCCEED | PUBLISH, false,
	    "the publisher's public key, ASCII-armored; of publish: ID, the "
	    "key that signs, as gpg knows it"),

	{ "quorum", "N", OPTION_NUMBER, AT(quorum), 1, 2, VERIFY, true,
	    "engines that must agree: 1 or 2 (1)" },
	{ "threshold", "N", OPTION_NUMBER, AT(threshold), 1, CLI_KEYS, VERIFY,
	    true, "distinct keys that must have signed (1)" },
	{ "require-binding", NULL, OPTION_FLAG, AT(require_binding), 0, 0,
	    VERIFY, true, "refuse signatures that do not name their path" },
	{ "own-signatures", NULL, OPTION_FLAG, AT(own_signatures), 0, 0,
	    VERIFY, true, "also of archives that a catalog vouches for" },
	TEXT("as-of", "TIME", as_of, VERIFY, false,
	    "judge as at that time: 2026-01-31, 2026-01-31T23:59:59Z, @N"),

	FLAG("attack", attack, AUDIT,
	    "try forbidden acts in each jail, and without one"),
	TEXT("html", "FILE", html, AUDIT, false,
	    "write a page for a browser instead"),

	FLAG("no-catalog", no_catalog, PUBLISH, "make no catalog"),
	{ "serial", "N", OPTION_NUMBER, AT(serial), 1, SERIAL_MAX, PUBLISH,
	    false, "of the catalog (one more than the one that is there)" },
	{ "expires", "DAYS", OPTION_NUMBER, AT(expires), 1, 36500, PUBLISH,
	    false, "the catalog is good for so long (90)" },

	{ "url", "URL", OPTION_URL, AT(urls), 0, 0, USER_ADD | MIRROR, false,
	    "where the archives are; again for another source" },
	TEXT("fingerprint", "FPR", fingerprint, USER_ADD, false,
	    "refuse a key with any other fingerprint"),
	FLAG("replace", replace, USER_ADD, "replace a different key"),
	FLAG("force", force, USER_REMOVE | PUBLISH | REMOVE,
	    "also while archives of the user are installed; of publish: "
	    "replace what is published; of remove: what airlock did not "
	    "install"),
};
const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= 64,
    "a bit in `given` for each");

static const struct {
	const char	*word;
	enum cli_level	 level;
} levels[] = {
	{ "basic", CLI_BASIC },
	{ "strong", CLI_STRONG },
	{ "full", CLI_FULL },
};

void
arguments_init(struct arguments *a)
{
	*a = (struct arguments){
		.jobs = 4, .stall = 30, .retries = 3, .quorum = 1,
		.threshold = 1,
		.max_size = UINT64_C(4) << 30,
		.max_unpacked = UINT64_C(16) << 30,
		.max_entries = 1000000, .max_ratio = 1000,
		.max_memory_total = UINT64_C(8) << 30, .max_silence = 60,
		.level = CLI_STRONG, .expires = 90,
	};
}

const struct option *
option_find(const char *name, size_t size)
{
	for (size_t i = 0; i < option_count; i++)
		if (strlen(option_table[i].name) == size &&
		    memcmp(option_table[i].name, name, size) == 0)
			return &option_table[i];
	return NULL;
}

static uint64_t
option_bit(const struct option *option)
{
	return UINT64_C(1) << (option - option_table);
}

bool
option_given(const struct arguments *a, const struct option *option)
{
	return a->given & option_bit(option);
}

/* Digits, at most one suffix that the kind allows, and nothing else. */
static int
number_parse(const struct option *option, const char *text, uint64_t *number)
{
	static const char suffixes[] = "KMG";
	unsigned int shift = 0;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	uintmax_t n = strtoumax(text, &end, 10);
	if (errno != 0)
		return -ERANGE;
	if (option->kind == OPTION_SIZE && *end != '\0') {
		const char *suffix = strchr(suffixes, *end++);
		if (suffix == NULL)
			return -EINVAL;
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
	}
	if (*end != '\0')
		return -EINVAL;
	if (n > option->max >> shift || n << shift < option->min)
		return -ERANGE;
	*number = (uint64_t)n << shift;
	return 0;
}

static int
level_parse(const char *text, uint64_t *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(levels[i].word, text) != 0)
			continue;
		*level = levels[i].level;
		return 0;
	}
	return -EINVAL;
}

static int
url_append(struct arguments *a, const char *text)
{
	if (a->nurls == OPTIONS_URLS)
		return -ERANGE;
	a->urls[a->nurls++] = text;
	return 0;
}

int
option_set(struct arguments *a, const struct option *option, const char *text)
{
	void *member = (char *)a + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		if (text != NULL && strcmp(text, "yes") != 0 &&
		    strcmp(text, "no") != 0)
			return -EINVAL;
		*(bool *)member = text == NULL || text[0] == 'y';
		return 0;
	case OPTION_TEXT:
		*(const char **)member = text;
		return text[0] == '\0' ? -EINVAL : 0;
	case OPTION_NUMBER:
	case OPTION_SIZE:
		return number_parse(option, text, member);
	case OPTION_LEVEL:
		return level_parse(text, member);
	case OPTION_URL:
		return url_append(a, text);
	}
	return -EINVAL;
}

void
option_expects(const struct option *option, char *text, size_t size)
{
	switch (option->kind) {
	case OPTION_NUMBER:
		snprintf(text, size, "a number from %" PRIu64 " to %" PRIu64,
		    option->min, option->max);
		return;
	case OPTION_SIZE:
		snprintf(text, size, "bytes, or a number with K, M or G");
		return;
	case OPTION_FLAG:
		snprintf(text, size, "yes or no");
		return;
	case OPTION_LEVEL:
		snprintf(text, size, "full, strong or basic");
		return;
	case OPTION_URL:
		snprintf(text, size, "a URL, at most %d times", OPTIONS_URLS);
		return;
	default:
		snprintf(text, size, "%s", option->value);
	}
}

/* The value: after '=', or the next argument, which *i then moves to. */
static const char *
option_value(int argc, char **argv, int *i)
{
	const char *equals = strchr(argv[*i], '=');

	if (equals != NULL)
		return equals + 1;
	if (*i + 1 == argc)
		return NULL;
	return argv[++*i];
}

static int
option_parse(struct arguments *a, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2;
	size_t size = strcspn(name, "=");
	const struct option *option = strcmp(argv[*i], "-h") == 0 ?
	    option_find("help", 4) : option_find(name, size);
	const char *value = NULL;
	char expects[80];

	if (option == NULL) {
		complain("%s: unknown option", argv[*i]);
		advise("airlock help COMMAND lists a command's options");
		return -EINVAL;
	}
	if (option->kind == OPTION_FLAG && name[size] == '=') {
		complain("--%s takes no value", option->name);
		return -EINVAL;
	}
	option_expects(option, expects, sizeof(expects));
	if (option->kind != OPTION_FLAG &&
	    (value = option_value(argc, argv, i)) == NULL) {
		complain("--%s needs a value: %s", option->name, expects);
		return -EINVAL;
	}
	if (option_set(a, option, value) < 0) {
		complain("--%s %s: it must be %s", option->name, value,
		    expects);
		return -EINVAL;
	}
	a->given |= option_bit(option);
	return 0;
}

int
arguments_parse(struct arguments *a, int argc, char **argv, const char **words)
{
	bool options_over = false;

	a->words = words;
	for (int i = 1; i < argc; i++) {
		if (options_over || argv[i][0] != '-' || argv[i][1] == '\0')
			words[a->nwords++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			options_over = true;
		else if (option_parse(a, argc, argv, &i) < 0)
			return -EINVAL;
	}
	return 0;
}

int
arguments_check(const struct arguments *a, enum command_id command,
    const char *command_name)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (!option_given(a, option) ||
		    (option->commands & OPTION_FOR(command)))
			continue;
		complain("--%s is no option of `airlock %s`", option->name,
		    command_name);
		advise("airlock help %s lists its options", command_name);
		return -EINVAL;
	}
	return 0;
}

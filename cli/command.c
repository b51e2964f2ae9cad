#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/restrict.h"
#include "cli/root.h"
#include "cli/settings.h"

#ifndef AIRLOCK_VERSION
#define AIRLOCK_VERSION	"0.1.0"
#endif

static enum status help_run(const struct arguments *);

static const struct command commands[] = {
	{ "install", COMMAND_INSTALL, "(PATH... | --file FILE | --locked FILE) "
	    "[OPTION...]",
	    "fetch, verify and extract archives, with what they depend on",
	    "PATH is USER/TYPE/NAME/VERSION, for example "
	    "alice/pkg/editor/2024-05-01;\n"
	    "TYPE is pkg, src, raw or api, or bin/ARCH or dbg/ARCH.  USER must "
	    "be known:\n"
	    "airlock user add.\n",
	    0, SIZE_MAX, install_run },
	{ "mirror", COMMAND_MIRROR, "USER DIR [PATH...] [OPTION...]",
	    "copy what a publisher serves, verified, into a directory",
	    "DIR can be served, or put in the place of ROOT/public for install "
	    "--offline.  What\nis there stays.  Without PATH: what USER's "
	    "catalog and known indexes list; of PATH,\nwhat it needs as well; "
	    "of an index, what it lists.\n",
	    2, SIZE_MAX, mirror_run },
	{ "verify", COMMAND_VERIFY, "FILE (--user NAME | --key FILE) "
	    "[--signature SIG]",
	    "check one file's signature, without any network",
	    "Exit status 0 means: exactly one signature, over exactly this "
	    "file, by that key.\n",
	    1, 1, verify_run },
	{ "list", COMMAND_LIST, "[PREFIX | PATTERN] [--named]",
	    "what is installed",
	    "PREFIX is the beginning of a path, up to a '/': alice/pkg.  "
	    "PATTERN has\n"
	    "*, ? or [...], and * matches '/' too: '*/raw/*'.\n",
	    0, 1, list_run },
	{ "show", COMMAND_SHOW, "PATH",
	    "one archive: content, size, receipt, what it needs, what needs "
	    "it",
	    "", 1, 1, show_run },
	{ "check", COMMAND_CHECK, "[PATH...] [--packed]",
	    "compare what is installed with what was unpacked",
	    "Says by path what was changed, added or removed since.  Without "
	    "PATH, of all that is\ninstalled.\n", 0, SIZE_MAX, check_run },
	{ "explain", COMMAND_EXPLAIN, "PATH",
	    "why an archive is trusted, or is not",
	    "Each link of the chain with its finding: archive, gate, binding, "
	    "catalog, engines,\nkey, policy.  What lies in ROOT/public is "
	    "verified once more.\n", 1, 1, explain_run },
	{ "deps", COMMAND_DEPS, "PATH [--dot]",
	    "what an installed archive needs, as a tree",
	    "Each archive is expanded once.\n", 1, 1, deps_run },
	{ "outdated", COMMAND_OUTDATED, "",
	    "what is installed in an older version than is known",
	    "Known are those in publishers' catalogs, in their newest indexes, "
	    "in ROOT/public,\nand those that are installed.  Versions compare "
	    "byte by byte.\n", 0, 0, outdated_run },
	{ "index", COMMAND_INDEX, "[USER | USER/index/VERSION]",
	    "what publishers list in their indexes",
	    "Of each USER the newest one, installed or in ROOT/public.\n", 0, 1,
	    index_run },
	{ "search", COMMAND_SEARCH, "WORD",
	    "find archives, in indexes, catalogs and among what is installed",
	    "By path and description; capital letters do not matter.\n", 1, 1,
	    search_run },
	{ "status", COMMAND_STATUS, "",
	    "what interrupted installs have left, and who is at work",
	    "Partial downloads, and what the next install makes of them; "
	    "trees that were being\nunpacked; packages that lack something.\n",
	    0, 0, leftovers_run },
	{ "remove", COMMAND_REMOVE, "PATH... [--cascade] [--dry-run]",
	    "remove archives that nothing needs",
	    "With its receipt, and what is kept of it in ROOT/public.  Several "
	    "are judged\ntogether: if one cannot go, none does.\n",
	    1, SIZE_MAX, remove_run },
	{ "gc", COMMAND_GC, "[--dry-run]",
	    "remove what came as a dependency and is needed no more",
	    "And what interrupted runs have left.  What was installed by name "
	    "stays, with all\nthat it needs; so does what airlock did not "
	    "install.\n",
	    0, 0, gc_run },
	{ "audit", COMMAND_AUDIT, "[PROCESS...] [--html FILE | --attack]",
	    "what has to be trusted, and what the jailed processes may do",
	    "An overview of programs, libraries and lines of code, then each "
	    "PROCESS: airlock,\nlauncher, manager, dialer, fetcher, verifier, "
	    "gpg, extractor, packer,\nsigner, reader or checker; without one, all.  --attack "
	    "starts the real launcher with attackers in the\nworkers' places "
	    "and shows which layer stops each forbidden act.\n",
	    0, 10, audit_run },
	{ "user add", COMMAND_USER_ADD, "NAME --url URL... --key FILE "
	    "[--fingerprint FPR]",
	    "make a publisher known: key and origin",
	    "Compare the fingerprint with one that you got from the publisher "
	    "by another way\n"
	    "than the key, or give that one as --fingerprint.\n",
	    1, 1, user_add_run },
	{ "user list", COMMAND_USER_LIST, "", "the publishers that are known",
	    "", 0, 0, user_list_run },
	{ "user show", COMMAND_USER_SHOW, "NAME",
	    "a publisher's keys and origins", "", 1, 1, user_show_run },
	{ "user remove", COMMAND_USER_REMOVE, "NAME [--force]",
	    "forget a publisher's key and origin", "", 1, 1,
	    user_remove_run },
	{ "user policy", COMMAND_USER_POLICY, "NAME [WORD=VALUE...]",
	    "on which terms a publisher is trusted",
	    "WORD: quorum, threshold (numbers), require-binding, "
	    "own-signatures,\nold-algorithms (yes or no), or "
	    "key=FPR,FROM,UNTIL: when a key counts, '-' for always.\n",
	    1, SIZE_MAX, user_policy_run },
	{ "user succeed", COMMAND_USER_SUCCEED, "NAME --key FILE "
	    "--signature SIG",
	    "go over to a publisher's new key, signed by the present one",
	    "SIG is the present key's detached signature of FILE, the new one's. "
	    " The present key\ncounts for what it has signed before SIG.\n",
	    1, 1, user_succeed_run },
	{ "create", COMMAND_CREATE, "PATH DIR",
	    "make an archive in the depot from a directory",
	    "DIR is copied: directories, files and symbolic links that stay "
	    "inside.  A pkg has\n"
	    "a file \"archives\", one path a line; for an index, DIR is a "
	    "file.\n",
	    2, 2, create_run },
	{ "publish", COMMAND_PUBLISH, "PATH... [--key ID] [--force]",
	    "pack and sign archives of the depot for a web server",
	    "Into ROOT/public, with what they depend on of the same user.  "
	    "What is there already\n"
	    "stays.  Signed by gpg with the key of ROOT/depot/USER/pubkey.  "
	    "Then a signed\n"
	    "catalog of all that is public: USER/catalog, which as a PATH is "
	    "made anew.\n",
	    1, SIZE_MAX, publish_run },
	{ "help", COMMAND_HELP, "[COMMAND]", "this text, or a command's", "",
	    0, 2, help_run },
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* How many of the words are the command's name; 0: they are not. */
static size_t
command_matches(const struct command *command, const char **words,
    size_t nwords)
{
	const char *second = strchr(command->name, ' ');
	size_t first_size = strcspn(command->name, " ");

	if (nwords == 0 || strlen(words[0]) != first_size ||
	    memcmp(words[0], command->name, first_size) != 0)
		return 0;
	if (second == NULL)
		return 1;
	return nwords > 1 && strcmp(words[1], second + 1) == 0 ? 2 : 0;
}

static const struct command *
command_find(const char **words, size_t nwords, size_t *used)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if ((*used = command_matches(&commands[i], words, nwords)) > 0)
			return &commands[i];
	return NULL;
}

static void
print_option(const struct option *o)
{
	char left[40];

	snprintf(left, sizeof(left), "--%s%s%s", o->name,
	    o->value == NULL ? "" : " ", o->value == NULL ? "" : o->value);
	printf("  %-22s  %s\n", left, o->help);
}

static void
print_global_options(void)
{
	printf("\noptions of every command:\n");
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].commands == OPTION_FOR_ALL)
			print_option(&option_table[i]);
}

static void
print_own_options(enum command_id command)
{
	const char *title = "\noptions:\n";

	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];
		if (o->commands == OPTION_FOR_ALL ||
		    !(o->commands & OPTION_FOR(command)))
			continue;
		printf("%s", title);
		print_option(o);
		title = "";
	}
}

static void
print_command(const struct command *command)
{
	printf("usage: airlock %s %s\n\n%s: %s.\n", command->name,
	    command->usage, command->name, command->summary);
	if (command->text[0] != '\0')
		printf("\n%s", command->text);
	print_own_options(command->id);
	print_global_options();
}

/* Those whose name begins with this word, or all. */
static void
print_commands(const char *word)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (word == NULL || strncmp(commands[i].name, word,
		    strcspn(commands[i].name, " ")) == 0)
			printf("  %-12s  %s\n", commands[i].name,
			    commands[i].summary);
}

static void
print_overview(void)
{
	printf("usage: airlock [OPTION...] COMMAND ...\n\ncommands:\n");
	print_commands(NULL);
	print_global_options();
	printf("\nairlock help COMMAND tells more, airlock(1) everything.\n");
}

/* The first word of a command of two ("user"), whose second is wrong. */
static bool
is_first_word(const char *word)
{
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const char *blank = strchr(commands[i].name, ' ');
		if (blank != NULL &&
		    strlen(word) == (size_t)(blank - commands[i].name) &&
		    strncmp(commands[i].name, word, strlen(word)) == 0)
			return true;
	}
	return false;
}

static enum status
unknown_command(const char **words, size_t nwords)
{
	if (nwords == 0)
		complain("no command given");
	else if (is_first_word(words[0]) && nwords > 1)
		complain("%s %s: no such command", words[0], words[1]);
	else if (is_first_word(words[0]))
		complain("%s: add, list, show or remove?", words[0]);
	else
		complain("%s: no such command", words[0]);
	advise("airlock help lists the commands");
	return STATUS_USAGE;
}

static enum status
help_run(const struct arguments *a)
{
	size_t used;
	const struct command *command = command_find(a->words, a->nwords,
	    &used);

	if (command != NULL && used == a->nwords)
		print_command(command);
	else if (a->nwords == 0)
		print_overview();
	else if (a->nwords == 1 && is_first_word(a->words[0]))
		print_commands(a->words[0]);
	else
		return unknown_command(a->words, a->nwords);
	return STATUS_DONE;
}

/* Does it start workers, and read no settings itself?  What is verified by a key
 * file is nothing of a ROOT's, unless one is named. */
static bool
needs_settings(const struct command *command, const struct arguments *a)
{
	const char *named = getenv("AIRLOCK_ROOT");

	switch (command->id) {
	case COMMAND_USER_ADD:
	case COMMAND_USER_SHOW:
	case COMMAND_USER_SUCCEED:
	case COMMAND_PUBLISH:
		return true;
	case COMMAND_VERIFY:
		return a->user != NULL || a->root != NULL ||
		    (named != NULL && named[0] != '\0');
	default:
		return false;
	}
}

static enum status
command_run_settled(const struct command *command, const struct arguments *a)
{
	struct arguments settled = *a;
	struct settings settings = { NULL };
	struct root root;
	enum status status = STATUS_FAILED;

	if (root_choose(&root, a) == 0 &&
	    settings_read(&settings, &root, &settled) == 0)
		status = command->run(&settled);
	settings_free(&settings);
	return status;
}

static enum status
command_run(const struct command *command, const struct arguments *a)
{
	if (arguments_check(a, command->id, command->name) < 0)
		return STATUS_USAGE;
	if (a->nwords < command->least || a->nwords > command->most) {
		complain("%s: %s", command->name, a->nwords < command->least ?
		    "something is missing" : "too many arguments");
		advise("usage: airlock %s %s", command->name, command->usage);
		return STATUS_USAGE;
	}
	if (command->id != COMMAND_PUBLISH && command->id != COMMAND_AUDIT)
		restrict_calls();
	return needs_settings(command, a) ? command_run_settled(command, a) :
	    command->run(a);
}

static enum status
dispatch(struct arguments *a)
{
	size_t used = 0;

	if (a->version) {
		printf("airlock %s\n", AIRLOCK_VERSION);
		return STATUS_DONE;
	}
	const struct command *command = command_find(a->words, a->nwords,
	    &used);
	if (a->help && (command == NULL || command->run != help_run)) {
		/* `airlock install x --help` is about install. */
		a->nwords = command != NULL ? used : a->nwords;
		return help_run(a);
	}
	if (command == NULL)
		return unknown_command(a->words, a->nwords);
	a->words += used;
	a->nwords -= used;
	return command_run(command, a);
}

enum status
command_line(int argc, char **argv)
{
	struct arguments arguments;
	const char **words = calloc((size_t)argc + 1, sizeof(*words));
	enum status status = STATUS_USAGE;

	if (words == NULL) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	arguments_init(&arguments);
	if (arguments_parse(&arguments, argc, argv, words) == 0)
		status = dispatch(&arguments);
	free(words);
	int error = message_flush();
	if (error < 0) {
		complain("standard output: %s", strerror(-error));
		status = status_worse(status, STATUS_FAILED);
	}
	return status;
}

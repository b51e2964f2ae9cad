/*
 * The processes, and the jails that their programs run in: the tables that are
 * linked into launcher and workers, side by side.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "audit/report.h"
#include "cli/policy.h"
#include "dialer/policy.h"
#include "extractor/policy.h"
#include "fetcher/policy.h"
#include "gen/blocks.h"
#include "checker/policy.h"
#include "packer/policy.h"
#include "reader/policy.h"
#include "signer/policy.h"
#include "verifier/policy.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

const struct program programs[PROGRAMS] = {
	[PROGRAM_AIRLOCK] = { "airlock", SIDE_USER },
	[PROGRAM_LAUNCHER] = { "launcher", SIDE_TRUSTED },
	[PROGRAM_MANAGER] = { "manager", SIDE_TRUSTED },
	[PROGRAM_DIALER] = { "dialer", SIDE_DISTRUSTED },
	[PROGRAM_FETCHER] = { "fetcher", SIDE_DISTRUSTED },
	[PROGRAM_VERIFIER] = { "verifier", SIDE_DISTRUSTED },
	[PROGRAM_GPG] = { "gpg", SIDE_DISTRUSTED },
	[PROGRAM_SEQUOIA] = { "sequoia", SIDE_DISTRUSTED },
	[PROGRAM_SQV] = { "sqv", SIDE_DISTRUSTED },
	[PROGRAM_EXTRACTOR] = { "extractor", SIDE_DISTRUSTED },
	[PROGRAM_PACKER] = { "packer", SIDE_DISTRUSTED },
	[PROGRAM_SIGNER] = { "signer", SIDE_DISTRUSTED },
	[PROGRAM_READER] = { "reader", SIDE_DISTRUSTED },
	[PROGRAM_CHECKER] = { "checker", SIDE_DISTRUSTED },
};

/* A child's namespaces are jail/template.c's, the packer's,
 * the checker's and the reader's are jail/beneath.c's and reader/enter.c's. */
#define OF_CHILD	(CLONE_NEWUSER | CLONE_NEWPID)
#define OF_HELPER							\
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |	\
	    CLONE_NEWUTS | CLONE_NEWCGROUP)

const struct jail jails[JAILS] = {
	{ "launcher", PROGRAM_LAUNCHER, LAUNCHER_NO_KIND, NULL,
	    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID,
	    "the host's files, as a uid that owns none if its user is root" },
	{ "manager", PROGRAM_MANAGER, LAUNCHER_NO_KIND, &policy_manager, 0,
	    "the host's files, as far as Landlock lets it" },
	{ "dialer", PROGRAM_DIALER, LAUNCHER_A_DIALER, &dialer_policy, 0,
	    NULL },
	{ "fetcher", PROGRAM_FETCHER, LAUNCHER_A_FETCHER,
	    &fetcher_policy, 0, NULL },
	{ "verifier template", PROGRAM_VERIFIER, LAUNCHER_A_VERIFIER,
	    &policy_template, 0, NULL },
	{ "verifier child", PROGRAM_VERIFIER, LAUNCHER_A_VERIFIER,
	    &policy_child, OF_CHILD, NULL },
	{ "sequoia template", PROGRAM_SEQUOIA, LAUNCHER_A_SEQUOIA,
	    &policy_sequoia_template, 0, NULL },
	{ "sequoia child", PROGRAM_SEQUOIA, LAUNCHER_A_SEQUOIA,
	    &policy_sequoia_child, OF_CHILD, NULL },
	{ "extractor template", PROGRAM_EXTRACTOR, LAUNCHER_AN_EXTRACTOR,
	    &extractor_template, 0, NULL },
	{ "extractor child", PROGRAM_EXTRACTOR, LAUNCHER_AN_EXTRACTOR,
	    &extractor_child, OF_CHILD | CLONE_NEWNS, NULL },
	{ "packer of a directory", PROGRAM_PACKER, LAUNCHER_NO_KIND,
	    &packer_of_directory, OF_HELPER,
	    "that directory, read-only, and nothing else" },
	{ "packer of a file", PROGRAM_PACKER, LAUNCHER_NO_KIND,
	    &packer_of_file, OF_HELPER, "opens no file" },
	{ "signer", PROGRAM_SIGNER, LAUNCHER_NO_KIND, NULL, 0,
	    "its user's files, as far as Landlock lets it" },
	{ "reader", PROGRAM_READER, LAUNCHER_NO_KIND, &reader_policy,
	    OF_HELPER, "opens no file" },
	{ "checker", PROGRAM_CHECKER, LAUNCHER_NO_KIND, &checker_policy,
	    OF_HELPER, "the depot, read-only, and nothing else" },
};

const char *
program_engine_jail(enum program_id id)
{
	return id == PROGRAM_GPG ? "that of the verifier's child: filters and "
	    "Landlock outlive exec" : id == PROGRAM_SQV ?
	    "that of sequoia's child: filters and Landlock outlive exec" : NULL;
}

const struct jail_policy *
jail_policy(const struct jail *j)
{
	if (j->policy != NULL)
		return j->policy;
	return j->program == PROGRAM_LAUNCHER ? policy_launcher() :
	    policy_for("gpg's home");
}

bool
jail_is_before_start(const struct jail *j)
{
	return programs[j->program].side == SIDE_TRUSTED;
}

bool
jail_is_child(const struct jail *j)
{
	return j->kind != LAUNCHER_NO_KIND && j->more_namespaces != 0;
}

static const struct block blocks[] = {
	BLOCKS
	{ "gpg", "GnuPG's own program, which the verifier's child executes "
	    "through libgpgme.",
	    "what the verifier's child gives it: one archive and one signature, "
	    "to read, and its keyring.",
	    "what the verifier's child lacks: the network, the depot, other "
	    "keys, writing by name.",
	    "nothing: it parses what the signer wrote.",
	    "it gives a wrong answer about that one archive." },
	{ "sqv", "Sequoia's own program, which sequoia's child executes.",
	    "what is in its directory: the key, one signature, and a pipe with "
	    "one archive.",
	    "what sequoia's child lacks, and all of its descriptors.",
	    "nothing: it parses what the signer wrote.",
	    "it gives a wrong answer about that one archive." },
};

const struct block *
program_block(enum program_id id)
{
	static const struct block unknown = { "", "", "", "", "", "" };

	for (size_t i = 0; i < COUNT(blocks); i++)
		if (strcmp(blocks[i].name, programs[id].name) == 0)
			return &blocks[i];
	return &unknown;
}

bool
audit_knows(const char *name)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (strcmp(programs[i].name, name) == 0)
			return true;
	return false;
}

void
programs_list(char *text, size_t size, unsigned int set)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < PROGRAMS && at < size; i++)
		if (set & 1u << i)
			at += (size_t)snprintf(text + at, size - at, "%s%s",
			    at == 0 ? "" : ", ", programs[i].name);
}

void
audit_number(char *text, int64_t number)
{
	char plain[32];
	int size = snprintf(plain, sizeof(plain), "%lld", (long long)number);

	for (int i = 0; i < size; i++) {
		*text++ = plain[i];
		if ((size - i) % 3 == 1 && i + 1 < size && plain[i] != '-')
			*text++ = ',';
	}
	*text = '\0';
}

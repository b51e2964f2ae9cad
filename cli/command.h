/*
 * command.h - the commands, and the table that they are called from.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "cli/status.h"
#include "depot/path.h"

struct command {
	const char	*name;		/* one word, or two: "user add" */
	enum command_id	 id;
	const char	*usage;		/* what follows the name */
	const char	*summary;	/* one line */
	const char	*text;		/* more of it, for its --help */
	size_t		 least, most;	/* words after the name */
	/* The words after the name are in arguments->words. */
	enum status	 (*run)(const struct arguments *);
};

/* The whole command line: parse, find the command, run it. */
enum status command_line(int argc, char **argv);

/* A word that is to be an archive's path: STATUS_DONE, or STATUS_USAGE, said so. */
enum status arguments_path(struct depot_path *, const char *word);

enum status install_run(const struct arguments *);
enum status mirror_run(const struct arguments *);
enum status verify_run(const struct arguments *);
enum status audit_run(const struct arguments *);
enum status list_run(const struct arguments *);
enum status show_run(const struct arguments *);
enum status check_run(const struct arguments *);
enum status explain_run(const struct arguments *);
enum status deps_run(const struct arguments *);
enum status outdated_run(const struct arguments *);
enum status index_run(const struct arguments *);
enum status search_run(const struct arguments *);
enum status leftovers_run(const struct arguments *);
enum status remove_run(const struct arguments *);
enum status gc_run(const struct arguments *);
enum status user_add_run(const struct arguments *);
enum status user_list_run(const struct arguments *);
enum status user_show_run(const struct arguments *);
enum status user_remove_run(const struct arguments *);
enum status user_policy_run(const struct arguments *);
enum status user_succeed_run(const struct arguments *);
enum status create_run(const struct arguments *);
enum status publish_run(const struct arguments *);

#endif /* CLI_COMMAND_H */

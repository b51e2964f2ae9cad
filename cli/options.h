/*
 * options.h - the command line's options, one table for all commands.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_URLS	16	/* --url may be given so often */
#define OPTIONS_JOBS	16	/* the largest --jobs */

/* The commands; a bit of struct option's `commands` for each. */
enum command_id {
	COMMAND_INSTALL,
	COMMAND_MIRROR,
	COMMAND_VERIFY,
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_CHECK,
	COMMAND_DEPS,
	COMMAND_OUTDATED,
	COMMAND_INDEX,
	COMMAND_SEARCH,
	COMMAND_STATUS,
	COMMAND_REMOVE,
	COMMAND_GC,
	COMMAND_AUDIT,
	COMMAND_USER_ADD,
	COMMAND_USER_LIST,
	COMMAND_USER_SHOW,
	COMMAND_USER_REMOVE,
	COMMAND_USER_POLICY,
	COMMAND_USER_SUCCEED,
	COMMAND_EXPLAIN,
	COMMAND_CREATE,
	COMMAND_PUBLISH,
	COMMAND_HELP,
	COMMAND_COUNT,
};
#define OPTION_FOR(command)	(UINT32_C(1) << (command))
#define OPTION_FOR_ALL		UINT32_MAX

/* What the command line says, or the default. */
struct arguments {
	/* texts; NULL: not given */
	const char	*root, *ca, *arch, *signature, *user, *key,
			*fingerprint, *html, *file, *format, *lock, *locked,
			*as_of;
	const char	*urls[OPTIONS_URLS];
	size_t		 nurls;
	bool		 json, quiet, help, version, source, offline, dry_run,
			 no_proxy, replace, force, dot, cascade, named,
			 attack, dbg, no_catalog, allow_rollback, allow_expired,
			 allow_unlisted, stats, packed, require_binding,
			 own_signatures;
	uint64_t	 serial, expires /* days */;
	uint64_t	 quorum /* engines */, threshold /* keys */;
	uint64_t	 jobs, stall /* seconds */, retries, max_entries,
			 max_size, max_unpacked /* bytes */, max_ratio,
			 max_memory, max_memory_total /* bytes */,
			 max_cpu, max_silence /* seconds */, max_processes, /* 0: as the
						 * kind of worker has it */
			 level /* enum cli_level */;
	uint64_t	 given;		/* bit i: option_table[i] was given */
	const char	**words;	/* what is no option, in its order */
	size_t		 nwords;
};

enum option_kind {
	OPTION_FLAG,	/* bool */
	OPTION_TEXT,	/* const char * */
	OPTION_NUMBER,	/* uint64_t */
	OPTION_SIZE,	/* uint64_t, may end in K, M or G (powers of 1024) */
	OPTION_LEVEL,	/* uint64_t, a word for enum cli_level */
	OPTION_URL,	/* appended to urls */
};

struct option {
	const char	*name;		/* without its dashes */
	const char	*value;		/* what it is called in help; or NULL */
	enum option_kind kind;
	size_t		 offset;	/* in struct arguments */
	uint64_t	 min, max;	/* of a number */
	uint32_t	 commands;	/* that take it */
	bool		 setting;	/* also a word in ROOT/etc/settings */
	const char	*help;
};

extern const struct option option_table[];
extern const size_t option_count;

void	arguments_init(struct arguments *);
/*
 * Sort argv[1..argc-1] into options and words; `words` has room for argc
 * pointers.  0, or -EINVAL with a message on stderr.
 */
int	arguments_parse(struct arguments *, int argc, char **argv,
	    const char **words);
/* 0 if each option given is one of the command's, else -EINVAL, said so. */
int	arguments_check(const struct arguments *, enum command_id,
	    const char *command_name);

/* The option of that name (size bytes, no end needed), or NULL. */
const struct option *option_find(const char *name, size_t size);
bool	option_given(const struct arguments *, const struct option *);
/* Set it from text (NULL for a flag, or "yes" or "no"): 0, -EINVAL, -ERANGE; not marked given. */
int	option_set(struct arguments *, const struct option *, const char *text);
/* What would be accepted, in words. */
void	option_expects(const struct option *, char *text, size_t size);

#endif /* CLI_OPTIONS_H */

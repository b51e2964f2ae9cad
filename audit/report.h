/*
 * report.h - what the three ways of showing an audit are given.
 */
#ifndef AUDIT_REPORT_H
#define AUDIT_REPORT_H

#include "audit/audit.h"
#include "audit/closure.h"
#include "audit/level.h"
#include "audit/measured.h"
#include "jail/kinds.h"
#include "jail/outer.h"

/* Who is believed. */
enum side {
	SIDE_USER,		/* the cli: with its user's authority */
	SIDE_TRUSTED,		/* manager and launcher */
	SIDE_DISTRUSTED,	/* jailed */
};

enum program_id {
	PROGRAM_AIRLOCK, PROGRAM_LAUNCHER, PROGRAM_MANAGER, PROGRAM_DIALER,
	PROGRAM_FETCHER, PROGRAM_VERIFIER, PROGRAM_GPG, PROGRAM_SEQUOIA,
	PROGRAM_SQV, PROGRAM_EXTRACTOR, PROGRAM_PACKER, PROGRAM_SIGNER,
	PROGRAM_READER, PROGRAM_CHECKER, PROGRAMS
};

struct program {
	const char	*name;
	enum side	 side;
};
extern const struct program programs[PROGRAMS];

/* Where an OpenPGP engine is jailed, which is not ours and which a template's
 * child executes.  NULL: it is none. */
const char *program_engine_jail(enum program_id);

/* A process in the words of its main file. */
struct block {
	const char	*name;		/* of its program */
	const char	*is, *holds, *lacks, *trusts, *taken_over;
};
const struct block *program_block(enum program_id);

/* A jail: what one kind of process is given before it starts, and what its
 * program leaves of that.  What the cli starts has one stage: its helpers enter
 * theirs, as an inner one; the launcher's and the manager's is put around them. */
struct jail {
	const char			*name;
	enum program_id			 program;
	enum launcher_kind		 kind;	/* LAUNCHER_NO_KIND: by the cli */
	const struct jail_policy	*policy;	/* NULL: see jail_policy() */
	int				 more_namespaces;	/* of a child */
	const char			*view;	/* of one without a kind */
};
#define JAILS	15
extern const struct jail jails[JAILS];
const struct jail_policy *jail_policy(const struct jail *);
/* Does its policy's filter stand before its program starts? */
bool	jail_is_before_start(const struct jail *);
/* Is it the jail of a template's child, which shares its outer filter? */
bool	jail_is_child(const struct jail *);

/* A file of ours that a program was linked from. */
enum class { CLASS_CODE, CLASS_POLICY, CLASS_HEADER, CLASSES };
#define SOURCES_MAX	512
struct source_file {
	char		 path[128];
	enum class	 class;
	unsigned int	 lines;		/* of code */
	unsigned int	 programs;	/* bit: enum program_id */
};

/* What a program was found to be. */
struct found {
	char		 path[CLOSURE_PATH];
	struct closure	 closure;
	unsigned int	 lines[CLASSES];	/* of our own code */
};

/* A source package that distrusted processes load libraries of. */
struct distrusted {
	const struct measured	*measured;	/* NULL: in no table */
	char			 name[MEASURED_TEXT];
	uint64_t		 code;		/* bytes, of what is loaded */
	unsigned int		 programs;
};

struct audit {
	struct found		 found[PROGRAMS];
	struct source_file	 source[SOURCES_MAX];
	size_t			 nsources;
	struct measurements	 measurements;
	struct distrusted	 distrusted[CLOSURE_MAX];	/* largest first */
	size_t			 ndistrusted;
	struct level		 level;

	/* Manager and launcher together: own lines, each file once. */
	unsigned int		 trusted[CLASSES];
	uint64_t		 trusted_code;	/* bytes of both programs */
	uint64_t		 libc_code, libmd_code;
	int64_t			 libmd_lines;	/* as struct measured */
	/* What only jailed programs are made of: our part, and what they load
	 * and manager and launcher do not. */
	unsigned int		 jailed[CLASSES];
	int64_t			 distrusted_lines;
	uint64_t		 distrusted_code;
	size_t			 uncounted;	/* of distrusted: no lines known */
};

/* Is this package's version another than the measured one? */
bool	measured_is_old(const struct measured *);
/* "dialer, fetcher" for a set of programs. */
void	programs_list(char *text, size_t size, unsigned int set);
/* A number with a comma before each three digits; text has room for 32. */
void	audit_number(char *text, int64_t number);
/* Own code and policies of the trusted side: what `make tcb` counts. */
unsigned int audit_trusted_lines(const struct audit *);
/* Distrusted lines for each trusted one. */
double	audit_ratio(const struct audit *);

#endif /* AUDIT_REPORT_H */

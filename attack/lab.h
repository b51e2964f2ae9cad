/*
 * lab.h - where attacks are tried: the real launcher, with attackers in place
 * of the workers' programs, asked as the manager asks it.
 */
#ifndef ATTACK_LAB_H
#define ATTACK_LAB_H

#include <stdbool.h>

#include "attack/wire.h"
#include "cli/start.h"
#include "cli/usage.h"
#include "jail/jail.h"
#include "jail/launcher.h"

/* The processes whose jails are attacked. */
enum lab_process {
	LAB_DIALER,
	LAB_FETCHER,
	LAB_VERIFIER,		/* the template */
	LAB_VERIFIER_CHILD,
	LAB_EXTRACTOR,		/* the template */
	LAB_EXTRACTOR_CHILD,
	LAB_SEQUOIA,		/* the template */
	LAB_SEQUOIA_CHILD,
	LAB_PACKER,		/* of a directory */
	LAB_FILE_PACKER,
	LAB_SIGNER,
	LAB_READER,
	LAB_CHECKER,
	LAB_PROCESSES
};

struct lab_kind {
	const char		*name;		/* for --json */
	const char		*title;		/* of a column, 8 characters */
	const char		*helper;	/* its attacker, if the cli starts
						 * it; or NULL */
	enum launcher_kind	 kind;		/* if the launcher does */
	char			 place;		/* ATTACK_AS_... */
	enum attack_rpc		 question;	/* which says what it holds */
	unsigned int		 needs;		/* of enum act_flags, what it
						 * can satisfy */
	const struct jail_policy *policy[2];	/* the inner filters; or NULL */
};
extern const struct lab_kind lab_kinds[LAB_PROCESSES];

/* A process that is being attacked. */
struct subject {
	struct rpc	rpc;
	int		pidfd;		/* -1: not started */
	pid_t		pid;		/* of our own child; 0: another's */
	size_t		worker;		/* if it is the launcher's: its number,
					 * from 1; 0: not known */
	int		error;		/* why not */
	uint32_t	layers;		/* the outer stage's */
	bool		answered;
	int32_t		answer;
};

/* What is lent, and where.  Descriptors are owned. */
struct lab {
	char		root[64];	/* a directory, removed at the end */
	struct started	started;	/* the launcher */
	pid_t		control;
	struct rpc	launcher_rpc, control_rpc;
	struct rpc	template_rpc;	/* of the process that is attacked */
	int		template_pidfd;
	struct subject	next;		/* begun already, if it has a pidfd */
	struct usage	usage;		/* what the launcher tells: how its
					 * workers ended */
	int		file, slots, input[2];	/* input: by place */
	int		server, peer, socket;	/* TCP over loopback */
	uint16_t	port;		/* server's */
	uint64_t	job;		/* of the next child */
};

/* How a trial ended. */
enum lab_end {
	LAB_ANSWERED,		/* error: what the kernel said, 0: it worked */
	LAB_TRAPPED,		/* by a filter; error: the call's number */
	LAB_KILLED,		/* error: the signal */
	LAB_ENDED,		/* of itself, without a word; error: its status */
	LAB_VANISHED,		/* nobody tells how: not its parent, nor
				 * this kernel */
	LAB_LIED,		/* sent what no peer may send */
	LAB_STAYED,		/* something of it outlived it */
	LAB_SILENT,		/* no answer in time */
	LAB_UNJAILED,		/* its jail could not be built; error: errno */
};
struct lab_trial {
	enum lab_end	end;
	int		error;
	uint32_t	layers;		/* enum jail_layer, both stages */
};

/* 0, or -errno with a message on stderr; lab_close() in either case. */
int	lab_open(struct lab *);
void	lab_close(struct lab *);

/* Where a template is needed, one for all trials of this process. */
int	lab_begin(struct lab *, enum lab_process);
void	lab_end(struct lab *);
/* One act, in a process of its own: 0, or -errno if nothing could be tried. */
int	lab_try(struct lab *, enum lab_process, uint32_t act,
	    struct lab_trial *);
/* The same act without a jail. */
int	lab_control(struct lab *, uint32_t act, struct attack_bare_rep *);

#endif /* ATTACK_LAB_H */

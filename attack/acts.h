/*
 * acts.h - the forbidden acts: one table, from which the attackers take the
 * functions and `airlock audit --attack` the words.
 */
#ifndef ATTACK_ACTS_H
#define ATTACK_ACTS_H

#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* What an attacker can lay hands on; -1: nothing. */
struct held {
	int		channel;	/* to the manager */
	int		file;		/* a regular file, read-only */
	int		slots;		/* memory, its size sealed */
	int		socket;		/* TCP, connected */
	int		input;		/* memory, sealed; it may be closed */
	uint16_t	port;		/* of 127.0.0.1, where somebody listens */
	pid_t		pid;		/* of somebody outside */
};

/* What an act needs, and how it is tried without a jail; bits. */
enum act_flags {
	ACT_FILE	= 1 << 0,	/* held->file */
	ACT_SLOTS	= 1 << 1,
	ACT_SOCKET	= 1 << 2,
	ACT_INPUT	= 1 << 3,
	ACT_NEEDS	= ACT_FILE | ACT_SLOTS | ACT_SOCKET | ACT_INPUT,
	/* Without a jail in namespaces of its own, as their root, so that it
	 * does no harm. */
	ACT_APART	= 1 << 4,
	/* Harmless arguments; an errno that only comes after the kernel's own
	 * permission checks counts as success. */
	ACT_REACHES	= 1 << 5,
	/* Success is to be still there when the process has ended. */
	ACT_STAYS	= 1 << 6,
	/* Success is to end with status 0 and without an answer. */
	ACT_EXECS	= 1 << 7,
};

/* Calls that not all headers or architectures have. */
#define NR_NONE			(-1)
#define NR_statmount		457
#define NR_listmount		458
#define NR_lsm_get_self_attr	459
#define NR_mseal		462
#define NR_fchmodat2		452
#define NR_map_shadow_stack	453
#define NR_memfd_secret		447
#define NR_process_mrelease	448
#define NR_quotactl_fd		443

#include "attack/table.h"

#define ACT_ENUM(function, words, call, flags)	ACT_##function,
enum act_number { ACTS(ACT_ENUM) ACT_COUNT };

#define ACT_PROTOTYPE(function, words, call, flags)			\
	int	act_##function(const struct held *);
ACTS(ACT_PROTOTYPE)

struct act {
	const char	*name;		/* one word, for --json */
	const char	*words;		/* completes "It tries to ..." */
	long		 call;		/* the one that matters; NR_NONE */
	unsigned int	 flags;		/* enum act_flags */
};
extern const struct act acts[ACT_COUNT];

/* Try it: 0 if it worked, or -errno. */
int	act_try(enum act_number, const struct held *);

/* -errno of a call that said -1, else 0. */
int	act_result(long);
/* The same; this errno is as good as success: the call got so far. */
int	act_reached(long, int error);

#endif /* ATTACK_ACTS_H */

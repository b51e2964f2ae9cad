/*
 * verdict.h - what a trial says about a jail: which layer stopped the act, or
 * that none did.
 */
#ifndef ATTACK_VERDICT_H
#define ATTACK_VERDICT_H

#include "attack/acts.h"
#include "attack/lab.h"

enum verdict_result {
	VERDICT_BLOCKED = 0,
	VERDICT_NEEDED,		/* it worked, and has to: see reason */
	VERDICT_GAP,		/* it worked, and should not: known, see reason */
	VERDICT_OPEN,		/* it worked */
	VERDICT_VOID,		/* this process holds nothing to try it with */
};

enum verdict_layer {
	LAYER_NONE = 0,
	LAYER_KILLED,		/* seccomp */
	LAYER_TRAPPED,		/* seccomp, and the call is named */
	LAYER_REFUSED,		/* seccomp, with an errno */
	LAYER_LANDLOCK,		/* or the permissions of files */
	LAYER_VIEW,		/* it is not there, or read-only */
	LAYER_NETWORK,		/* namespace */
	LAYER_PROCESSES,	/* pid namespace */
	LAYER_LIMIT,
	LAYER_CAPABILITY,	/* or another uid */
	LAYER_SEAL,		/* of memory; a descriptor's mode */
	LAYER_CHANNEL,		/* the receiver of a record refuses it */
	LAYER_KERNEL,		/* refuses it to everybody */
	LAYERS
};

struct verdict {
	enum verdict_result	 result;
	enum verdict_layer	 layer;
	const char		*reason;	/* why it has to work, or does, or
						 * counts as open; or "" */
};

/* Of a trial of an act in a process; control: what it did without a jail. */
struct verdict verdict_of(enum lab_process, enum act_number,
	    const struct lab_trial *, const struct attack_bare_rep *control);

/* One word of at most eight characters, for tables; and for --json. */
const char *layer_word(enum verdict_layer);
const char *layer_name(enum verdict_layer);

#endif /* ATTACK_VERDICT_H */

/*
 * The checker's policy: read top to bottom, all that it can ask of the kernel.
 * It opens for reading alone, beneath the depot.
 */
#include <fcntl.h>

#include "checker/policy.h"
#include "jail/inner.h"
#include "jail/landlock.h"

#define INT_BITS	UINT64_C(0xffffffff)	/* the kernel reads an int */
/* What an open() that writes, creates or empties a file cannot do without. */
#define OPEN_CHANGES							\
	(O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };
static const struct jail_rule channel[] = { JAIL_RULES_CHANNEL };
static const struct jail_rule end[] = { JAIL_RULES_END };

static const struct jail_rule depot[] = {
	JAIL_ALLOW_IF(openat, 2, INT_BITS & OPEN_CHANGES, 0),
	JAIL_ALLOW(getdents64),
	JAIL_ALLOW(readlinkat),
	JAIL_RULES_STAT,
};

/* For progress, every 100 ms: a call only where the vDSO has no clock. */
static const struct jail_rule clock[] = {
	JAIL_ALLOW(clock_gettime),
};

static const struct jail_group groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the channel, and the manifest", channel),
	JAIL_GROUP("what is beneath its root, for reading", depot),
	JAIL_GROUP("the time", clock),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

static const struct jail_path beneath[] = {
	{ ".", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR },
	{ NULL, 0 }
};

const struct jail_policy checker_policy = {
	.name = "checker",
	.root = JAIL_ROOT_KEEP,		/* checker_enter() has changed it */
	.paths = beneath,
	.groups = groups,
	.file_size = 0,
};

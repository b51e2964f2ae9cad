/*
 * The packer's policies: read top to bottom, all that it can ask of the kernel.
 * It writes to what it was started with, and opens for reading alone.
 */
#include <fcntl.h>

#include "jail/inner.h"
#include "jail/landlock.h"
#include "packer/policy.h"

#define INT_BITS	UINT64_C(0xffffffff)	/* the kernel reads an int */
/* What an open() that writes, creates or empties a file cannot do without. */
#define OPEN_CHANGES							\
	(O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))
/* Exactly what glibc's pthread_create() asks for: a thread, and no more. */
#define THREAD								\
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |		\
	    CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |		\
	    CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };
static const struct jail_rule channel[] = { JAIL_RULES_CHANNEL };
static const struct jail_rule end[] = { JAIL_RULES_END };

static const struct jail_rule source[] = {
	JAIL_ALLOW_IF(openat, 2, INT_BITS & OPEN_CHANGES, 0),
	JAIL_ALLOW(getdents64),
	JAIL_ALLOW(readlinkat),
};

/* Has it changed? */
static const struct jail_rule looking[] = { JAIL_RULES_STAT };

/* liblzma compresses blocks in threads, also if there is but one. */
static const struct jail_rule threads[] = {
	JAIL_ALLOW_IF(clone, 0, UINT64_MAX, THREAD),
	JAIL_ALLOW(set_robust_list),
	JAIL_ALLOW(rseq),
	JAIL_ALLOW(sched_getaffinity),	/* malloc: how many arenas? */
	JAIL_RULES_CLOCK,
};

static const struct jail_group directory_groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the channel, and the archive that it writes", channel),
	JAIL_GROUP("what is beneath its root, for reading", source),
	JAIL_GROUP("sizes and times", looking),
	JAIL_GROUP("its threads", threads),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

static const struct jail_group file_groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the channel, and the archive that it writes", channel),
	JAIL_GROUP("size and time of the one file", looking),
	JAIL_GROUP("its threads", threads),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

static const struct jail_path beneath[] = {
	{ ".", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR },
	{ NULL, 0 }
};
static const struct jail_path nowhere[] = { { NULL, 0 } };

const struct jail_policy packer_of_directory = {
	.name = "packer",
	.root = JAIL_ROOT_KEEP,		/* main() has changed it */
	.paths = beneath,
	.groups = directory_groups,
	.file_size = RLIM_INFINITY,
};

const struct jail_policy packer_of_file = {
	.name = "packer",
	.root = JAIL_ROOT_KEEP,
	.paths = nowhere,
	.groups = file_groups,
	.file_size = RLIM_INFINITY,
};

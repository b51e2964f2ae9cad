/*
 * The reader's policy: read top to bottom, all that it can ask of the kernel.
 * It opens nothing, starts nothing and waits for nothing but its channel.
 */
#include "jail/inner.h"
#include "reader/policy.h"

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };
static const struct jail_rule channel[] = { JAIL_RULES_CHANNEL };
static const struct jail_rule end[] = { JAIL_RULES_END };

static const struct jail_group groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the channel, and the file that it holds open", channel),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

static const struct jail_path nowhere[] = { { NULL, 0 } };

const struct jail_policy reader_policy = {
	.name = "reader",
	.root = JAIL_ROOT_KEEP,		/* nothing in it can be opened */
	.paths = nowhere,
	.groups = groups,
	.cpu_seconds = 5,
	.file_size = 0,
};

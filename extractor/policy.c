/*
 * The extractor's policies: read top to bottom, each is all that its process
 * can ask of the kernel.
 */
#include "extractor/policy.h"
#include "jail/inner.h"
#include "jail/landlock.h"

#define INT_BITS	UINT64_C(0xffffffff)	/* the kernel reads an int */

/* ---- the template: forks, and reads no input ---- */

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };
static const struct jail_rule channel[] = { JAIL_RULES_CHANNEL };
static const struct jail_rule end[] = { JAIL_RULES_END };

/* A child starts under this list and then takes its own: what the child needs
 * must be in both, or the child would not have it. */
static const struct jail_rule children[] = {
	JAIL_RULES_TEMPLATE,
	JAIL_RULES_TEMPLATE_MOUNT,
};

/* ---- the child: one archive, one empty directory ---- */

/*
 * New names beneath the root.  No call removes, renames, changes a mode or
 * reads a file back.  Not openat2(): its flags and mode lie behind a pointer,
 * where no filter sees them; component-wise openat() needs no help of it.
 */
static const struct jail_rule creation[] = {
	JAIL_ALLOW_IF(openat, 2, INT_BITS, OPEN_DIRECTORY),
	JAIL_ALLOW_IF2(openat, 2, INT_BITS, OPEN_FILE,
	    3, INT_BITS & ~UINT64_C(0755), 0),
	JAIL_ALLOW_IF(mkdirat, 2, INT_BITS, MODE_DIRECTORY),
	JAIL_ALLOW(symlinkat),
	JAIL_ALLOW_IF(linkat, 4, INT_BITS, 0),	/* never through a link */
	JAIL_ALLOW(newfstatat),
	JAIL_ALLOW_IF(utimensat, 3, INT_BITS, 0),
	JAIL_ALLOW_IF(utimensat, 3, INT_BITS, AT_SYMLINK_NOFOLLOW),
};

/* The archive; and the answer. */
static const struct jail_rule archive[] = {
	JAIL_ALLOW(pread64),
	JAIL_ALLOW(write),
	JAIL_ALLOW(close),
	JAIL_ALLOW(recvmsg),
	JAIL_ALLOW_IF(sendmsg, 2, INT_BITS & ~UINT64_C(0x4000), 0),
	JAIL_ALLOW(fstat),
	JAIL_ALLOW_IF(fcntl, 1, INT_BITS, F_GETFL),	/* cap_check() */
};

/* For progress, every 100 ms: a call only where the vDSO has no clock. */
static const struct jail_rule clock[] = {
	JAIL_ALLOW(clock_gettime),
};

static const struct jail_group template_groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the channel", channel),
	JAIL_GROUP("children, and their way into their own jail", children),
	JAIL_GROUP("the names that its children create", creation),
	JAIL_GROUP("the time", clock),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

static const struct jail_group child_groups[] = {
	JAIL_GROUP("its own memory", memory),
	JAIL_GROUP("the archive, and the answer", archive),
	JAIL_GROUP("new files, directories and links", creation),
	JAIL_GROUP("the time", clock),
	JAIL_GROUP("its end", end),
	{ NULL, NULL, 0 }
};

/* Of a template as well, where there is no namespace to mount in.  Enough to
 * create, and nothing to read, list, remove, execute or truncate.
 * REFER: a hard link may lie in another directory than its file. */
static const struct jail_path staging[] = {
	{ ".", LANDLOCK_WRITE_FILE | LANDLOCK_MAKE_REG | LANDLOCK_MAKE_DIR |
	    LANDLOCK_MAKE_SYM | LANDLOCK_REFER },
	{ NULL, 0 }
};

const struct jail_policy extractor_template = {
	.name = "extractor",
	.root = JAIL_ROOT_KEEP,
	.mounts = 1,
	.paths = staging,
	.groups = template_groups,
	.file_size = RLIM_INFINITY,
};

const struct jail_policy extractor_child = {
	.name = "extractor",
	.root = JAIL_ROOT_STAGING,
	.paths = staging,
	.groups = child_groups,
	.cpu_seconds = 600,		/* some 10 GiB of xz */
	.file_size = UINT64_C(64) << 30,
};

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail/landlock.h"
#include "rpc/cap.h"

/* struct landlock_ruleset_attr and landlock_path_beneath_attr of the newest
 * ABI; an older kernel is given a smaller size. */
struct ruleset {
	uint64_t fs;
	uint64_t net;		/* ABI 4 */
	uint64_t scoped;	/* ABI 6 */
};
struct beneath {
	uint64_t rights;
	int32_t	 fd;
} __attribute__((packed));

#define CREATE_VERSION	1u
#define RULE_BENEATH	1
#define NET_BIND	(UINT64_C(1) << 0)
#define NET_CONNECT	(UINT64_C(1) << 1)
#define SCOPED_SOCKETS	UINT64_C(1)	/* abstract ones */
#define SCOPED_SIGNALS	UINT64_C(2)
/* Rights that make sense for something that is no directory. */
#define FILE_RIGHTS							\
	(LANDLOCK_EXECUTE | LANDLOCK_WRITE_FILE | LANDLOCK_READ_FILE |	\
	    UINT64_C(1) << 14 | UINT64_C(1) << 15)

static int
abi(void)
{
	long n = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return n == -1 ? 0 : (int)n;
}

/* All file rights of an ABI: what is handled and not granted is refused. */
static uint64_t
fs_rights(int version)
{
	static const unsigned int count[] = { 0, 13, 14, 15, 15, 16 };

	return (UINT64_C(1) << count[version < 5 ? version : 5]) - 1;
}

uint32_t
landlock_offered(void)
{
	int version = abi();

	return (version >= 1 ? (uint32_t)JAIL_LANDLOCK : 0) |
	    (version >= 4 ? (uint32_t)JAIL_LANDLOCK_NET : 0) |
	    (version >= 6 ? (uint32_t)JAIL_LANDLOCK_SCOPE : 0);
}

static int
open_path(int ruleset, const struct jail_path *path, uint64_t handled)
{
	struct stat st;
	CLOSE int fd = open(path->path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) == -1)
		return -errno;
	struct beneath rule = { path->rights & handled, fd };
	if (!S_ISDIR(st.st_mode))
		rule.rights &= FILE_RIGHTS;
	/* An older kernel may know none of them, and refuses an empty rule. */
	return rule.rights != 0 && syscall(SYS_landlock_add_rule, ruleset,
	    RULE_BENEATH, &rule, 0) == -1 ? -errno : 0;
}

int
landlock_close(const struct jail_policy *policy)
{
	int version = abi(), error = 0;
	struct ruleset attr = { .fs = fs_rights(version),
	    .net = policy->net == JAIL_NET_CONNECT ? NET_BIND :
		NET_BIND | NET_CONNECT,
	    .scoped = SCOPED_SOCKETS | (policy->signals ? 0 : SCOPED_SIGNALS) };
	size_t size = version < 4 ? 8 : version < 6 ? 16 : 24;

	if (version == 0)
		return 0;
	CLOSE int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    size, 0);
	if (ruleset == -1)
		return -errno;
	for (const struct jail_path *p = policy->paths;
	    error == 0 && p != NULL && p->path != NULL; p++)
		error = open_path(ruleset, p, attr.fs);
	if (error == 0 &&
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		error = -errno;
	return error;
}

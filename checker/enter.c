/*
 * What a checker does before its policy holds: it gives away all but the depot.
 */
#include <errno.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <unistd.h>

#include "checker/checker.h"
#include "checker/enter.h"
#include "checker/policy.h"
#include "jail/beneath.h"
#include "jail/jail.h"

/* Open at once: a directory for each component of a path, and what it has. */
#define FILES_MAX	512
/* Bytes: a manifest of a million lines, with all that is known of each.
 * Sanitizers reserve terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX	RLIM_INFINITY
#else
#define MEMORY_MAX	((rlim_t)2 << 30)
#endif

/* No more than now, and no more than that: 0 or -errno. */
static int
limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == -1)
		return -errno;
	limit.rlim_cur = limit.rlim_max = MIN(limit.rlim_max, most);
	return setrlimit(resource, &limit) == -1 ? -errno : 0;
}

void
checker_enter(void)
{
	int error = limit(RLIMIT_NOFILE, FILES_MAX);

	if (error == 0)
		error = limit(RLIMIT_AS, MEMORY_MAX);
	if (error == 0)
		error = beneath_enter(CHECKER_FD_DEPOT);
	if (error < 0) {
		rpc_last_words(CHECKER_FD_CHANNEL, RPC_DEATH_SETUP, -error);
		_exit(JAIL_EXIT_SETUP);
	}
	jail_enter(&checker_policy, CHECKER_FD_CHANNEL, 0);
}

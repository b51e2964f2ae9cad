/*
 * What the signer does before its policy holds.
 */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "jail/jail.h"
#include "signer/enter.h"
#include "signer/policy.h"
#include "signer/signer.h"

/* Bytes, gpg's libraries included.  Sanitizers reserve terabytes. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX	RLIM_INFINITY
#else
#define MEMORY_MAX	((rlim_t)1 << 30)
#endif

/* At most; gpg has them, too.  Not of processes: that limit counts all that the
 * user runs. */
static const struct { int resource; rlim_t most; } limits[] = {
	{ RLIMIT_AS, MEMORY_MAX },
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_MEMLOCK, 64 << 10 },	/* libgcrypt's secure memory */
	{ RLIMIT_NOFILE, 256 },
};

void
signer_unjailed(int error)
{
	rpc_last_words(SIGNER_FD_CHANNEL, RPC_DEATH_SETUP, -error);
	_exit(JAIL_EXIT_SETUP);
}

static void
limits_enter(void)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		__rlimit_resource_t which =
		    (__rlimit_resource_t)limits[i].resource;
		struct rlimit limit;

		if (getrlimit(which, &limit) == -1)
			signer_unjailed(-errno);
		if (limit.rlim_max > limits[i].most)
			limit.rlim_max = limits[i].most;
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(which, &limit) == -1)
			signer_unjailed(-errno);
	}
}

void
signer_enter(const char *home)
{
	limits_enter();
	jail_enter(policy_for(home), SIGNER_FD_CHANNEL, 0);
}

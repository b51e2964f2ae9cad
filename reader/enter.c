/*
 * What a reader does before its policy holds.
 */
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "jail/jail.h"
#include "reader/enter.h"
#include "reader/policy.h"
#include "reader/reader.h"

#define NAMESPACES							\
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |	\
	    CLONE_NEWUTS | CLONE_NEWCGROUP)
#define FILES_MAX	16	/* it holds five */
/* Bytes, libraries included.  Sanitizers reserve terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX	RLIM_INFINITY
#else
#define MEMORY_MAX	((rlim_t)64 << 20)
#endif

void
reader_enter(void)
{
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	const struct rlimit files = { FILES_MAX, FILES_MAX };

	(void)unshare(NAMESPACES);	/* it opens nothing, with or without */
	if (setrlimit(RLIMIT_AS, &memory) == -1 ||
	    setrlimit(RLIMIT_NOFILE, &files) == -1) {
		rpc_last_words(READER_FD_CHANNEL, RPC_DEATH_SETUP, errno);
		_exit(JAIL_EXIT_SETUP);
	}
	jail_enter(&reader_policy, READER_FD_CHANNEL, 0);
}

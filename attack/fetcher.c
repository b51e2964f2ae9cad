/*
 * attack-fetcher - stands in a fetcher's place, of either kind, and tries what
 * is forbidden.
 *
 * Holds	what a fetcher holds, in a fetcher's jail: a connected socket and
 *		slots; and, in a file fetcher's, the origin's directory.
 * Lacks	a fetcher's work, and any part in an installation: only `airlock
 *		audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "attack/serve.h"
#include "fetcher/policy.h"

/* Where a file fetcher's view has the directory: fetcher/directory.h. */
#define ORIGIN	"/origin"

int
main(void)
{
	int is_directory = access(ORIGIN, F_OK) == 0;

	/* As the real one, which keeps it open. */
	if (is_directory && open(ORIGIN, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC) == -1)
		return EXIT_FAILURE;
	jail_enter(is_directory ? &fetcher_policy_directory :
	    &fetcher_policy_network, JAIL_FD_CHANNEL, 0);
	return attack_serve(JAIL_FD_CHANNEL);
}

/*
 * attack-fetcher - stands in a fetcher's place, and tries what is forbidden.
 *
 * Holds	what a fetcher holds, in a fetcher's jail: a connected socket and
 *		slots.
 * Lacks	a fetcher's work, and any part in an installation: only `airlock
 *		audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include "attack/serve.h"
#include "fetcher/policy.h"

int
main(void)
{
	jail_enter(&fetcher_policy, JAIL_FD_CHANNEL, 0);
	return attack_serve(JAIL_FD_CHANNEL);
}

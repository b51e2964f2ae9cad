/*
 * attack-dialer - stands in a dialer's place and tries what is forbidden.
 *
 * Holds	what a dialer holds, in a dialer's jail: the launcher's kind and
 *		the policy that the dialer is linked with.
 * Lacks	a dialer's work, and any part in an installation: only `airlock
 *		audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for: it plays a dialer that was taken over.
 */
#include "attack/serve.h"
#include "dialer/policy.h"

int
main(void)
{
	jail_enter(&dialer_policy, JAIL_FD_CHANNEL, 0);
	return attack_serve(JAIL_FD_CHANNEL);
}

/*
 * attack-verifier - stands in the place of a verifier's template or of its
 * child, and tries what is forbidden.
 *
 * Holds	what a verifier holds, in a verifier's jail.  The sealed input
 *		stays open: it stands for the signature that a child is given.
 * Lacks	a verifier's work, and any part in an installation: only `airlock
 *		audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include <signal.h>
#include <unistd.h>

#include "attack/serve.h"
#include "attack/wire.h"
#include "verifier/policy.h"

static int
child_attack(int channel)
{
	signal(SIGCHLD, SIG_DFL);
	return attack_serve(channel);
}

int
main(void)
{
	char place = attack_place();

	/* The home, where the view has one. */
	(void)!chdir("/home");
	/* Children are reaped at once: only then the kernel tells how they
	 * ended (PIDFD_GET_INFO). */
	if (place == ATTACK_AS_CHILD)
		signal(SIGCHLD, SIG_IGN);
	template_prepare(&policy_child);
	jail_enter(&policy_template, JAIL_FD_CHANNEL, 0);
	if (place != ATTACK_AS_CHILD)
		return attack_serve(JAIL_FD_CHANNEL);
	template_serve(child_attack);
}

/*
 * attack-checker - stands in a checker's place and tries what is forbidden.
 *
 * Holds	what a checker holds, in a checker's jail: one directory to read.
 * Lacks	a checker's work, and any part in a command but `airlock audit
 *		--attack`, which alone starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include "attack/serve.h"
#include "checker/enter.h"
#include "jail/jail.h"

int
main(void)
{
	attack_silence();
	checker_enter();
	return attack_serve(JAIL_FD_CHANNEL);
}

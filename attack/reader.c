/*
 * attack-reader - stands in a reader's place and tries what is forbidden.
 *
 * Holds	what a reader holds, in a reader's jail: one file, to read.
 * Lacks	a reader's work, and any part in a command but `airlock audit
 *		--attack`, which alone starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include "attack/serve.h"
#include "jail/jail.h"
#include "reader/enter.h"

int
main(void)
{
	attack_silence();
	reader_enter();
	return attack_serve(JAIL_FD_CHANNEL);
}

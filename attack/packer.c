/*
 * attack-packer - stands in a packer's place and tries what is forbidden.
 *
 * Holds	what a packer holds, in a packer's jail: one directory, or one
 *		file, to read, and an empty file to write.
 * Lacks	a packer's work, and any part in a command but `airlock audit
 *		--attack`, which alone starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include "attack/serve.h"
#include "jail/jail.h"
#include "packer/enter.h"

int
main(void)
{
	attack_silence();
	packer_enter();
	return attack_serve(JAIL_FD_CHANNEL);
}

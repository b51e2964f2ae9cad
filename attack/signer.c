/*
 * attack-signer - stands in the signer's place and tries what is forbidden.
 *
 * Holds	a signer's jail around a home of gpg that is made for this, and
 *		empty: no key, no agent.
 * Lacks	the signer's work, and any part in a command but `airlock audit
 *		--attack`, which alone starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include <stdlib.h>

#include "attack/serve.h"
#include "jail/jail.h"
#include "signer/enter.h"

int
main(void)
{
	const char *home = getenv("GNUPGHOME");

	if (home == NULL)
		return EXIT_FAILURE;
	attack_silence();
	signer_enter(home);
	return attack_serve(JAIL_FD_CHANNEL);
}

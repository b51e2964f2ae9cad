/*
 * attack-extractor - stands in the place of the extractor's template or of its
 * child, and tries what is forbidden.
 *
 * Holds	what an extractor holds, in an extractor's jail.
 * Lacks	an extractor's work, and any part in an installation: only
 *		`airlock audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attack/serve.h"
#include "attack/wire.h"
#include "extractor/policy.h"

int
main(void)
{
	char place = attack_place();

	/* As the real one; the last, so that the kernel tells how children
	 * ended (PIDFD_GET_INFO). */
	close(JAIL_FD_INPUT);
	umask(0);
	signal(SIGXFSZ, SIG_IGN);
	if (place == ATTACK_AS_CHILD)
		signal(SIGCHLD, SIG_IGN);
	template_prepare(&extractor_child);
	jail_enter(&extractor_template, JAIL_FD_CHANNEL, 0);
	if (place != ATTACK_AS_CHILD)
		return attack_serve(JAIL_FD_CHANNEL);
	template_serve(attack_serve);
}

/*
 * attack-sequoia - stands in the place of sequoia's template or of its child, and
 * tries what is forbidden.
 *
 * Holds	what sequoia holds, in sequoia's jail.  The sealed input stays
 *		open: it stands for the signature that a child is given.
 * Lacks	sequoia's work, and any part in an installation: only `airlock
 *		audit --attack` starts it.
 * Trusts	whoever asks it to try an act.
 * Taken over	that is what it is for.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
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

/* The home, where the view has one, and the children's directories in it. */
static void
slots_enter(void)
{
	char name[8];

	(void)!chdir("/home");
	for (int i = 0; i < JAIL_SLOTS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		(void)mkdir(name, 0700);
	}
}

int
main(void)
{
	char place = attack_place();

	slots_enter();
	/* Children are reaped at once: only then the kernel tells how they
	 * ended (PIDFD_GET_INFO). */
	if (place == ATTACK_AS_CHILD)
		signal(SIGCHLD, SIG_IGN);
	template_prepare(&policy_sequoia_child);
	jail_enter(&policy_sequoia_template, JAIL_FD_CHANNEL, 0);
	if (place != ATTACK_AS_CHILD)
		return attack_serve(JAIL_FD_CHANNEL);
	template_serve(child_attack);
}

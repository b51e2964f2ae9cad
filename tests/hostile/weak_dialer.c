/* weak_dialer.c - the dialer's attacker, which never enters the inner stage. */
#include "attack/serve.h"
#include "jail/jail.h"

int
main(void)
{
	return attack_serve(JAIL_FD_CHANNEL);
}

/*
 * The verifier: says whether a signature over one archive is by one pinned key.
 *
 * Holds	The pinned key of one user, in a private home; in a child, one
 *		archive and one signature, read-only, and exec of gpg.
 * Lacks	The network, the depot, other users' keys, any directory that
 *		outlives it, the sight of other processes.
 * Trusts	Nothing that it reads.  libgpgme and gpg parse bytes of whoever
 *		wrote the signature, and may be taken over by them.
 * Taken over	A child gives a wrong answer about its one archive.  The gate
 *		has seen the signature before, and the manager judges the
 *		answer; a lie about that archive it cannot see.  The template reads no byte of
 *		an archive or a signature.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "jail/jail.h"
#include "rpc/rpc.h"
#include "verifier/gpg.h"
#include "verifier/home.h"
#include "verifier/policy.h"
#include "verifier/serve.h"

/* What gpg sees.  Without HOME it would ask for the user's entry, and without
 * LC_ALL it would look for translations. */
static int
environment_set(void)
{
	return clearenv() == 0 && setenv("LC_ALL", "C", 1) == 0 &&
	    setenv("HOME", HOME_DIR, 1) == 0 &&
	    setenv("PATH", "/usr/bin", 1) == 0 ? 0 : -1;
}

int
main(void)
{
	int ring = environment_set() < 0 ? -ENOMEM : home_open();

	if (ring < 0)
		home_failed(ring);
	template_prepare(&policy_child);
	jail_enter(&policy_template, JAIL_FD_CHANNEL, 0);
	/* The key is input, too: it is read inside. */
	int error = home_fill(ring, JAIL_FD_INPUT);
	if (error == 0)
		error = gpg_init();
	if (error < 0)
		home_failed(error);
	close(JAIL_FD_INPUT);
	template_serve(verifier_serve);
}

/*
 * gpg.h - GnuPG through libgpgme, as claims in the verifier's own terms.
 */
#ifndef VERIFIER_GPG_H
#define VERIFIER_GPG_H

#include <stddef.h>

#include "verifier/verifier.h"

/*
 * Initialise libgpgme, once, before any child is forked; it runs
 * `gpg --version` twice.  0, or -ENOEXEC if there is no engine that works.
 */
int	gpg_init(void);
/*
 * What does the engine say of the detached signature sig over all of data, a
 * file that is read from its beginning?  The reply says GOOD only for exactly
 * one signature, without any error, whose key and algorithms are known.
 * Children only: it waits for all processes that were started, and ends with
 * last words on channel if the jail ended one of them.
 */
void	gpg_verify(int channel, int data, const void *sig, size_t size,
	    struct verifier_verify_rep *);
/* All keys of the keyring.  Children only. */
void	gpg_list_keys(int channel, struct verifier_keys_rep *);

#endif /* VERIFIER_GPG_H */

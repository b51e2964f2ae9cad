/*
 * sqv.h - Sequoia's sqv, as claims in the verifier's own terms.
 */
#ifndef VERIFIER_SQV_H
#define VERIFIER_SQV_H

#include <stdbool.h>
#include <stddef.h>

#include "verifier/verifier.h"

/* Can it be executed? */
bool	sqv_is_there(void);
/*
 * What does it say of the detached signature sig over all of data, a file?  as_of:
 * seconds since 1970, 0: now.  The reply says GOOD only if it ended with status 0
 * and has printed one full fingerprint and nothing else.  In a child that is in a
 * slot only (slots.h).  Ends with last words on channel if the jail ended it.
 */
void	sqv_verify(int channel, int data, const void *sig, size_t size,
	    int64_t as_of, struct verifier_verify_rep *);

#endif /* VERIFIER_SQV_H */

/*
 * policy.h - what the signer, and the gpg that it starts, may ask of the kernel.
 */
#ifndef SIGNER_POLICY_H
#define SIGNER_POLICY_H

#include "jail/jail.h"

extern const struct jail_policy signer_policy;

/* The same for gpg's home directory, where alone anything may be written. */
const struct jail_policy *policy_for(const char *home);

#endif /* SIGNER_POLICY_H */

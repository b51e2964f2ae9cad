/*
 * policy.h - what the templates of both programs and their children may ask of
 * the kernel.
 */
#ifndef VERIFIER_POLICY_H
#define VERIFIER_POLICY_H

#include "jail/jail.h"

/* A child's processor time, seconds: for anything, for bytes of data (gpg does
 * some 280 MB a second, sqv more, small machines a tenth of it), and at most. */
#define POLICY_CPU_BASE	5
#define POLICY_CPU_RATE	UINT64_C(8000000)	/* bytes a second */
#define POLICY_CPU_MAX	600

extern const struct jail_policy policy_template, policy_child;
extern const struct jail_policy policy_sequoia_template, policy_sequoia_child;

#endif /* VERIFIER_POLICY_H */

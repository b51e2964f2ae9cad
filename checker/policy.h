/*
 * policy.h - what a checker may ask of the kernel.
 */
#ifndef CHECKER_POLICY_H
#define CHECKER_POLICY_H

#include "jail/jail.h"

extern const struct jail_policy checker_policy;

#endif /* CHECKER_POLICY_H */

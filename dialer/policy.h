/*
 * policy.h - all that a dialer may ask of the kernel.
 */
#ifndef DIALER_POLICY_H
#define DIALER_POLICY_H

#include "jail/jail.h"

extern const struct jail_policy dialer_policy;

#endif /* DIALER_POLICY_H */

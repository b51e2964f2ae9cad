/*
 * policy.h - what a reader may ask of the kernel.
 */
#ifndef READER_POLICY_H
#define READER_POLICY_H

#include "jail/jail.h"

extern const struct jail_policy reader_policy;

#endif /* READER_POLICY_H */

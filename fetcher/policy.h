/*
 * policy.h - all that a fetcher may ask of the kernel.
 */
#ifndef FETCHER_POLICY_H
#define FETCHER_POLICY_H

#include "jail/jail.h"

/* Sockets, and no path. */
extern const struct jail_policy fetcher_policy;

#endif /* FETCHER_POLICY_H */

/*
 * policy.h - all that a fetcher may ask of the kernel.
 */
#ifndef FETCHER_POLICY_H
#define FETCHER_POLICY_H

#include "jail/jail.h"

/* Of one that serves an http or https origin: sockets, and no path. */
extern const struct jail_policy fetcher_policy_network;
/* Of one that serves a file: origin: a directory to read, and no socket. */
extern const struct jail_policy fetcher_policy_directory;

#endif /* FETCHER_POLICY_H */

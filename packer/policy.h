/*
 * policy.h - what a packer may ask of the kernel.
 */
#ifndef PACKER_POLICY_H
#define PACKER_POLICY_H

#include "jail/jail.h"

extern const struct jail_policy packer_of_directory;
extern const struct jail_policy packer_of_file;

#endif /* PACKER_POLICY_H */

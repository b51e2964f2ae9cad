/*
 * arch.h - which architecture's bin archives are meant.
 */
#ifndef CLI_ARCH_H
#define CLI_ARCH_H

#include "cli/options.h"
#include "cli/status.h"

/* --arch, else this machine's, in Genode's words, into arguments->arch:
 * STATUS_DONE, or STATUS_USAGE, said so. */
enum status arch_choose(struct arguments *);

#endif /* CLI_ARCH_H */

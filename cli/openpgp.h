/*
 * openpgp.h - OpenPGP numbers and fingerprints in words (RFC 9580, section 9).
 */
#ifndef CLI_OPENPGP_H
#define CLI_OPENPGP_H

#include <stdint.h>

#include "cli/cli.h"

#define FPR_TEXT	(2 * CLI_FPR + 1)	/* array sizes: hexadecimal, */
#define FPR_GROUPS	(FPR_TEXT + CLI_FPR)	/* and in groups of four */

const char *openpgp_key_algorithm(uint32_t number);
const char *openpgp_hash_algorithm(uint32_t number);

/* Upper-case hexadecimal, as gpg prints it; size is at most CLI_FPR bytes. */
void	fpr_text(char text[FPR_TEXT], const uint8_t *fpr, uint32_t size);
/* The same in groups of four digits, which people can compare. */
void	fpr_groups(char text[FPR_GROUPS], const uint8_t *fpr, uint32_t size);
/* What a person gives as a full fingerprint (blanks and case do not matter, nor
 * a leading 0x), as fpr_text() writes it: 0, or -EINVAL if it is none of 20 or
 * 32 bytes. */
int	fpr_parse(char text[FPR_TEXT], const char *given);

#endif /* CLI_OPENPGP_H */

/*
 * fingerprint.h - a fingerprint as OpenPGP engines print it.
 */
#ifndef VERIFIER_FINGERPRINT_H
#define VERIFIER_FINGERPRINT_H

#include <stddef.h>

#include "verifier/verifier.h"

/* The bytes of a full fingerprint of so many hexadecimal digits (40 or 64, upper
 * case): how many bytes; 0 if it is a key id, or something else.  Pure. */
uint32_t fingerprint_parse(const char *hex, size_t digits,
	    uint8_t fpr[VERIFIER_FPR]);

#endif /* VERIFIER_FINGERPRINT_H */

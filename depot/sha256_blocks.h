/*
 * sha256_blocks.h - the compression function of SHA-256, in several ways.
 *
 * For sha256.c, and for the test that compares the ways with each other.
 */
#ifndef DEPOT_SHA256_BLOCKS_H
#define DEPOT_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK	64	/* bytes */

/* Work so many blocks into the state; data need not be aligned. */
typedef void sha256_blocks(uint32_t state[8], const uint8_t *data,
    size_t blocks);

/* The round constants, FIPS 180-4 section 4.2.2. */
extern const uint32_t sha256_k[64];

/* For every machine. */
sha256_blocks	sha256_blocks_portable;
/* With this machine's instructions for it, or NULL if it has none
 * (sha256_x86.c, sha256_arm.c). */
sha256_blocks	*sha256_blocks_cpu(void);

/*
 * Both kinds of CPU do four rounds at a time: m holds the last 16 words of
 * the message schedule in four vectors, the oldest first.  After its rounds the
 * oldest is replaced by what follows the newest.
 */
#define SIXTEEN_ROUNDS(FOUR, k)	do {					\
	FOUR(m[0], m[1], m[2], m[3], k);				\
	FOUR(m[1], m[2], m[3], m[0], (k) + 4);				\
	FOUR(m[2], m[3], m[0], m[1], (k) + 8);				\
	FOUR(m[3], m[0], m[1], m[2], (k) + 12);				\
} while (0)

#endif /* DEPOT_SHA256_BLOCKS_H */

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
/* With this machine's instructions for it, or NULL if it has none. */
sha256_blocks	*sha256_blocks_cpu(void);

#endif /* DEPOT_SHA256_BLOCKS_H */

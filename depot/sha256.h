/*
 * sha256.h - SHA-256 (FIPS 180-4).
 */
#ifndef DEPOT_SHA256_H
#define DEPOT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE	32	/* bytes of a digest */

struct sha256 {
	uint32_t	state[8];
	uint64_t	bytes;
	uint8_t		block[64];
};

void	sha256_init(struct sha256 *);
void	sha256_update(struct sha256 *, const void *data, size_t size);
void	sha256_final(struct sha256 *, uint8_t digest[SHA256_SIZE]);
/* Lower-case hexadecimal, 2 * size characters and an end. */
void	sha256_hex(const uint8_t *bytes, size_t size, char *text);

#endif /* DEPOT_SHA256_H */

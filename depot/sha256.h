/*
 * sha256.h - SHA-256, by libmd: SHA256Init(), SHA256Update() and SHA256Final()
 * of a SHA2_CTX (sha2(3)).  It is what dpkg has its digests from.
 */
#ifndef DEPOT_SHA256_H
#define DEPOT_SHA256_H

#include <sha2.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE	SHA256_DIGEST_LENGTH	/* bytes of a digest */

/* Lower-case hexadecimal, 2 * size characters and an end. */
void	sha256_hex(const uint8_t *bytes, size_t size, char *text);

#endif /* DEPOT_SHA256_H */

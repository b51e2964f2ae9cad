/*
 * sha256.c - SHA-256 for any machine; section numbers are those of FIPS 180-4.
 *
 * No CPU's own instructions for it: the manager must trust what is here, so it
 * is small.  Archives come in and are unpacked slower than this hashes them.
 */
#include <endian.h>
#include <string.h>

#include "depot/sha256.h"

/* Section 4.2.2. */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Rotated right by each of a, b and c bits: the functions of section 4.1.2. */
static uint32_t
rotations(uint32_t x, int a, int b, int c)
{
	return (x >> a | x << (32 - a)) ^ (x >> b | x << (32 - b)) ^
	    (x >> c | x << (32 - c));
}

/* Section 6.2.2.  The words a to h do not move from round to round, but their
 * names do: a is s[-t mod 8].  Unrolled, so that all of them are registers. */
static void
compress(uint32_t state[8], const uint8_t block[64])
{
	uint32_t w[64], s[8];

	memcpy(w, block, 64);
	for (int t = 0; t < 16; t++)
		w[t] = be32toh(w[t]);
	/* A shift is a rotation without what came round. */
	for (int t = 16; t < 64; t++)
		w[t] = w[t - 16] + w[t - 7] +
		    (rotations(w[t - 15], 7, 18, 3) ^ w[t - 15] << 29) +
		    (rotations(w[t - 2], 17, 19, 10) ^ w[t - 2] << 22);
	memcpy(s, state, sizeof(s));
#pragma GCC unroll 64
	for (unsigned int t = 0; t < 64; t++) {
		uint32_t a = s[-t & 7], b = s[(1 - t) & 7], c = s[(2 - t) & 7];
		uint32_t e = s[(4 - t) & 7], f = s[(5 - t) & 7];
		uint32_t g = s[(6 - t) & 7], *h = &s[(7 - t) & 7];
		uint32_t sum = *h + rotations(e, 6, 11, 25) +
		    (g ^ (e & (f ^ g))) + k[t] + w[t];

		s[(3 - t) & 7] += sum;
		*h = sum + rotations(a, 2, 13, 22) + ((a & b) | (c & (a | b)));
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void
sha256_init(struct sha256 *hash)
{
	*hash = (struct sha256){ .state = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	} };
}

void
sha256_update(struct sha256 *hash, const void *data, size_t size)
{
	const uint8_t *from = data;

	for (size_t i = 0; i < size; i++) {
		hash->block[hash->bytes++ % sizeof(hash->block)] = from[i];
		if (hash->bytes % sizeof(hash->block) == 0)
			compress(hash->state, hash->block);
	}
}

void
sha256_final(struct sha256 *hash, uint8_t digest[SHA256_SIZE])
{
	uint64_t bits = htobe64(hash->bytes * 8);

	/* Section 5.1.1: the length is to end a block. */
	sha256_update(hash, "\x80", 1);
	while (hash->bytes % 64 != 56)
		sha256_update(hash, "", 1);
	sha256_update(hash, &bits, sizeof(bits));
	for (int i = 0; i < 8; i++)
		hash->state[i] = htobe32(hash->state[i]);
	memcpy(digest, hash->state, SHA256_SIZE);
}

void
sha256_hex(const uint8_t *bytes, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++) {
		*text++ = "0123456789abcdef"[bytes[i] >> 4];
		*text++ = "0123456789abcdef"[bytes[i] & 0xf];
	}
	*text = '\0';
}

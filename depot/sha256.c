/*
 * sha256.c - SHA-256 for any machine; section numbers are those of FIPS 180-4.
 */
#include <endian.h>
#include <string.h>

#include "depot/sha256.h"
#include "depot/sha256_blocks.h"

const uint32_t sha256_k[64] = {
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

/* Round t of section 6.2.2, with the sum of its constant and its word.  The
 * eight words a to h do not move, but their names do: a is s[-t mod 8]. */
static inline void
one_round(uint32_t s[8], unsigned int t, uint32_t sum)
{
	uint32_t a = s[-t & 7], b = s[(1 - t) & 7], c = s[(2 - t) & 7];
	uint32_t e = s[(4 - t) & 7], f = s[(5 - t) & 7], g = s[(6 - t) & 7];

	sum += s[(7 - t) & 7] + rotations(e, 6, 11, 25) + (g ^ (e & (f ^ g)));
	s[(3 - t) & 7] += sum;
	s[(7 - t) & 7] = sum + rotations(a, 2, 13, 22) +
	    ((a & b) | (c & (a | b)));
}

static void
compress(uint32_t state[8], const uint32_t w[64])
{
	uint32_t s[8];

	memcpy(s, state, sizeof(s));
	for (unsigned int t = 0; t < 64; t += 8) {
		one_round(s, 0, sha256_k[t] + w[t]);
		one_round(s, 1, sha256_k[t + 1] + w[t + 1]);
		one_round(s, 2, sha256_k[t + 2] + w[t + 2]);
		one_round(s, 3, sha256_k[t + 3] + w[t + 3]);
		one_round(s, 4, sha256_k[t + 4] + w[t + 4]);
		one_round(s, 5, sha256_k[t + 5] + w[t + 5]);
		one_round(s, 6, sha256_k[t + 6] + w[t + 6]);
		one_round(s, 7, sha256_k[t + 7] + w[t + 7]);
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void
sha256_blocks_portable(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	uint32_t w[64];

	for (; blocks > 0; blocks--, data += SHA256_BLOCK) {
		memcpy(w, data, SHA256_BLOCK);
		for (int t = 0; t < 16; t++)
			w[t] = be32toh(w[t]);
		/* A shift is a rotation without what came round. */
		for (int t = 16; t < 64; t++)
			w[t] = w[t - 16] + w[t - 7] +
			    (rotations(w[t - 15], 7, 18, 3) ^ w[t - 15] << 29) +
			    (rotations(w[t - 2], 17, 19, 10) ^ w[t - 2] << 22);
		compress(state, w);
	}
}

static void
work(struct sha256 *hash, const uint8_t *data, size_t blocks)
{
	/* Asking the CPU is slow on a virtual machine: once is enough. */
	static sha256_blocks *fastest;

	if (fastest == NULL)
		fastest = sha256_blocks_cpu();
	if (fastest == NULL)
		fastest = sha256_blocks_portable;
	fastest(hash->state, data, blocks);
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

	while (size > 0) {
		size_t held = hash->bytes % SHA256_BLOCK;
		size_t n = SHA256_BLOCK - held;

		if (held == 0 && size >= SHA256_BLOCK) {
			n = size - size % SHA256_BLOCK;
			work(hash, from, n / SHA256_BLOCK);
		} else if (size < n) {
			n = size;
			memcpy(hash->block + held, from, n);
		} else {
			memcpy(hash->block + held, from, n);
			work(hash, hash->block, 1);
		}
		hash->bytes += n;
		from += n;
		size -= n;
	}
}

void
sha256_final(struct sha256 *hash, uint8_t digest[SHA256_SIZE])
{
	static const uint8_t padding[SHA256_BLOCK] = { 0x80 };
	uint64_t bits = htobe64(hash->bytes * 8);
	size_t held = hash->bytes % SHA256_BLOCK;

	/* The length is to end a block. */
	sha256_update(hash, padding, (held < 56 ? 56 : 120) - held);
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

/*
 * keyring_fuzz.c - any bytes as a key file.  What the engines get of it begins with
 * a public key, consists of whole packets of known kinds, has no trust packet, and
 * stays as it is when it is made into a keyring once more.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The verifier is no library. */
#include "verifier/keyring.c"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Size of the packet whose header is here, read in another way. */
static size_t
packet_size(const uint8_t *at, unsigned int *tag)
{
	static const unsigned int octets[] = { 1, 2, 4 };
	size_t length = 0;

	if (at[0] & 0x40) {
		*tag = at[0] & 0x3f;
		if (at[1] < 192)
			return 2u + at[1];
		if (at[1] < 224)
			return 3u + (at[1] * 256u + at[2] - 192 * 256 + 192);
		assert(at[1] == 255);
		return 6 + ((size_t)at[2] << 24 | (size_t)at[3] << 16 |
		    (size_t)at[4] << 8 | at[5]);
	}
	*tag = at[0] >> 2 & 15;
	assert((at[0] & 3) != 3);
	for (unsigned int i = 0; i < octets[at[0] & 3]; i++)
		length = length << 8 | at[1 + i];
	return 1 + octets[at[0] & 3] + length;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *ring = malloc(size + 1), *again;
	size_t n = 0, m = 0, at = 0;
	unsigned int tag;

	assert(ring != NULL);
	ring[size] = 0xa5;
	if (keyring_make(data, size, ring, &n) != 0) {
		assert(n == 0);
		free(ring);
		return 0;
	}
	assert(ring[size] == 0xa5 && n > 0 && n <= size);
	for (; at < n; at += packet_size(ring + at, &tag)) {
		(void)packet_size(ring + at, &tag);
		assert(at != 0 || tag == 6);
		assert(tag == 2 || tag == 6 || tag == 13 || tag == 14 ||
		    tag == 17);
	}
	assert(at == n);
	again = malloc(n);
	assert(again != NULL && keyring_make(ring, n, again, &m) == 0);
	assert(m == n && memcmp(ring, again, n) == 0);
	free(again);
	free(ring);
	return 0;
}

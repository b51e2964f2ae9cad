/*
 * sha256_fuzz.c - any bytes, cut in any way.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "depot/sha256.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_pieces(const uint8_t *data, size_t size)
{
	uint8_t whole[SHA256_SIZE], pieces[SHA256_SIZE];
	struct sha256 hash;
	size_t at = 0;

	sha256_init(&hash);
	sha256_update(&hash, data, size);
	sha256_final(&hash, whole);
	sha256_init(&hash);
	while (at < size) {
		size_t piece = data[at] < size - at ? data[at] + 1u : 1;

		sha256_update(&hash, data + at, piece);
		at += piece;
	}
	sha256_final(&hash, pieces);
	assert(memcmp(whole, pieces, sizeof(whole)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_pieces(data, size);
	return 0;
}

/*
 * extractor_frame_fuzz.c - any bytes as a tar.  How they are cut into pieces
 * changes nothing: neither what is taken, nor which entries there are, nor the
 * complaint.  Blocks get a valid checksum, which a fuzzer would not find.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The extractor is no library. */
#include "extractor/frame.c"

#define CHECKSUM	148	/* offset, 8 bytes */

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct summary {
	uint64_t		 taken, count, sizes, kinds;
	enum extractor_outcome	 outcome, end;
};

/* Feed all, in pieces of at most `piece` bytes. */
static struct summary
feed(const unsigned char *data, size_t size, size_t piece)
{
	static struct frame f;
	struct summary s = { 0 };

	frame_init(&f);
	while (s.taken < size && f.outcome == EXTRACTOR_DONE) {
		size_t left = size - (size_t)s.taken;
		size_t n = left < piece ? left : piece;
		uint64_t before = f.count;
		size_t taken = frame_take(&f, data + s.taken, n);
		assert(taken > 0 && taken <= n);
		assert(taken == n || f.count == before + 1 ||
		    f.outcome != EXTRACTOR_DONE);
		assert(f.kind == FRAME_FILE || f.size == 0);
		s.taken += taken;
		if (f.count == before)
			continue;
		s.sizes = s.sizes * 31 + f.size;
		s.kinds = s.kinds * 31 + f.kind;
	}
	s.count = f.count;
	s.outcome = f.outcome;
	s.end = frame_end(&f);
	return s;
}

static void
checksums_mend(unsigned char *tar, size_t size)
{
	char digits[8];

	for (; size >= FRAME_BLOCK; tar += FRAME_BLOCK, size -= FRAME_BLOCK) {
		unsigned int sum = 0;
		memset(tar + CHECKSUM, ' ', 8);
		for (size_t i = 0; i < FRAME_BLOCK; i++)
			sum += tar[i];
		if (sum == 8 * ' ') {	/* it was a block of zeros */
			memset(tar + CHECKSUM, 0, 8);
			continue;
		}
		snprintf(digits, sizeof(digits), "%06o", sum);
		memcpy(tar + CHECKSUM, digits, 7);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *tar = malloc(size + 1);

	if (tar == NULL)
		return 0;
	memcpy(tar, data, size);
	checksums_mend(tar, size);
	struct summary whole = feed(tar, size, SIZE_MAX);
	struct summary bytes = feed(tar, size, 1);
	struct summary odd = feed(tar, size, 333);
	assert(memcmp(&whole, &bytes, sizeof(whole)) == 0);
	assert(memcmp(&whole, &odd, sizeof(whole)) == 0);
	free(tar);
	return 0;
}

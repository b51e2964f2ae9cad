/*
 * sha256_x86.c - SHA-256 with the instructions that x86-64 CPUs have for it:
 * five times as fast, in the only loop of the manager that sees every byte.
 */
#include "depot/sha256_blocks.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define TARGET	__attribute__((target("sha,sse4.1,ssse3")))

TARGET static inline __m128i
load(const void *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

#define FOUR(w0, w1, w2, w3, k)	do {					\
	__m128i x = _mm_add_epi32(w0, load(k));				\
	cdgh = _mm_sha256rnds2_epu32(cdgh, abef, x);			\
	abef = _mm_sha256rnds2_epu32(abef, cdgh,			\
	    _mm_shuffle_epi32(x, 0x0e));				\
	w0 = _mm_sha256msg2_epu32(_mm_add_epi32(			\
	    _mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4)), w3); \
} while (0)

/* The CPU wants the state as a b e f and c d g h, the high word first. */
TARGET static void
blocks_x86(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b,
	    0x0405060700010203);
	__m128i badc = _mm_shuffle_epi32(load(state), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(load(state + 4), 0x1b);
	__m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
	__m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
	__m128i m[4];

	for (; blocks > 0; blocks--, data += SHA256_BLOCK) {
		__m128i abef_before = abef, cdgh_before = cdgh;

		for (size_t i = 0; i < 4; i++)
			m[i] = _mm_shuffle_epi8(load(data + 16 * i),
			    big_endian);
		for (size_t t = 0; t < 64; t += 16)
			SIXTEEN_ROUNDS(FOUR, sha256_k + t);
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	abef = _mm_shuffle_epi32(abef, 0x1b);
	cdgh = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(abef, cdgh, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4),
	    _mm_alignr_epi8(cdgh, abef, 8));
}

sha256_blocks *
sha256_blocks_cpu(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_SSSE3) == 0 ||
	    (c & bit_SSE4_1) == 0)
		return NULL;
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & bit_SHA) == 0)
		return NULL;
	return blocks_x86;
}

#endif

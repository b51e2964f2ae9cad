/*
 * sha256_arm.c - SHA-256 with the instructions that aarch64 CPUs have for it.
 */
#include "depot/sha256_blocks.h"

#if defined(__AARCH64EL__)

#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

/* Assembler, because compilers offer the intrinsics only where the whole file
 * may use the extension, and this machine may not have it. */
#define FOUR(w0, w1, w2, w3, k)	do {					\
	uint32x4_t x = vaddq_u32(w0, vld1q_u32(k)), before = abcd;	\
	__asm__(".arch_extension sha2\n\t"				\
	    "sha256h %q0, %q1, %3.4s\n\t"				\
	    "sha256h2 %q1, %q4, %3.4s\n\t"				\
	    "sha256su0 %2.4s, %5.4s\n\t"				\
	    "sha256su1 %2.4s, %6.4s, %7.4s"				\
	    : "+&w"(abcd), "+&w"(efgh), "+&w"(w0)			\
	    : "w"(x), "w"(before), "w"(w1), "w"(w2), "w"(w3));		\
} while (0)

static void
blocks_arm(uint32_t state[8], const uint8_t *data, size_t blocks)
{
	uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4), m[4];

	for (; blocks > 0; blocks--, data += SHA256_BLOCK) {
		uint32x4_t abcd_before = abcd, efgh_before = efgh;

		for (size_t i = 0; i < 4; i++)
			m[i] = vreinterpretq_u32_u8(
			    vrev32q_u8(vld1q_u8(data + 16 * i)));
		for (size_t t = 0; t < 64; t += 16)
			SIXTEEN_ROUNDS(FOUR, sha256_k + t);
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u32(state, abcd);
	vst1q_u32(state + 4, efgh);
}

sha256_blocks *
sha256_blocks_cpu(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0 ? blocks_arm : NULL;
}

#endif

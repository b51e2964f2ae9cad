/*
 * depot_sha256_test.c - SHA-256: known digests, every way of cutting the input,
 * and sha256sum.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "depot/sha256.h"

#define HEX	(2 * SHA256_SIZE + 1)

static uint8_t sample[1 << 20];

/* The same bytes in each run (xorshift). */
static int
fill_sample(void **state)
{
	uint32_t x = 2463534242;

	(void)state;
	for (size_t i = 0; i < sizeof(sample); i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		sample[i] = (uint8_t)x;
	}
	return 0;
}

/* Digest of data that comes in pieces of so many bytes. */
static void
digest(char hex[HEX], const void *data, size_t size, size_t piece)
{
	uint8_t bytes[SHA256_SIZE];
	struct sha256 hash;

	sha256_init(&hash);
	for (size_t at = 0; at < size; at += piece)
		sha256_update(&hash, (const uint8_t *)data + at,
		    size - at < piece ? size - at : piece);
	sha256_final(&hash, bytes);
	sha256_hex(bytes, sizeof(bytes), hex);
}

/* FIPS 180-2 appendix B, and NIST's examples and byte-oriented vectors. */
static const struct {
	const char	*text, *hex;
} known[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "\xd3", "28969cdfa74a12c82f3bad960b0b000a"
	    "ca2ac329deea5c2328ebc6f2ba9802c1" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	    "cf5b16a778af8380036ce59e7b049237"
	    "0b249b11e8f07a51afac45037afee9d1" },
};

static void
known_digests(void **state)
{
	char hex[HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		digest(hex, known[i].text, strlen(known[i].text), 1000);
		assert_string_equal(hex, known[i].hex);
	}
}

static void
million(void **state)
{
	static char text[1000000];
	char hex[HEX];

	(void)state;
	memset(text, 'a', sizeof(text));
	digest(hex, text, sizeof(text), 777);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
}

static void
pieces(void **state)
{
	char whole[HEX], cut[HEX];

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		digest(whole, sample + size % 16, size, 1000);
		for (size_t piece = 1; piece < 150; piece++) {
			digest(cut, sample + size % 16, size, piece);
			assert_string_equal(cut, whole);
		}
	}
}

/* What the system's own tool says of the first bytes of the sample. */
static void
system_digest(char hex[HEX], size_t size)
{
	char name[] = "/tmp/sha256_test.XXXXXX", command[64];
	int fd = mkstemp(name);
	FILE *pipe;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, sample, size), size);
	close(fd);
	snprintf(command, sizeof(command), "sha256sum %s", name);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(hex, HEX, pipe));
	assert_int_equal(pclose(pipe), 0);
	unlink(name);
}

static void
agrees_with_sha256sum(void **state)
{
	static const size_t sizes[] = {
		0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 1000, 4096,
		65537, 999999, sizeof(sample),
	};
	char ours[HEX], theirs[HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		digest(ours, sample, sizes[i], 1 + 7919 * i);
		system_digest(theirs, sizes[i]);
		assert_string_equal(ours, theirs);
	}
}

/* The length is counted beyond 32 bits: begin with 2^32 - 64 bytes done. */
static void
length_has_64_bits(void **state)
{
	uint8_t bytes[SHA256_SIZE], other[SHA256_SIZE];
	struct sha256 hash;

	(void)state;
	sha256_init(&hash);
	hash.bytes = (UINT64_C(1) << 32) - 64;
	sha256_update(&hash, sample, 64);
	assert_int_equal(hash.bytes, UINT64_C(1) << 32);
	sha256_final(&hash, bytes);
	sha256_init(&hash);
	sha256_update(&hash, sample, 64);
	hash.bytes = 0;
	sha256_final(&hash, other);
	assert_memory_not_equal(bytes, other, sizeof(bytes));
}

static void
nothing(void **state)
{
	char hex[1] = "x";
	struct sha256 hash;

	(void)state;
	sha256_init(&hash);
	sha256_update(&hash, NULL, 0);
	assert_int_equal(hash.bytes, 0);
	sha256_hex(NULL, 0, hex);
	assert_string_equal(hex, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests),
		cmocka_unit_test(million),
		cmocka_unit_test(pieces),
		cmocka_unit_test(agrees_with_sha256sum),
		cmocka_unit_test(length_has_64_bits),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, fill_sample, NULL);
}

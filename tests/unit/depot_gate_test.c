/*
 * depot_gate_test.c - the gate for signature files: what passes, and each
 * reason not to.  Packets are built here, field by field (RFC 9580).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "depot/gate.h"

enum header { OLD1, OLD2, OLD4, NEW1, NEW2, NEW5 };

/* A packet is written from these numbers: the octets of its beginning, and how
 * many bytes its parts have.  CLAIMED_x is a wrong length; 0: the right one. */
enum field {
	NO_FIELD, HEADER, VERSION, TYPE, ALGORITHM, HASH,
	HASHED, UNHASHED, SALT, MPIS, CLAIMED_HASHED, CLAIMED_UNHASHED,
	FIELDS
};

/* What GnuPG makes with an RSA key. */
static const size_t rsa[FIELDS] = { [HEADER] = OLD2, [VERSION] = 4,
	[ALGORITHM] = 1, [HASH] = 8, [HASHED] = 29, [UNHASHED] = 10,
	[MPIS] = 514 };
static const size_t v6[FIELDS] = { [HEADER] = NEW1, [VERSION] = 6,
	[ALGORITHM] = 27, [HASH] = 8, [HASHED] = 41, [SALT] = 16, [MPIS] = 64 };

struct change {
	enum field	field;
	size_t		value;
};

struct bytes {
	uint8_t	at[GATE_MAX * 2];
	size_t	size;
};

static void
put(struct bytes *to, size_t width, size_t number)
{
	while (width-- > 0)
		to->at[to->size++] = (uint8_t)(number >> (8 * width));
}

static void
put_filling(struct bytes *to, size_t size)
{
	memset(to->at + to->size, 0xee, size);
	to->size += size;
}

static void
put_header(struct bytes *to, enum header header, size_t length)
{
	switch (header) {
	case OLD1: put(to, 1, 0x88); put(to, 1, length); break;
	case OLD2: put(to, 1, 0x89); put(to, 2, length); break;
	case OLD4: put(to, 1, 0x8a); put(to, 4, length); break;
	case NEW1: put(to, 1, 0xc2); put(to, 1, length); break;
	case NEW2: put(to, 1, 0xc2); put(to, 2, length - 192 + 0xc000); break;
	case NEW5: put(to, 1, 0xc2); put(to, 1, 255); put(to, 4, length);
	}
}

static void
put_body(struct bytes *to, const size_t f[FIELDS])
{
	size_t width = f[VERSION] == 6 ? 4 : 2;

	for (enum field field = VERSION; field <= HASH; field++)
		put(to, 1, f[field]);
	put(to, width, f[f[CLAIMED_HASHED] ? CLAIMED_HASHED : HASHED]);
	/* One subpacket of a private type. */
	if (f[HASHED] > 1) {
		put(to, 1, f[HASHED] - 1);
		put(to, 1, 100);
	}
	put_filling(to, f[HASHED] > 1 ? f[HASHED] - 2 : f[HASHED]);
	put(to, width, f[f[CLAIMED_UNHASHED] ? CLAIMED_UNHASHED : UNHASHED]);
	put_filling(to, f[UNHASHED]);
	put_filling(to, 2);		/* begin of the digest */
	if (f[VERSION] == 6) {
		put(to, 1, f[SALT]);
		put_filling(to, f[SALT]);
	}
	put_filling(to, f[MPIS]);
}

static void
build(struct bytes *to, const size_t fields[FIELDS])
{
	struct bytes body = { .size = 0 };

	put_body(&body, fields);
	to->size = 0;
	put_header(to, (enum header)fields[HEADER], body.size);
	memcpy(to->at + to->size, body.at, body.size);
	to->size += body.size;
}

static const struct {
	const char	*what;
	enum gate	 gate;
	const size_t	*base;
	struct change	 changes[4];	/* to that packet */
} samples[] = {
	{ "RSA", GATE_PASS, rsa, { { NO_FIELD, 0 } } },
	{ "old header, one byte", GATE_PASS, rsa,
	    { { HEADER, OLD1 }, { MPIS, 64 } } },
	{ "old header, four bytes", GATE_PASS, rsa, { { HEADER, OLD4 } } },
	{ "new header, one byte", GATE_PASS, rsa,
	    { { HEADER, NEW1 }, { MPIS, 64 } } },
	{ "new header, two bytes", GATE_PASS, rsa, { { HEADER, NEW2 } } },
	{ "new header, five bytes", GATE_PASS, rsa, { { HEADER, NEW5 } } },
	{ "sign-only RSA", GATE_PASS, rsa, { { ALGORITHM, 3 } } },
	{ "ECDSA", GATE_PASS, rsa, { { ALGORITHM, 19 } } },
	{ "EdDSA", GATE_PASS, rsa, { { ALGORITHM, 22 } } },
	{ "Ed25519", GATE_PASS, rsa, { { ALGORITHM, 27 } } },
	{ "Ed448", GATE_PASS, rsa, { { ALGORITHM, 28 } } },
	{ "SHA2-384", GATE_PASS, rsa, { { HASH, 9 } } },
	{ "SHA2-512", GATE_PASS, rsa, { { HASH, 10 } } },
	{ "SHA2-224", GATE_PASS, rsa, { { HASH, 11 } } },
	{ "SHA3-256", GATE_PASS, rsa, { { HASH, 12 } } },
	{ "SHA3-512", GATE_PASS, rsa, { { HASH, 14 } } },
	{ "empty areas, one byte of signature", GATE_PASS, rsa,
	    { { HASHED, 0 }, { UNHASHED, 0 }, { MPIS, 1 } } },
	{ "version 6", GATE_PASS, v6, { { NO_FIELD, 0 } } },
	{ "version 6, SHA2-512", GATE_PASS, v6,
	    { { HASH, 10 }, { SALT, 32 } } },

	{ "version 3", GATE_VERSION, rsa, { { VERSION, 3 } } },
	{ "version 5", GATE_VERSION, rsa, { { VERSION, 5 } } },
	{ "version 0", GATE_VERSION, rsa, { { VERSION, 0 } } },
	{ "text mode", GATE_TYPE, rsa, { { TYPE, 0x01 } } },
	{ "standalone", GATE_TYPE, rsa, { { TYPE, 0x02 } } },
	{ "certification", GATE_TYPE, rsa, { { TYPE, 0x10 } } },
	{ "revocation", GATE_TYPE, rsa, { { TYPE, 0x20 } } },
	{ "timestamp", GATE_TYPE, rsa, { { TYPE, 0x40 } } },
	{ "no algorithm", GATE_KEY_ALGORITHM, rsa, { { ALGORITHM, 0 } } },
	{ "encrypt-only RSA", GATE_KEY_ALGORITHM, rsa, { { ALGORITHM, 2 } } },
	{ "Elgamal", GATE_KEY_ALGORITHM, rsa, { { ALGORITHM, 16 } } },
	{ "DSA", GATE_KEY_ALGORITHM, rsa, { { ALGORITHM, 17 } } },
	{ "no hash", GATE_HASH_ALGORITHM, rsa, { { HASH, 0 } } },
	{ "MD5", GATE_HASH_ALGORITHM, rsa, { { HASH, 1 } } },
	{ "SHA-1", GATE_HASH_ALGORITHM, rsa, { { HASH, 2 } } },
	{ "RIPEMD-160", GATE_HASH_ALGORITHM, rsa, { { HASH, 3 } } },
	{ "unknown hash", GATE_HASH_ALGORITHM, rsa, { { HASH, 13 } } },
	{ "hashed area beyond the end", GATE_AREAS, rsa,
	    { { CLAIMED_HASHED, 0xffff } } },
	{ "hashed area leaves one byte", GATE_AREAS, rsa,
	    { { HASHED, 1 }, { UNHASHED, 0 }, { MPIS, 1 },
	    { CLAIMED_HASHED, 5 } } },
	{ "unhashed area beyond the end", GATE_AREAS, rsa,
	    { { CLAIMED_UNHASHED, 10 + 2 + 514 + 1 } } },
	{ "unhashed area up to the end", GATE_AREAS, rsa,
	    { { CLAIMED_UNHASHED, 10 + 2 + 514 } } },
	{ "unhashed area leaves no signature", GATE_AREAS, rsa,
	    { { CLAIMED_UNHASHED, 10 + 514 } } },
	{ "unhashed area leaves one byte", GATE_PASS, rsa,
	    { { CLAIMED_UNHASHED, 10 + 513 } } },
	{ "no signature", GATE_AREAS, rsa, { { MPIS, 0 } } },
	{ "version 6, huge area", GATE_AREAS, v6,
	    { { CLAIMED_HASHED, 0xffffffff } } },
	{ "version 6, huge unhashed area", GATE_AREAS, v6,
	    { { CLAIMED_UNHASHED, 0xfffffffe } } },
	{ "version 6, no salt", GATE_AREAS, v6, { { SALT, 0 } } },
	{ "version 6, salt of another hash", GATE_AREAS, v6, { { HASH, 9 } } },
	{ "version 6, no signature", GATE_AREAS, v6, { { MPIS, 0 } } },
};

/* The packet of a row, and the numbers that it was made from. */
static void
build_row(struct bytes *to, size_t row, size_t fields[FIELDS])
{
	memcpy(fields, samples[row].base, FIELDS * sizeof(*fields));
	for (size_t i = 0; i < 4; i++)
		fields[samples[row].changes[i].field] =
		    samples[row].changes[i].value;
	build(to, fields);
}

static void
built_packets(void **state)
{
	struct gate_facts facts;
	struct bytes sig;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t fields[FIELDS];
		enum gate gate;

		facts = (struct gate_facts){ 0xaa, 0xbb, 0xcc, 0, "" };
		build_row(&sig, i, fields);
		gate = gate_check(sig.at, sig.size, &facts);
		if (gate != samples[i].gate)
			fail_msg("%s: %s", samples[i].what, gate_text(gate));
		if (gate == GATE_PASS) {
			assert_int_equal(facts.version, fields[VERSION]);
			assert_int_equal(facts.algorithm, fields[ALGORITHM]);
			assert_int_equal(facts.hash, fields[HASH]);
		} else if (facts.version == fields[VERSION]) {
			/* Nothing else is against it. */
			assert_true(fields[ALGORITHM] == 17 ||
			    fields[HASH] == 2);
		} else {
			assert_int_equal(facts.version, 0xaa);
			assert_int_equal(facts.algorithm, 0xbb);
			assert_int_equal(facts.hash, 0xcc);
		}
	}
}

#define BYTES(gate, literal)	{ gate, literal, sizeof(literal) - 1 }

static const struct {
	enum gate	 gate;
	const char	*bytes;
	size_t		 size;
} raw[] = {
	BYTES(GATE_EMPTY, ""),
	BYTES(GATE_ARMORED, "-----BEGIN PGP SIGNATURE-----\n"),
	BYTES(GATE_ARMORED, "-----BEGIN PGP SIGNED MESSAGE-----\n"),
	BYTES(GATE_ARMORED, "<html>404</html>"),
	BYTES(GATE_ARMORED, "\n\x88\x02"),
	BYTES(GATE_ARMORED, "\0"),
	BYTES(GATE_ARMORED, "\x7f"),
	BYTES(GATE_PACKET, "\xa3\x01"),		/* compressed data */
	BYTES(GATE_PACKET, "\xc8\x01"),
	BYTES(GATE_PACKET, "\x90\x0d"),		/* one-pass signature */
	BYTES(GATE_PACKET, "\xc4\x0d"),
	BYTES(GATE_PACKET, "\xca\x03PGP"),	/* marker */
	BYTES(GATE_PACKET, "\x99\x01"),		/* public key */
	BYTES(GATE_PACKET, "\xd5\x01"),		/* padding */
	BYTES(GATE_PACKET, "\x80"),		/* reserved tag 0 */
	BYTES(GATE_PACKET, "\xff"),
	BYTES(GATE_PACKET, "\xe2\x0b"		/* tag 34 */
	    "\x04\0\x01\x08\0\0\0\0\xed\x73\0"),
	BYTES(GATE_LENGTH, "\x8b\x04"),		/* indeterminate */
	BYTES(GATE_LENGTH, "\x8b\0\0\0\0\0\0\0\x0b"	/* no width of 8 */
	    "\x04\0\x01\x08\0\0\0\0\xed\x73\0"),
	BYTES(GATE_LENGTH, "\xc2\xe0\x04"),	/* partial */
	BYTES(GATE_LENGTH, "\xc2\xfe\x04"),
	BYTES(GATE_LENGTH, "\x88"),		/* cut off */
	BYTES(GATE_LENGTH, "\x89\x01"),
	BYTES(GATE_LENGTH, "\x8a\0\0\0"),
	BYTES(GATE_LENGTH, "\xc2"),
	BYTES(GATE_LENGTH, "\xc2\xc0"),
	BYTES(GATE_LENGTH, "\xc2\xff\0\0\0"),
	BYTES(GATE_LENGTH, "\xc2\xff\xff\xff\xff\xff"),
	BYTES(GATE_LENGTH, "\x88\x02\x04"),
	BYTES(GATE_LENGTH, "\x88\0\x04"),
	BYTES(GATE_VERSION, "\x88\0"),		/* empty body, and so on */
	BYTES(GATE_TYPE, "\x88\x01\x04"),
	BYTES(GATE_KEY_ALGORITHM, "\x88\x02\x04\0"),
	BYTES(GATE_HASH_ALGORITHM, "\x88\x03\x04\0\x01"),
	BYTES(GATE_AREAS, "\x88\x04\x04\0\x01\x08"),
	BYTES(GATE_AREAS, "\x88\x05\x04\0\x01\x08\0"),
	BYTES(GATE_AREAS, "\x88\x06\x04\0\x01\x08\0\0"),
	BYTES(GATE_AREAS, "\x88\x08\x04\0\x01\x08\0\0\0\0"),
	BYTES(GATE_AREAS, "\x88\x0a\x04\0\x01\x08\0\0\0\0\xed\x73"),
	BYTES(GATE_PASS, "\x88\x0b\x04\0\x01\x08\0\0\0\0\xed\x73\0"),
};

static void
raw_bytes(void **state)
{
	struct gate_facts facts;

	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
		enum gate gate = gate_check((const uint8_t *)raw[i].bytes,
		    raw[i].size, &facts);

		if (gate != raw[i].gate)
			fail_msg("row %zu: %s", i, gate_text(gate));
	}
}

/* Whatever is before, behind or missing, it is no signature any more. */
static void
not_exactly_one_packet(void **state)
{
	struct bytes sig, twice;
	struct gate_facts facts;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t fields[FIELDS];

		if (samples[i].gate != GATE_PASS)
			continue;
		build_row(&sig, i, fields);
		for (size_t size = 0; size < sig.size; size++)
			assert_int_not_equal(gate_check(sig.at, size, &facts),
			    GATE_PASS);
		twice = sig;
		memcpy(twice.at + sig.size, sig.at, sig.size);
		for (size_t size = sig.size + 1; size <= 2 * sig.size; size++)
			assert_int_equal(gate_check(twice.at, size, &facts),
			    GATE_LENGTH);
		assert_int_not_equal(gate_check(sig.at + 1, sig.size - 1,
		    &facts), GATE_PASS);
	}
}

static void
largest(void **state)
{
	struct gate_facts facts;
	size_t fields[FIELDS];
	struct bytes sig;

	(void)state;
	memcpy(fields, rsa, sizeof(fields));
	build(&sig, fields);
	fields[MPIS] += GATE_MAX - sig.size;
	build(&sig, fields);
	assert_int_equal(sig.size, GATE_MAX);
	assert_int_equal(gate_check(sig.at, sig.size, &facts), GATE_PASS);
	fields[MPIS]++;
	build(&sig, fields);
	assert_int_equal(gate_check(sig.at, sig.size, &facts), GATE_LARGE);
}

/* ---- the path that a signature is bound to ---- */

#define NAME	"path@airlock.alt"

/* A notation, or with another type or lengths something like it. */
static void
put_notation(struct bytes *to, uint8_t type, const char *name,
    const char *value, size_t value_size, int wrong)
{
	size_t size = 1 + 8 + strlen(name) + value_size;

	if (size < 192)
		put(to, 1, size);
	else
		put(to, 2, size - 192 + 0xc000);
	put(to, 1, type);
	put(to, 4, 0x80000000);
	put(to, 2, strlen(name));
	put(to, 2, value_size + (size_t)wrong);
	memcpy(to->at + to->size, name, strlen(name));
	to->size += strlen(name);
	memcpy(to->at + to->size, value, value_size);
	to->size += value_size;
}

/* The gate's answer to a packet with these areas. */
static enum gate
areas_check(const struct bytes *hashed, const struct bytes *unhashed,
    struct gate_facts *facts)
{
	struct bytes sig = { .size = 0 };

	put_header(&sig, OLD4, 4 + 2 + hashed->size + 2 + unhashed->size + 3);
	put(&sig, 4, 0x04000108);
	put(&sig, 2, hashed->size);
	memcpy(sig.at + sig.size, hashed->at, hashed->size);
	sig.size += hashed->size;
	put(&sig, 2, unhashed->size);
	memcpy(sig.at + sig.size, unhashed->at, unhashed->size);
	sig.size += unhashed->size;
	put_filling(&sig, 3);
	return gate_check(sig.at, sig.size, facts);
}

static const struct {
	const char	*what;
	uint8_t		 type;
	const char	*name, *value;
	size_t		 size;
	int		 wrong;
	enum gate	 gate;
	const char	*path;
} notations[] = {
	{ "bound", 20, NAME, "a/raw/b/1", 9, 0, GATE_PASS, "a/raw/b/1" },
	{ "critical", 0x94, NAME, "a/raw/b/1", 9, 0, GATE_PASS, "a/raw/b/1" },
	{ "another's", 20, "path@airlock.org", "x", 1, 0, GATE_PASS, "" },
	{ "longer name", 20, NAME "s", "x", 1, 0, GATE_PASS, "" },
	{ "shorter name", 20, "path@airlock.al", "tx", 2, 0, GATE_PASS, "" },
	{ "no notation", 21, NAME, "x", 1, 0, GATE_PASS, "" },
	{ "nothing in it", 20, NAME, "", 0, 0, GATE_AREAS, NULL },
	{ "a NUL", 20, NAME, "a\0b", 3, 0, GATE_AREAS, NULL },
	{ "a NUL first", 20, NAME, "\0b", 2, 0, GATE_AREAS, NULL },
	{ "too long a value", 20, NAME, "x", 1, 1, GATE_AREAS, NULL },
	{ "too short a value", 20, NAME, "xy", 2, -1, GATE_AREAS, NULL },
};

static void
bindings(void **state)
{
	const struct bytes none = { .size = 0 };
	struct gate_facts facts;

	(void)state;
	for (size_t i = 0; i < sizeof(notations) / sizeof(notations[0]); i++) {
		struct bytes area = { .size = 0 };
		put(&area, 2, 0x0164);		/* something before it */
		put_notation(&area, notations[i].type, notations[i].name,
		    notations[i].value, notations[i].size, notations[i].wrong);
		enum gate gate = areas_check(&area, &none, &facts);
		if (gate != notations[i].gate)
			fail_msg("%s: %s", notations[i].what, gate_text(gate));
		if (gate == GATE_PASS)
			assert_string_equal(facts.path, notations[i].path);
		/* What is not signed says nothing. */
		assert_int_equal(areas_check(&none, &area, &facts), GATE_PASS);
		assert_string_equal(facts.path, "");
	}
}

static void
bindings_count(void **state)
{
	const struct bytes none = { .size = 0 };
	struct bytes twice = { .size = 0 }, area = { .size = 0 };
	char path[DEPOT_PATH_MAX + 2];
	struct gate_facts facts;

	(void)state;
	put_notation(&twice, 20, NAME, "a/raw/b/1", 9, 0);
	put_notation(&twice, 20, NAME, "a/raw/b/1", 9, 0);
	assert_int_equal(areas_check(&twice, &none, &facts), GATE_AREAS);
	memset(path, 'x', sizeof(path));
	put_notation(&area, 20, NAME, path, DEPOT_PATH_MAX, 0);
	assert_int_equal(areas_check(&area, &none, &facts), GATE_PASS);
	assert_int_equal(strlen(facts.path), DEPOT_PATH_MAX);
	area.size = 0;
	put_notation(&area, 20, NAME, path, DEPOT_PATH_MAX + 1, 0);
	assert_int_equal(areas_check(&area, &none, &facts), GATE_AREAS);
	/* Every cut is one. */
	twice.size /= 2;
	for (size_t size = twice.size; --size > 0;) {
		struct bytes cut = { .size = size };
		memcpy(cut.at, twice.at, size);
		assert_int_equal(areas_check(&cut, &none, &facts), GATE_AREAS);
	}
}

/* The lists, number by number: a change must be meant. */
static void
algorithms(void **state)
{
	const struct gate_facts none = { 0 };
	struct gate_facts facts;
	struct bytes sig;

	(void)state;
	for (size_t n = 0; n < 256; n++) {
		size_t fields[FIELDS];
		bool good = n == 1 || n == 3 || n == 19 || n == 22 ||
		    n == 27 || n == 28;

		build_row(&sig, 0, fields);
		fields[ALGORITHM] = n;
		build(&sig, fields);
		facts = none;
		assert_int_equal(gate_check(sig.at, sig.size, &facts),
		    good ? GATE_PASS : GATE_KEY_ALGORITHM);
		assert_int_equal(facts.version != 0, good || n == 17);
		build_row(&sig, 0, fields);
		fields[HASH] = n;
		build(&sig, fields);
		facts = none;
		good = (n >= 8 && n <= 12) || n == 14;
		assert_int_equal(gate_check(sig.at, sig.size, &facts),
		    good ? GATE_PASS : GATE_HASH_ALGORITHM);
		assert_int_equal(facts.version != 0, good || n == 2);
	}
}

static void
texts(void **state)
{
	(void)state;
	for (int gate = GATE_NONE; gate <= GATE_AREAS; gate++)
		for (int other = GATE_NONE; other < gate; other++)
			assert_string_not_equal(gate_text((enum gate)gate),
			    gate_text((enum gate)other));
	assert_string_equal(gate_text((enum gate)(GATE_AREAS + 1)), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_packets),
		cmocka_unit_test(raw_bytes),
		cmocka_unit_test(not_exactly_one_packet),
		cmocka_unit_test(largest),
		cmocka_unit_test(bindings),
		cmocka_unit_test(bindings_count),
		cmocka_unit_test(algorithms),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * gate.c - judge the outside of a signature packet.
 *
 * References are to RFC 9580.  Nothing here says that a signature is good: it
 * says that every engine will see one signature, over binary data, with
 * algorithms that are not broken.
 */
#include <stdbool.h>

#include "depot/gate.h"

#define TAG_SIGNATURE	2	/* section 5 */
#define TYPE_BINARY	0x00	/* section 5.2.1 */

/* What is left to read. */
struct cursor {
	const uint8_t	*at;
	size_t		 left;
};

/* Section 9.1: RSA, RSA for signing only, ECDSA, EdDSA as GnuPG made it before
 * the RFC, Ed25519, Ed448.  No DSA: its keys are short. */
static const uint8_t algorithms[] = { 1, 3, 19, 22, 27, 28 };

static const char *const texts[] = {
	[GATE_NONE] = "not looked at",
	[GATE_PASS] = "one binary detached signature",
	[GATE_EMPTY] = "the signature file is empty",
	[GATE_LARGE] = "the signature file is too large",
	[GATE_ARMORED] = "text or armor, not a binary signature",
	[GATE_PACKET] = "does not begin with a signature packet",
	[GATE_LENGTH] = "not exactly one packet of definite length",
	[GATE_VERSION] = "not a version 4 or 6 signature",
	[GATE_TYPE] = "not a signature over binary data",
	[GATE_KEY_ALGORITHM] = "public-key algorithm not accepted",
	[GATE_HASH_ALGORITHM] = "hash algorithm not accepted",
	[GATE_AREAS] = "the packet's inner lengths do not fit",
};

/* A big-endian number of 1 to 4 bytes into *number; false: too few are left. */
static bool
take_number(struct cursor *in, size_t bytes, uint32_t *number)
{
	uint32_t n = 0;

	if (in->left < bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | in->at[i];
	in->at += bytes;
	in->left -= bytes;
	*number = n;
	return true;
}

static bool
skip(struct cursor *in, uint32_t bytes)
{
	if (in->left < bytes)
		return false;
	in->at += bytes;
	in->left -= bytes;
	return true;
}

/* The body's length after the packet's first byte (section 4.2); false if it is
 * cut off, partial or indeterminate: only a definite length has an end. */
static bool
take_length(struct cursor *in, uint32_t first, uint32_t *length)
{
	uint32_t a, b;

	if ((first & 0x40) == 0)
		return (first & 3) != 3 &&
		    take_number(in, (size_t)1 << (first & 3), length);
	if (!take_number(in, 1, &a))
		return false;
	if (a == 255)
		return take_number(in, 4, length);
	if (a < 192) {
		*length = a;
		return true;
	}
	if (a >= 224 || !take_number(in, 1, &b))
		return false;
	*length = ((a - 192) << 8) + b + 192;
	return true;
}

/* Of an accepted hash, the bytes of salt that a version 6 signature must have
 * (section 9.5); 0: not accepted. */
static uint32_t
hash_salt(uint32_t hash)
{
	switch (hash) {
	case 8:		/* SHA2-256 */
	case 11:	/* SHA2-224 */
	case 12:	/* SHA3-256 */
		return 16;
	case 9:		/* SHA2-384 */
		return 24;
	case 10:	/* SHA2-512 */
	case 14:	/* SHA3-512 */
		return 32;
	default:
		return 0;
	}
}

/* From the hashed area's length on (section 5.2.3): both areas, two bytes of
 * the digest, the salt of version 6, at least one byte of the signature. */
static bool
areas_fit(struct cursor in, uint32_t version, uint32_t hash)
{
	size_t width = version == 6 ? 4 : 2;
	uint32_t hashed, unhashed, salt;

	if (!take_number(&in, width, &hashed) || !skip(&in, hashed) ||
	    !take_number(&in, width, &unhashed) || !skip(&in, unhashed) ||
	    !skip(&in, 2))
		return false;
	if (version == 6 && (!take_number(&in, 1, &salt) ||
	    salt != hash_salt(hash) || !skip(&in, salt)))
		return false;
	return in.left > 0;
}

static enum gate
check_body(struct cursor in, struct gate_facts *facts)
{
	uint32_t version, type, algorithm, hash;

	if (!take_number(&in, 1, &version) || (version != 4 && version != 6))
		return GATE_VERSION;
	if (!take_number(&in, 1, &type) || type != TYPE_BINARY)
		return GATE_TYPE;
	if (!take_number(&in, 1, &algorithm) || !gate_algorithm_ok(algorithm))
		return GATE_KEY_ALGORITHM;
	if (!take_number(&in, 1, &hash) || !gate_hash_ok(hash))
		return GATE_HASH_ALGORITHM;
	if (!areas_fit(in, version, hash))
		return GATE_AREAS;
	*facts = (struct gate_facts){ .version = (uint8_t)version,
	    .algorithm = (uint8_t)algorithm, .hash = (uint8_t)hash };
	return GATE_PASS;
}

enum gate
gate_check(const uint8_t *sig, size_t size, struct gate_facts *facts)
{
	struct cursor in = { sig, size };
	uint32_t first, tag, length;

	if (size > GATE_MAX)
		return GATE_LARGE;
	if (!take_number(&in, 1, &first))
		return GATE_EMPTY;
	if ((first & 0x80) == 0)
		return GATE_ARMORED;	/* every packet has this bit */
	tag = (first & 0x40) != 0 ? first & 0x3f : first >> 2 & 0xf;
	if (tag != TAG_SIGNATURE)
		return GATE_PACKET;
	/* Nothing may follow: a second packet might be what an engine uses. */
	if (!take_length(&in, first, &length) || length != in.left)
		return GATE_LENGTH;
	return check_body(in, facts);
}

int
gate_algorithm_ok(uint32_t algorithm)
{
	for (size_t i = 0; i < sizeof(algorithms); i++)
		if (algorithms[i] == algorithm)
			return 1;
	return 0;
}

int
gate_hash_ok(uint32_t hash)
{
	return hash_salt(hash) != 0;
}

const char *
gate_text(enum gate gate)
{
	size_t i = (size_t)gate;

	return i < sizeof(texts) / sizeof(texts[0]) ? texts[i] : "unknown";
}

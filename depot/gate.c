/*
 * gate.c - judge the outside of a signature packet.
 *
 * References are to RFC 9580.  Nothing here says that a signature is good: it
 * says that every engine will see one signature, over binary data, with
 * algorithms that are not broken.
 */
#include <stdbool.h>
#include <string.h>

#include "depot/gate.h"

#define TAG_SIGNATURE	2	/* section 5 */
#define TYPE_BINARY	0x00	/* section 5.2.1 */
#define TYPE_CREATED	2	/* section 5.2.3.11 */
#define TYPE_NOTATION	20	/* section 5.2.3.7; without its critical bit */

/* Accepted; and only of who has old keys (CLI_OLD_ALGORITHMS). */
enum { GOOD = 1, OLD };

/* What is left to read. */
struct cursor {
	const uint8_t	*at;
	size_t		 left;
};

/* Section 9.1.  DSA's keys are short. */
static const uint8_t algorithms[] = {
	[1] = GOOD,		/* RSA */
	[3] = GOOD,		/* RSA for signing only */
	[17] = OLD,		/* DSA */
	[19] = GOOD,		/* ECDSA */
	[22] = GOOD,		/* EdDSA as GnuPG made it before the RFC */
	[27] = GOOD,		/* Ed25519 */
	[28] = GOOD,		/* Ed448 */
};

/* Section 9.5: of each accepted hash, the bytes of salt that a version 6
 * signature must have. */
static const uint8_t salts[] = {
	[2] = OLD,		/* SHA-1; its version 6 does not exist */
	[8] = 16,		/* SHA2-256 */
	[9] = 24,		/* SHA2-384 */
	[10] = 32,		/* SHA2-512 */
	[11] = 16,		/* SHA2-224 */
	[12] = 16,		/* SHA3-256 */
	[14] = 32,		/* SHA3-512 */
};

/* The next bytes, as a big-endian number (of the last four, if they are more);
 * false: too few are left. */
static bool
take(struct cursor *in, size_t bytes, uint32_t *number)
{
	if (in->left < bytes)
		return false;
	*number = 0;
	for (size_t i = 0; i < bytes; i++)
		*number = *number << 8 | in->at[i];
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
		    take(in, (size_t)1 << (first & 3), length);
	if (!take(in, 1, &a))
		return false;
	if (a == 255)
		return take(in, 4, length);
	if (a < 192) {
		*length = a;
		return true;
	}
	if (a >= 224 || !take(in, 1, &b))
		return false;
	*length = ((a - 192) << 8) + b + 192;
	return true;
}

/* A notation (section 5.2.3.24): four bytes of flags, two lengths, and what they
 * are of.  A path is taken once. */
static bool
notation_fits(struct cursor in, char path[DEPOT_PATH_MAX + 1])
{
	uint32_t flags, name, value;

	if (!take(&in, 4, &flags) || !take(&in, 2, &name) ||
	    !take(&in, 2, &value) || in.left != name + value)
		return false;
	if (name != strlen(GATE_NOTATION) ||
	    memcmp(in.at, GATE_NOTATION, name) != 0)
		return true;
	if (path[0] != '\0' || value > DEPOT_PATH_MAX)
		return false;
	memcpy(path, in.at + name, value);
	return strlen(path) == value && value > 0;
}

/* Subpackets, to the last byte.  Their lengths are those of packets, but for
 * two bytes' that would be beyond GATE_MAX. */
static bool
subpackets_fit(struct cursor in, struct gate_facts *facts)
{
	uint32_t size, type;

	while (in.left > 0) {
		if (!take_length(&in, 0x40, &size) || size > in.left)
			return false;
		struct cursor sub = { in.at, size };
		if (!take(&sub, 1, &type) || ((type & 0x7f) == TYPE_NOTATION &&
		    !notation_fits(sub, facts->path)) ||
		    ((type & 0x7f) == TYPE_CREATED &&
			!take(&sub, 4, &facts->created)))
			return false;
		in = (struct cursor){ in.at + size, in.left - size };
	}
	return true;
}

/* From the hashed area's length on (section 5.2.3): both areas, two bytes of
 * the digest, the salt of version 6, at least one byte of the signature. */
static bool
areas_fit(struct cursor in, struct gate_facts *facts)
{
	size_t width = facts->version == 6 ? 4 : 2;
	uint32_t size, skipped;

	if (!take(&in, width, &size))
		return false;
	const struct cursor hashed = { in.at, size };
	if (!take(&in, size, &skipped) || !subpackets_fit(hashed, facts) ||
	    !take(&in, width, &size) || !take(&in, size, &skipped) ||
	    !take(&in, 2, &skipped))
		return false;
	if (facts->version == 6 && (!take(&in, 1, &size) ||
	    size != salts[facts->hash] || !take(&in, size, &skipped)))
		return false;
	return in.left > 0;
}

static enum gate
check_body(struct cursor in, struct gate_facts *facts)
{
	uint32_t version, type, algorithm, hash;

	if (!take(&in, 1, &version) || (version != 4 && version != 6))
		return GATE_VERSION;
	if (!take(&in, 1, &type) || type != TYPE_BINARY)
		return GATE_TYPE;
	if (!take(&in, 1, &algorithm) || algorithm >= sizeof(algorithms) ||
	    algorithms[algorithm] == 0)
		return GATE_KEY_ALGORITHM;
	if (!take(&in, 1, &hash) || hash >= sizeof(salts) || salts[hash] == 0)
		return GATE_HASH_ALGORITHM;
	struct gate_facts found = { (uint8_t)version, (uint8_t)algorithm,
	    (uint8_t)hash, 0, "" };
	if (!areas_fit(in, &found))
		return GATE_AREAS;
	*facts = found;
	return algorithms[algorithm] == OLD ? GATE_KEY_ALGORITHM :
	    salts[hash] == OLD ? GATE_HASH_ALGORITHM : GATE_PASS;
}

enum gate
gate_check(const uint8_t *sig, size_t size, struct gate_facts *facts)
{
	struct cursor in = { sig, size };
	uint32_t first, tag, length;

	if (size > GATE_MAX)
		return GATE_LARGE;
	if (!take(&in, 1, &first))
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

size_t
gate_packet(const uint8_t *sig, size_t size)
{
	struct cursor in = { sig, size };
	uint32_t first, length;

	return take(&in, 1, &first) && take_length(&in, first, &length) &&
	    length <= in.left ? size - in.left + length : 0;
}

/*
 * gate_fuzz.c - any bytes as a signature file.  What passes is read here once
 * more, in another way, and must be one whole signature packet; a file of several
 * is cut where they end, and nowhere else.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "depot/gate.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How long a definite header with this length is, in each of its forms. */
static size_t
header_size(const uint8_t *sig, size_t size)
{
	switch (sig[0]) {
	case 0x88:
		return sig[1] == size - 2 ? 2 : 0;
	case 0x89:
		return sig[1] * 256u + sig[2] == size - 3 ? 3 : 0;
	case 0x8a:
		return sig[1] == 0 && sig[2] == 0 &&
		    sig[3] * 256u + sig[4] == size - 5 ? 5 : 0;
	case 0xc2:
		if (sig[1] == size - 2 && size - 2 < 192)
			return 2;
		if (sig[1] == 255)
			return sig[2] == 0 && sig[3] == 0 &&
			    sig[4] * 256u + sig[5] == size - 6 ? 6 : 0;
		return (sig[1] - 192u) * 256 + sig[2] + 192 == size - 3 &&
		    size - 3 >= 192 && size - 3 < 8384 ? 3 : 0;
	default:
		return 0;
	}
}

static void
check_version_4(const uint8_t *body, size_t size)
{
	size_t hashed = body[4] * 256u + body[5], unhashed;

	assert(6 + hashed + 2 <= size);
	unhashed = body[6 + hashed] * 256u + body[7 + hashed];
	assert(6 + hashed + 2 + unhashed + 2 + 1 <= size);
}

/* Its first packet is the same whatever follows, and its size never more than
 * there is; two that pass, one behind the other, are no single one, and are found
 * again. */
static void
check_packets(const uint8_t *data, size_t size)
{
	static uint8_t twice[2 * GATE_MAX];
	struct gate_facts facts;
	size_t first = gate_packet(data, size);

	assert(first <= size);
	if (first == 0)
		return;
	assert(gate_packet(data, first) == first);
	assert(gate_packet(data, first - 1) == 0);
	if (first > GATE_MAX)
		return;
	memcpy(twice, data, first);
	memcpy(twice + first, data, first);
	assert(gate_packet(twice, 2 * first) == first);
	assert(gate_packet(twice + first, first) == first);
	assert(gate_check(twice, 2 * first, &facts) != GATE_PASS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_facts facts = { 0 };
	enum gate gate = gate_check(data, size, &facts);
	size_t header;

	assert(gate > GATE_NONE && gate <= GATE_AREAS);
	assert(strcmp(gate_text(gate), "unknown") != 0);
	check_packets(data, size);
	if (gate != GATE_PASS) {
		if (facts.hash == 2 || facts.algorithm == 17)
			return 0;	/* nothing else is against it */
		assert(facts.version == 0 && facts.algorithm == 0 &&
		    facts.hash == 0);
		return 0;
	}
	assert(size >= 13 && size <= GATE_MAX);
	header = header_size(data, size);
	assert(header > 0);
	assert(data[header] == facts.version && data[header + 1] == 0);
	assert(data[header + 2] == facts.algorithm);
	assert(data[header + 3] == facts.hash);
	assert(facts.version == 4 || facts.version == 6);
	assert(facts.hash >= 8 && facts.algorithm != 17);
	assert(gate_packet(data, size) == size);
	if (facts.version == 4)
		check_version_4(data + header, size - header);
	/* Nothing may be missing at the end. */
	assert(gate_check(data, size - 1, &facts) != GATE_PASS);
	return 0;
}

/*
 * gate_text.c - the gate's answers in words: for who tells them, not for who
 * acts on them.
 */
#include "depot/gate.h"

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

const char *
gate_text(enum gate gate)
{
	size_t i = (size_t)gate;

	return i < sizeof(texts) / sizeof(texts[0]) ? texts[i] : "unknown";
}

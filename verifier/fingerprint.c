#include <string.h>

#include "verifier/fingerprint.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

uint32_t
fingerprint_parse(const char *hex, size_t digits, uint8_t fpr[VERIFIER_FPR])
{
	uint8_t bytes[VERIFIER_FPR];

	if (digits != 40 && digits != 64)
		return 0;
	for (size_t i = 0; i < digits; i += 2) {
		int high = hex_value(hex[i]), low = hex_value(hex[i + 1]);
		if (high == -1 || low == -1)
			return 0;
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	memcpy(fpr, bytes, digits / 2);
	return (uint32_t)digits / 2;
}

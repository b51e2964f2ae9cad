#include "depot/hex.h"

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
hex_parse(const struct slice *text, uint8_t *bytes, size_t size)
{
	if (text->size != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = digit(text->text[2 * i]);
		int low = digit(text->text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool
decimal_parse(const struct slice *text, uint64_t *value)
{
	uint64_t sum = 0;

	if (text->size == 0 || (text->size > 1 && text->text[0] == '0'))
		return false;
	for (size_t i = 0; i < text->size; i++) {
		uint64_t next = (uint64_t)(unsigned char)text->text[i] - '0';
		if (next > 9 || sum > (UINT64_MAX - next) / 10)
			return false;
		sum = 10 * sum + next;
	}
	*value = sum;
	return true;
}

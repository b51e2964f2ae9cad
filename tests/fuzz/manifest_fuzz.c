/*
 * manifest_fuzz.c - any bytes as the lines of a manifest.  What is read can be
 * written, and is then the same bytes.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "depot/manifest.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = { (const char *)data, size, 0 };
	struct manifest_line line;
	char text[MANIFEST_LINE];
	size_t at = 0;
	int got;

	if (manifest_begin(&lines) == 0)
		at = lines.at;
	while ((got = manifest_next(&lines, &line)) == 1) {
		int n = manifest_put(text, &line);
		assert(n > 0 && (size_t)n < sizeof(text));
		assert(at + (size_t)n == lines.at);
		assert(memcmp(lines.text + at, text, (size_t)n) == 0);
		at = lines.at;
	}
	assert(got == 0 || got == -EINVAL);
	assert(got != 0 || at == size);
	return 0;
}

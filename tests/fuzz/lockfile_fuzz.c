/*
 * lockfile_fuzz.c - any bytes as a lockfile.  What is read can be written, and is
 * then the same bytes; and the order is strict.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "depot/lockfile.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines lines = { (const char *)data, size, 0 };
	struct lockfile_entry entry, last;
	char text[LOCKFILE_LINE];
	size_t at = 0, count = 0;
	int got;

	if (lockfile_begin(&lines) == 0)
		at = lines.at;
	while ((got = lockfile_next(&lines, count == 0 ? NULL : &last,
	    &entry)) == 1) {
		int n = lockfile_put(text, &entry);
		assert(n > 0 && (size_t)n < sizeof(text));
		assert(at + (size_t)n == lines.at);
		assert(memcmp(lines.text + at, text, (size_t)n) == 0);
		assert(count++ == 0 ||
		    strcmp(last.path.text, entry.path.text) < 0);
		last = entry;
		at = lines.at;
	}
	assert(got == 0 || got == -EINVAL);
	assert(got != 0 || at == size);
	return 0;
}

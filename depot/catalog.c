/*
 * catalog.c - the line of an archive.  It is read by sscanf(), which takes blanks,
 * signs and zeros as they come, and printed again, so that one list has one text.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "depot/catalog.h"

_Static_assert(DEPOT_PATH_MAX == 200 && SHA256_SIZE == 32, "widths, below");

int
catalog_archive_parse(const char *text, size_t size,
    struct catalog_entry *entry)
{
	char copy[CATALOG_LINE], printed[CATALOG_LINE];
	char path[DEPOT_PATH_MAX + 1], digest[2 * SHA256_SIZE + 1];
	struct catalog_entry e = { .size = 0 };

	snprintf(copy, sizeof(copy), "%.*s", (int)MIN(size, CATALOG_LINE), text);
	if (sscanf(copy, "archive %200s %" SCNu64 " %" SCNu64 " %" SCNu64
	    " %64[0-9a-f]", path, &e.size, &e.bytes, &e.entries, digest) != 5 ||
	    MAX(MAX(e.size, e.bytes), e.entries) > CATALOG_NUMBER)
		return -EINVAL;
	int n = snprintf(printed, sizeof(printed),
	    "archive %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", path, e.size,
	    e.bytes, e.entries, digest);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		if (sscanf(digest + 2 * i, "%2hhx", &e.digest[i]) != 1)
			return -EINVAL;
	if (strlen(digest) != 2 * SHA256_SIZE ||
	    strncmp(copy, printed, (size_t)n) != 0 ||
	    depot_path_parse(&e.path, path, strlen(path)) < 0)
		return -EINVAL;
	*entry = e;
	depot_path_copy(&entry->path, &e.path);
	return 0;
}

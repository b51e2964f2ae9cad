/*
 * catalog.c - the two kinds of line that decide something.  They are read by
 * sscanf(), which takes blanks, signs and zeros as they come; and printed again,
 * so that one list has one text.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "depot/catalog.h"

#define NUMBER_MAX	UINT64_C(999999999999999999)	/* 18 digits */

_Static_assert(DEPOT_USER_MAX == 64 && DEPOT_PATH_MAX == 200 &&
    SHA256_SIZE == 32 && CATALOG_HEAD == CATALOG_LINE, "widths, below");

/* The begin of a text, ended. */
static void
text_copy(char copy[CATALOG_LINE], const char *text, size_t size)
{
	size_t n = MIN(size, CATALOG_LINE - 1);

	memcpy(copy, text, n);
	copy[n] = '\0';
}

int
catalog_head_parse(const char *text, size_t size, struct catalog_head *head)
{
	struct catalog_head h = { .size = 0 };
	char copy[CATALOG_LINE], printed[CATALOG_LINE];
	struct depot_path path;

	text_copy(copy, text, size);
	if (sscanf(copy, "airlock-catalog 1 user %64s serial %ju created %jd "
	    "expires %jd", h.user, &h.serial, &h.created, &h.expires) != 4 ||
	    h.serial > NUMBER_MAX || h.created < 0 || h.expires < h.created ||
	    (uint64_t)h.expires > NUMBER_MAX)
		return -EINVAL;
	h.size = (size_t)snprintf(printed, sizeof(printed), "airlock-catalog 1\n"
	    "user %s\nserial %ju\ncreated %jd\nexpires %jd\n", h.user, h.serial,
	    h.created, h.expires);
	if (strncmp(copy, printed, h.size) != 0)
		return -EINVAL;
	snprintf(copy, sizeof(copy), "%s/catalog", h.user);
	if (depot_path_parse(&path, copy, strlen(copy)) < 0)
		return -EINVAL;
	*head = h;
	return 0;
}

int
catalog_archive_parse(const char *text, size_t size,
    struct catalog_entry *entry)
{
	char copy[CATALOG_LINE], printed[CATALOG_LINE];
	char path[DEPOT_PATH_MAX + 1], digest[2 * SHA256_SIZE + 1];
	struct catalog_entry e = { .size = 0 };

	text_copy(copy, text, size);
	if (sscanf(copy, "archive %200s %ju %ju %ju %64[0-9a-f]", path, &e.size,
	    &e.bytes, &e.entries, digest) != 5 ||
	    MAX(MAX(e.size, e.bytes), e.entries) > NUMBER_MAX)
		return -EINVAL;
	int n = snprintf(printed, sizeof(printed),
	    "archive %s %ju %ju %ju %s\n", path, e.size, e.bytes, e.entries,
	    digest);
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

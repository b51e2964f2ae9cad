/*
 * catalog_fuzz.c - any bytes as a catalog.  What is taken as a head or a line is
 * written again as it was read; the walk ends; what a check lets pass is in
 * order, and each archive of it is found where it is.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/catalog.c"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_head(const struct catalog *catalog)
{
	const struct catalog_head *head = &catalog->head;
	char text[CATALOG_HEAD];
	int n = snprintf(text, sizeof(text), "airlock-catalog 1\nuser %s\n"
	    "serial %ju\ncreated %jd\nexpires %jd\n", head->user,
	    (uintmax_t)head->serial, (intmax_t)head->created,
	    (intmax_t)head->expires);

	assert((size_t)n == head->size && n < CATALOG_HEAD);
	assert(memcmp(text, catalog->text, (size_t)n) == 0);
}

static void
check_line(const char *text, const struct catalog_entry *entry)
{
	char again[CATALOG_LINE], digest[2 * SHA256_SIZE + 1];

	sha256_hex(entry->digest, SHA256_SIZE, digest);
	int n = snprintf(again, sizeof(again), "archive %s %ju %ju %ju %s\n",
	    entry->path.text, (uintmax_t)entry->size, (uintmax_t)entry->bytes,
	    (uintmax_t)entry->entries, digest);
	assert(n < CATALOG_LINE && memcmp(text, again, (size_t)n) == 0);
}

/* Needs are valid paths; and end. */
static size_t
check_needs(const struct catalog *catalog, size_t at)
{
	struct depot_path path, again;
	size_t count = 0;

	for (size_t last = at; catalog_need(catalog, &at, &path); last = at) {
		assert(at > last && at < catalog->size);
		assert(depot_path_parse(&again, path.text,
		    strlen(path.text)) == 0);
		count++;
	}
	return count;
}

static void
check_all(const struct catalog *catalog)
{
	bool valid = catalog_check(catalog) == 0;
	char last[DEPOT_PATH_MAX + 1] = "";
	struct catalog_entry entry, found;
	size_t at = catalog->head.size, here = at, position;

	for (; catalog_next(catalog, &at, &entry); here = at) {
		assert(at > here && at <= catalog->size);
		check_line(catalog->text + here, &entry);
		size_t needs = check_needs(catalog, here);
		assert(!valid || strcmp(last, entry.path.text) < 0);
		assert(!valid || needs <= CATALOG_NEEDS);
		strcpy(last, entry.path.text);
		bool is = catalog_find(catalog, entry.path.text, &found,
		    &position);
		assert(!valid || (is && position == here));
		assert(!is || strcmp(found.path.text, entry.path.text) == 0);
	}
	assert(!valid || at == catalog->size);
	assert(!catalog_find(catalog, "no/path", &found, &position));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own size, so that each byte too many is seen. */
	char *text = malloc(size + 1);
	struct catalog catalog = { .size = size };
	struct catalog_entry entry;

	assert(text != NULL);
	memcpy(text, data, size);
	text = realloc(text, size > 0 ? size : 1);
	catalog.text = text;
	if (catalog_archive_parse(text, size, &entry) == 0)
		check_line(text, &entry);
	if (catalog_head_parse(text, size, &catalog.head) == 0) {
		check_head(&catalog);
		check_all(&catalog);
	}
	free(text);
	return 0;
}

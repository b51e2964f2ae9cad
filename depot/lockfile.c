#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "depot/hex.h"
#include "depot/lockfile.h"
#include "depot/sha256.h"

#define FIELDS	4	/* path, size, digest, key */

int
lockfile_begin(struct lines *lines)
{
	size_t size = strlen(LOCKFILE_HEAD);

	if (lines->size < size || memcmp(lines->text, LOCKFILE_HEAD, size) != 0)
		return -EINVAL;
	lines->at = size;
	return 0;
}

static bool
is_text(const struct slice *slice, const char *text)
{
	return slice->size == strlen(text) &&
	    memcmp(slice->text, text, slice->size) == 0;
}

/* One blank between fields, and no more of them. */
static bool
fields_cut(struct slice value, struct slice fields[FIELDS])
{
	for (size_t i = 0; i < FIELDS; i++) {
		const char *blank = memchr(value.text, ' ', value.size);
		if ((blank == NULL) != (i == FIELDS - 1))
			return false;
		fields[i] = (struct slice){ value.text, blank == NULL ?
		    value.size : (size_t)(blank - value.text) };
		value.text += fields[i].size + (blank != NULL);
		value.size -= fields[i].size + (blank != NULL);
	}
	return true;
}

static bool
entry_parse(struct lockfile_entry *entry, const struct slice *word,
    const struct slice fields[FIELDS])
{
	entry->named = is_text(word, "named");
	entry->key_size = fields[3].size / 2;
	return (entry->named || is_text(word, "needed")) &&
	    depot_path_parse(&entry->path, fields[0].text,
	    fields[0].size) == 0 &&
	    decimal_parse(&fields[1], &entry->size) && entry->size > 0 &&
	    hex_parse(&fields[2], entry->digest, LOCKFILE_DIGEST) &&
	    (entry->key_size == 20 || entry->key_size == 32) &&
	    hex_parse(&fields[3], entry->key, entry->key_size);
}

int
lockfile_next(struct lines *lines, const struct lockfile_entry *last,
    struct lockfile_entry *next)
{
	struct slice word, value, fields[FIELDS];
	size_t at = lines->at;
	int got = lines_next(lines, &word, &value);

	if (got <= 0)
		return got;
	*next = (struct lockfile_entry){ 0 };
	if (fields_cut(value, fields) && entry_parse(next, &word, fields) &&
	    (last == NULL || strcmp(last->path.text, next->path.text) < 0))
		return 1;
	lines->at = at;
	return -EINVAL;
}

int
lockfile_put(char text[LOCKFILE_LINE], const struct lockfile_entry *entry)
{
	char digest[2 * LOCKFILE_DIGEST + 1], key[2 * sizeof(entry->key) + 1];

	if (entry->size == 0 || (entry->key_size != 20 &&
	    entry->key_size != 32))
		return -EINVAL;
	sha256_hex(entry->digest, LOCKFILE_DIGEST, digest);
	sha256_hex(entry->key, entry->key_size, key);
	return snprintf(text, LOCKFILE_LINE, "%s %s %" PRIu64 " %s %s\n",
	    entry->named ? "named" : "needed", entry->path.text, entry->size,
	    digest, key);
}

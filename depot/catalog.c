/*
 * catalog.c - the two kinds of line that decide something.  Numbers are written
 * in one way only, so that one list has one text.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "depot/catalog.h"
#include "depot/lines.h"

#define NUMBER_MAX	18	/* digits: less than 2^63, and no overflow */

/* Take what is before the next blank of *rest, or all of it. */
static struct slice
field_next(struct slice *rest)
{
	const char *blank = rest->size == 0 ? NULL :
	    memchr(rest->text, ' ', rest->size);
	struct slice field = { rest->text, blank == NULL ? rest->size :
	    (size_t)(blank - rest->text) };
	size_t taken = field.size + (blank != NULL);

	rest->text += taken;
	rest->size -= taken;
	return field;
}

static bool
number_parse(struct slice field, uint64_t *number)
{
	uint64_t n = 0;

	if (field.size == 0 || field.size > NUMBER_MAX ||
	    (field.text[0] == '0' && field.size > 1))
		return false;
	for (size_t i = 0; i < field.size; i++) {
		if (field.text[i] < '0' || field.text[i] > '9')
			return false;
		n = 10 * n + (uint64_t)(field.text[i] - '0');
	}
	*number = n;
	return true;
}

static bool
digest_parse(struct slice field, uint8_t digest[SHA256_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	if (field.size != 2 * SHA256_SIZE)
		return false;
	for (size_t i = 0; i < field.size; i++) {
		const char *found = memchr(digits, field.text[i], 16);
		if (found == NULL)
			return false;
		digest[i / 2] = (uint8_t)(digest[i / 2] << 4 |
		    (found - digits));
	}
	return true;
}

/* The next line's value, if its word is this one. */
static bool
line_take(struct lines *lines, const char *word, struct slice *value)
{
	struct slice name;

	return lines_next(lines, &name, value) > 0 &&
	    name.size == strlen(word) &&
	    memcmp(name.text, word, name.size) == 0;
}

static bool
number_take(struct lines *lines, const char *word, uint64_t *number)
{
	struct slice value;

	return line_take(lines, word, &value) && number_parse(value, number);
}

int
catalog_head_parse(const char *text, size_t size, struct catalog_head *head)
{
	struct lines lines = { text, size, 0 };
	struct catalog_head parsed = { .size = 0 };
	uint64_t version, created, expires;
	struct slice user;

	if (!number_take(&lines, "airlock-catalog", &version) || version != 1 ||
	    !line_take(&lines, "user", &user) || user.size > DEPOT_USER_MAX)
		return -EINVAL;
	memcpy(parsed.user, user.text, user.size);
	if (!depot_user_valid(parsed.user) ||
	    !number_take(&lines, "serial", &parsed.serial) ||
	    !number_take(&lines, "created", &created) ||
	    !number_take(&lines, "expires", &expires) || expires < created)
		return -EINVAL;
	parsed.created = (int64_t)created;
	parsed.expires = (int64_t)expires;
	parsed.size = lines.at;
	*head = parsed;
	return 0;
}

int
catalog_archive_parse(const char *text, size_t size,
    struct catalog_entry *entry)
{
	struct lines lines = { text, size, 0 };
	struct catalog_entry parsed = { .size = 0 };
	struct slice rest;

	if (!line_take(&lines, "archive", &rest))
		return -EINVAL;
	struct slice path = field_next(&rest);
	if (depot_path_parse(&parsed.path, path.text, path.size) < 0 ||
	    !number_parse(field_next(&rest), &parsed.size) ||
	    !number_parse(field_next(&rest), &parsed.bytes) ||
	    !number_parse(field_next(&rest), &parsed.entries) ||
	    !digest_parse(rest, parsed.digest))
		return -EINVAL;
	*entry = parsed;
	depot_path_copy(&entry->path, &parsed.path);
	return 0;
}

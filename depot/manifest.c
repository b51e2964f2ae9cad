/*
 * manifest.c - the manifest's grammar, read and written by the same predicates,
 * so that each line has one form only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "depot/hex.h"
#include "depot/manifest.h"
#include "depot/sha256.h"

#define FIELDS	5

static bool
text_valid(const struct slice *text)
{
	for (size_t i = 0; i < text->size; i++)
		if ((unsigned char)text->text[i] < ' ' || text->text[i] == 0x7f)
			return false;
	return text->size > 0 && text->size <= MANIFEST_TEXT;
}

/* A name that a directory can hold. */
static bool
name_valid(const char *text, size_t size)
{
	return size > 0 && !(size == 1 && text[0] == '.') &&
	    !(size == 2 && memcmp(text, "..", 2) == 0);
}

static bool
path_valid(const struct slice *path)
{
	const char *at = path->text, *end = path->text + path->size;

	if (!text_valid(path))
		return false;
	if (path->size == 1 && *at == '.')
		return true;
	for (;;) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		const char *stop = slash == NULL ? end : slash;
		if (!name_valid(at, (size_t)(stop - at)))
			return false;
		if (slash == NULL)
			return true;
		at = slash + 1;
	}
}

static bool
line_valid(const struct manifest_line *line)
{
	if (!path_valid(&line->path))
		return false;
	switch (line->kind) {
	case MANIFEST_FILE:
		return line->mode == 0644 || line->mode == 0755;
	case MANIFEST_DIRECTORY:
		return line->mode == 0755;
	case MANIFEST_SYMBOLIC_LINK:
		return text_valid(&line->target);
	case MANIFEST_HARD_LINK:
		return path_valid(&line->target);
	case MANIFEST_NO_KIND:
		break;
	}
	return false;
}

int
manifest_put(char text[MANIFEST_LINE], const struct manifest_line *line)
{
	char digest[2 * MANIFEST_DIGEST + 1];
	int path = (int)line->path.size, target = (int)line->target.size;

	if (!line_valid(line))
		return -EINVAL;
	switch (line->kind) {
	case MANIFEST_FILE:
		sha256_hex(line->digest, MANIFEST_DIGEST, digest);
		return snprintf(text, MANIFEST_LINE,
		    "f\t%04o\t%" PRIu64 "\t%s\t%.*s\n", line->mode, line->size,
		    digest, path, line->path.text);
	case MANIFEST_DIRECTORY:
		return snprintf(text, MANIFEST_LINE, "d\t%04o\t-\t-\t%.*s\n",
		    line->mode, path, line->path.text);
	default:
		return snprintf(text, MANIFEST_LINE, "%c\t-\t-\t%.*s\t%.*s\n",
		    line->kind == MANIFEST_HARD_LINK ? 'h' : 'l', target,
		    line->target.text, path, line->path.text);
	}
}

/* Cut a line into its fields, the last of which takes the rest. */
static bool
fields_cut(struct slice line, struct slice fields[FIELDS])
{
	for (size_t i = 0; i < FIELDS - 1; i++) {
		const char *tab = memchr(line.text, '\t', line.size);
		if (tab == NULL)
			return false;
		fields[i] = (struct slice){ line.text,
		    (size_t)(tab - line.text) };
		line.size -= fields[i].size + 1;
		line.text = tab + 1;
	}
	fields[FIELDS - 1] = line;
	return true;
}

static bool
is_text(const struct slice *slice, const char *text)
{
	return slice->size == strlen(text) &&
	    memcmp(slice->text, text, slice->size) == 0;
}

static bool
mode_parse(const struct slice *text, unsigned int *mode)
{
	*mode = is_text(text, "0755") ? 0755 : is_text(text, "0644") ? 0644 : 0;
	return *mode != 0;
}

static bool
line_parse(struct manifest_line *line, const struct slice fields[FIELDS])
{
	const struct slice *size = &fields[2], *third = &fields[3];

	line->path = fields[4];
	if (is_text(&fields[0], "f")) {
		line->kind = MANIFEST_FILE;
		return mode_parse(&fields[1], &line->mode) &&
		    decimal_parse(size, &line->size) &&
		    hex_parse(third, line->digest, MANIFEST_DIGEST);
	}
	if (!is_text(size, "-"))
		return false;
	if (is_text(&fields[0], "d")) {
		line->kind = MANIFEST_DIRECTORY;
		return mode_parse(&fields[1], &line->mode) &&
		    is_text(third, "-");
	}
	line->kind = is_text(&fields[0], "l") ? MANIFEST_SYMBOLIC_LINK :
	    is_text(&fields[0], "h") ? MANIFEST_HARD_LINK : MANIFEST_NO_KIND;
	line->target = *third;
	return is_text(&fields[1], "-");
}

int
manifest_begin(struct lines *lines)
{
	size_t size = strlen(MANIFEST_HEAD);

	if (lines->size < size || memcmp(lines->text, MANIFEST_HEAD, size) != 0)
		return -EINVAL;
	lines->at = size;
	return 0;
}

int
manifest_next(struct lines *lines, struct manifest_line *line)
{
	struct slice text = { lines->text + lines->at,
	    lines->size - lines->at }, fields[FIELDS];
	const char *end;

	if (text.size == 0)
		return 0;
	end = memchr(text.text, '\n', text.size);
	if (end == NULL)
		return -EINVAL;
	text.size = (size_t)(end - text.text);
	*line = (struct manifest_line){ .kind = MANIFEST_NO_KIND };
	if (!fields_cut(text, fields) || !line_parse(line, fields) ||
	    !line_valid(line))
		return -EINVAL;
	lines->at += text.size + 1;
	return 1;
}

/*
 * lines.c - the line grammar, read and written by the same two predicates, so
 * that what one run writes the next one reads.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "depot/lines.h"

static bool
word_valid(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!(text[i] >= 'a' && text[i] <= 'z') && (i == 0 ||
		    (!(text[i] >= '0' && text[i] <= '9') && text[i] != '-')))
			return false;
	return size > 0;
}

static bool
value_valid(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return size > 0 && text[0] != ' ' && text[size - 1] != ' ';
}

/* The line at the position, which stays: true if a newline ends it. */
static bool
line_at(const struct lines *lines, struct slice *line)
{
	const char *end;

	line->text = lines->text + lines->at;
	line->size = lines->size - lines->at;
	end = memchr(line->text, '\n', line->size);
	if (end != NULL)
		line->size = (size_t)(end - line->text);
	return end != NULL;
}

int
lines_next(struct lines *lines, struct slice *word, struct slice *value)
{
	struct slice line, rest;
	const char *blank;
	size_t size;

	if (lines->at == lines->size)
		return 0;
	/* An unfinished line may have been cut in the middle of its value. */
	if (!line_at(lines, &line))
		return -EINVAL;
	blank = memchr(line.text, ' ', line.size);
	if (blank == NULL)
		return -EINVAL;
	size = (size_t)(blank - line.text);
	rest = (struct slice){ blank + 1, line.size - size - 1 };
	if (!word_valid(line.text, size) || !value_valid(rest.text, rest.size))
		return -EINVAL;
	*word = (struct slice){ line.text, size };
	*value = rest;
	lines->at += line.size + 1;
	return 1;
}

int
lines_next_plain(struct lines *lines, struct slice *line)
{
	struct slice next;

	while (lines->at < lines->size) {
		lines->at += line_at(lines, &next);
		lines->at += next.size;
		while (next.size > 0 && memchr(" \t", next.text[0], 2) != NULL)
			next = (struct slice){ next.text + 1, next.size - 1 };
		while (next.size > 0 &&
		    memchr(" \t", next.text[next.size - 1], 2) != NULL)
			next.size--;
		if (next.size > 0) {
			*line = next;
			return 1;
		}
	}
	return 0;
}

int
lines_put(char *buffer, size_t size, size_t *at, const char *word,
    const char *value)
{
	size_t left = *at < size ? size - *at : 0;
	int put;

	if (!word_valid(word, strlen(word)) ||
	    !value_valid(value, strlen(value)))
		return -EINVAL;
	put = snprintf(buffer + *at, left, "%s %s\n", word, value);
	if (put < 0 || (size_t)put >= left) {
		if (left > 0)
			buffer[*at] = '\0';	/* nothing half done */
		return -ENOSPC;
	}
	*at += (size_t)put;
	return 0;
}

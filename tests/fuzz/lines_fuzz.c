/*
 * lines_fuzz.c - any bytes as `word value` lines.  What is read can be written,
 * and is then the same bytes; what can be written can be read.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "depot/lines.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
string(const char *text, size_t size)
{
	char *copy = malloc(size + 1);

	assert(copy != NULL);
	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

/* Write the line that was read behind what was written so far. */
static void
write_again(char *text, size_t size, size_t *at, const struct slice *word,
    const struct slice *value)
{
	char *w = string(word->text, word->size);
	char *v = string(value->text, value->size);

	assert(strlen(w) == word->size && strlen(v) == value->size);
	assert(lines_put(text, size, at, w, v) == 0);
	free(w);
	free(v);
}

static void
read_then_write(const char *text, size_t size)
{
	struct lines lines = { text, size, 0 };
	struct slice word, value;
	char *copy = malloc(size + 1);
	size_t at = 0;
	int next;

	assert(copy != NULL);
	while ((next = lines_next(&lines, &word, &value)) == 1) {
		write_again(copy, size + 1, &at, &word, &value);
		assert(at == lines.at);
		assert(memcmp(copy, text, at) == 0);
	}
	assert(next == 0 || next == -EINVAL);
	assert(next != 0 || at == size);
	free(copy);
}

/* The first byte says how long the word is and the second how much room. */
static void
write_then_read(const char *text, size_t size)
{
	size_t words, room, at = 0;
	struct slice word, value;
	struct lines lines;
	char *w, *v, *line;

	if (size < 2)
		return;
	room = (uint8_t)text[1];
	words = (uint8_t)text[0] < size - 2 ? (uint8_t)text[0] : size - 2;
	w = string(text + 2, words);
	v = string(text + 2 + words, size - 2 - words);
	line = malloc(room + 1);
	assert(line != NULL);
	if (lines_put(line, room, &at, w, v) == 0) {
		lines = (struct lines){ line, at, 0 };
		assert(at < room && line[at] == '\0');
		assert(lines_next(&lines, &word, &value) == 1);
		assert(word.size == strlen(w) && value.size == strlen(v));
		assert(memcmp(value.text, v, value.size) == 0);
		assert(lines_next(&lines, &word, &value) == 0);
	} else {
		assert(at == 0);
	}
	free(w);
	free(v);
	free(line);
}

static void
read_plain(const char *text, size_t size)
{
	struct lines lines = { text, size, 0 };
	struct slice line;

	while (lines_next_plain(&lines, &line) == 1) {
		assert(line.size > 0 && lines.at <= size);
		assert(line.text >= text);
		assert(line.text + line.size <= text + lines.at);
		assert(memchr(line.text, '\n', line.size) == NULL);
		assert(memchr(" \t", line.text[0], 2) == NULL);
		assert(memchr(" \t", line.text[line.size - 1], 2) == NULL);
	}
	assert(lines.at == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	read_then_write(text, size);
	write_then_read(text, size);
	read_plain(text, size);
	return 0;
}

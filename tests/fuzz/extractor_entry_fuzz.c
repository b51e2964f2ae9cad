/*
 * extractor_entry_fuzz.c - any text as an entry's path and as a link's target.
 * What is allowed stays beneath the top directory, and the trusted side's own
 * rule for links agrees.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "depot/link.h"

/* The extractor is no library. */
#include "extractor/entry.c"

#define DEPTH	8

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const char *claimed)
{
	struct entry_path path;
	size_t depth = 0;

	if (entry_path_parse(&path, claimed, "top", DEPTH) != EXTRACTOR_DONE)
		return;
	assert(path.depth <= DEPTH && strlen(path.text) <= ENTRY_PATH);
	assert(path.depth > 0 || path.text[0] == '\0');
	for (char *rest, *word = strtok_r(path.text, "/", &rest); word != NULL;
	    word = strtok_r(NULL, "/", &rest), depth++) {
		assert(strcmp(word, ".") != 0 && strcmp(word, "..") != 0);
		assert(strlen(word) <= ENTRY_NAME);
		assert(depth > 0 || strcmp(word, "top") == 0);
	}
	assert(depth == path.depth);
}

static void
check_target(const char *target)
{
	for (size_t depth = 0; depth < DEPTH; depth++) {
		enum extractor_outcome outcome =
		    entry_target_check(depth, target);
		if (outcome == EXTRACTOR_NAME)
			continue;
		assert((outcome == EXTRACTOR_DONE) ==
		    (depth >= 2 && link_stays(depth - 2, target)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_target(text);
	check_path(text);
	free(text);
	return 0;
}

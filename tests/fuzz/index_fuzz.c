/*
 * index_fuzz.c - any bytes as an index, in either syntax.  It is read to its
 * end or refused; each entry is one that the cli accepts, within the limits.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "depot/path.h"

/* The reader is no library. */
#include "reader/hid.c"
#include "reader/index.c"
#include "reader/nodes.c"
#include "reader/xml.c"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
entry_check(struct nodes *nodes, const struct reader_entry *entry)
{
	struct depot_path path;

	assert(entry->kind == READER_SUPPORTS || entry->kind == READER_GROUP ||
	    entry->kind == READER_ARCHIVE);
	assert(entry->depth < READER_DEPTH_MAX);
	assert(nodes->entries <= READER_ENTRIES_MAX);
	assert(memchr(entry->path, '\0', sizeof(entry->path)) != NULL);
	assert(memchr(entry->text, '\0', sizeof(entry->text)) != NULL);
	if (entry->kind == READER_ARCHIVE)
		assert(depot_path_parse(&path, entry->path,
		    strlen(entry->path)) == 0);
	else
		assert(entry->path[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nodes nodes = { .entry = entry_check };
	uint32_t line = 0;
	enum reader_why why = index_parse(&nodes, (const char *)data, size,
	    &line);

	assert(why > READER_NONE && why < READER_SYSTEM && why != READER_LARGE);
	assert(line <= size + 1);
	assert(why != READER_DONE || (nodes.seen && nodes.depth == 0));
	return 0;
}

/*
 * index_fuzz.c - any bytes as an index and as an install description, in either
 * syntax.  It is read to its end or refused; each entry is one that the cli
 * accepts, within the limits.
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

	bool named = entry->kind == (nodes->installation ? READER_WANTED :
	    READER_ARCHIVE);

	assert(named || entry->kind == READER_SUPPORTS ||
	    (entry->kind == READER_GROUP && !nodes->installation));
	assert(entry->depth < READER_DEPTH_MAX);
	assert((entry->how & ~(uint32_t)READER_HOWS) == 0);
	assert(entry->how == 0 || entry->kind == READER_WANTED);
	assert(nodes->entries <= READER_ENTRIES_MAX);
	assert(memchr(entry->path, '\0', sizeof(entry->path)) != NULL);
	assert(memchr(entry->text, '\0', sizeof(entry->text)) != NULL);
	if (named)
		assert(depot_path_parse(&path, entry->path,
		    strlen(entry->path)) == 0);
	else
		assert(entry->path[0] == '\0');
}

static void
parse(const uint8_t *data, size_t size, bool installation)
{
	struct nodes nodes = { .entry = entry_check,
	    .installation = installation };
	uint32_t line = 0;
	enum reader_why why = index_parse(&nodes, (const char *)data, size,
	    &line);

	assert(why > READER_NONE && why < READER_SYSTEM && why != READER_LARGE);
	assert(line <= size + 1);
	assert(why != READER_DONE || (nodes.seen && nodes.depth == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size, false);
	parse(data, size, true);
	return 0;
}

#include <string.h>

#include "depot/path.h"
#include "reader/nodes.h"

bool
span_is(struct span span, const char *word)
{
	return span.size == strlen(word) &&
	    memcmp(span.text, word, span.size) == 0;
}

static enum node_type
type_of(struct span type)
{
	static const struct {
		const char	*word;
		enum node_type	 type;
	} types[] = {
		{ "index", NODE_INDEX },
		{ "supports", NODE_SUPPORTS },
		{ "pkg", NODE_ARCHIVE },
		{ "src", NODE_ARCHIVE },
		{ "api", NODE_ARCHIVE },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_is(type, types[i].word))
			return types[i].type;
	return NODE_OTHER;
}

/* Cut between characters: the text is UTF-8. */
static void
text_set(char text[READER_TEXT], struct span span)
{
	size_t size = span.size;

	if (size >= READER_TEXT)
		size = READER_TEXT - 1;
	while (size > 0 && size < span.size &&
	    ((unsigned char)span.text[size] & 0xc0) == 0x80)
		size--;
	if (size > 0)
		memcpy(text, span.text, size);
}

/* A name is the path where the syntax makes that short. */
static bool
archive_set(const struct nodes *nodes, struct reader_entry *entry)
{
	struct span path = nodes->path.size > 0 ? nodes->path : nodes->name;
	struct depot_path parsed;

	if (path.size == 0 ||
	    depot_path_parse(&parsed, path.text, path.size) < 0)
		return false;
	memcpy(entry->path, parsed.text, path.size);
	text_set(entry->text, nodes->info);
	return true;
}

static void
entry_tell(struct nodes *nodes, struct reader_entry *entry)
{
	/* Without the top node and this one. */
	entry->depth = (uint32_t)nodes->depth - 2;
	nodes->entries++;
	nodes->entry(nodes, entry);
}

/* The innermost node's attributes are complete: another begins, or it ends. */
static void
innermost_tell(struct nodes *nodes)
{
	struct reader_entry entry = { .kind = READER_NO_KIND };

	if (nodes->told || nodes->depth < 2)
		return;
	nodes->told = true;
	switch (nodes->stack[nodes->depth - 1]) {
	case NODE_INDEX:
		entry.kind = READER_GROUP;
		text_set(entry.text, nodes->name);
		break;
	case NODE_SUPPORTS:
		entry.kind = READER_SUPPORTS;
		text_set(entry.text, nodes->arch);
		break;
	case NODE_ARCHIVE:
		entry.kind = READER_ARCHIVE;
		if (!archive_set(nodes, &entry)) {
			nodes->skipped++;
			return;
		}
		break;
	case NODE_OTHER:
		return;
	}
	entry_tell(nodes, &entry);
}

enum reader_why
nodes_begin(struct nodes *nodes, struct span type, bool enabled)
{
	if (nodes->depth == 0 && (nodes->seen || !span_is(type, "index")))
		return nodes->seen ? READER_SYNTAX : READER_NO_INDEX;
	if (nodes->depth == READER_DEPTH_MAX)
		return READER_DEEP;
	innermost_tell(nodes);
	if (nodes->entries + nodes->skipped >= READER_ENTRIES_MAX)
		return READER_MANY;
	/* Only an index has something in it. */
	bool counts = enabled && (nodes->depth == 0 ||
	    nodes->stack[nodes->depth - 1] == NODE_INDEX);
	nodes->stack[nodes->depth++] = counts ? type_of(type) : NODE_OTHER;
	nodes->seen = true;
	nodes->told = false;
	nodes->name = nodes->path = nodes->info = nodes->arch =
	    (struct span){ NULL, 0 };
	return READER_DONE;
}

void
nodes_attribute(struct nodes *nodes, struct span tag, struct span value)
{
	struct span *to = span_is(tag, "name") ? &nodes->name :
	    span_is(tag, "path") ? &nodes->path :
	    span_is(tag, "info") ? &nodes->info :
	    span_is(tag, "arch") ? &nodes->arch : NULL;

	/* What follows a node within it comes too late: it was told. */
	if (to != NULL && to->text == NULL)
		*to = value;
}

enum reader_why
nodes_end(struct nodes *nodes)
{
	if (nodes->depth == 0)
		return READER_SYNTAX;
	innermost_tell(nodes);
	/* The one around it was told as well, when this one began. */
	nodes->depth--;
	return READER_DONE;
}

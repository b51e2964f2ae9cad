#include <string.h>

#include "depot/path.h"
#include "reader/nodes.h"

bool
span_is(struct span span, const char *word)
{
	return span.size == strlen(word) &&
	    memcmp(span.text, word, span.size) == 0;
}

/* What a node is, by the one that it is in (NODE_OTHER: by none). */
static enum node_type
type_of(enum node_type in, struct span type)
{
	static const struct {
		enum node_type	 in;
		const char	*word;
		enum node_type	 type;
	} types[] = {
		{ NODE_OTHER, "index", NODE_INDEX },
		{ NODE_INDEX, "index", NODE_INDEX },
		{ NODE_INDEX, "supports", NODE_SUPPORTS },
		{ NODE_INDEX, "pkg", NODE_ARCHIVE },
		{ NODE_INDEX, "src", NODE_ARCHIVE },
		{ NODE_INDEX, "api", NODE_ARCHIVE },
		{ NODE_OTHER, "installation", NODE_INSTALLATION },
		{ NODE_INSTALLATION, "archive", NODE_WANTED },
		{ NODE_INSTALLATION, "index", NODE_WANTED },
		{ NODE_INSTALLATION, "image", NODE_WANTED },
		{ NODE_INSTALLATION, "image_index", NODE_WANTED },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].in == in && span_is(type, types[i].word))
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

/* As Genode reads it; what is no such word is the default, yes. */
static bool
says_no(struct span value)
{
	return span_is(value, "no") || span_is(value, "false") ||
	    span_is(value, "off") || span_is(value, "0");
}

static void
wish_set(const struct nodes *nodes, struct reader_entry *entry)
{
	entry->kind = READER_WANTED;
	entry->how = (says_no(nodes->binary) ? 0 : READER_BINARY) |
	    (says_no(nodes->source) ? 0 : READER_SOURCE) |
	    (says_no(nodes->verify) ? READER_UNVERIFIED : 0);
	memset(entry->text, 0, sizeof(entry->text));
}

static void
entry_tell(struct nodes *nodes, struct reader_entry *entry)
{
	/* Without the top node and this one. */
	entry->depth = nodes->depth < 2 ? 0 : (uint32_t)nodes->depth - 2;
	nodes->entries++;
	nodes->entry(nodes, entry);
}

/* The innermost node's attributes are complete: another begins, or it ends. */
static void
innermost_tell(struct nodes *nodes)
{
	struct reader_entry entry = { .kind = READER_NO_KIND };

	if (nodes->told || nodes->depth == 0)
		return;
	nodes->told = true;
	enum node_type type = nodes->stack[nodes->depth - 1];
	switch (type) {
	case NODE_INDEX:
		if (nodes->depth == 1)
			return;
		entry.kind = READER_GROUP;
		text_set(entry.text, nodes->name);
		break;
	case NODE_INSTALLATION:
		if (nodes->arch.size == 0)
			return;
		entry.kind = READER_SUPPORTS;
		text_set(entry.text, nodes->arch);
		break;
	case NODE_SUPPORTS:
		entry.kind = READER_SUPPORTS;
		text_set(entry.text, nodes->arch);
		break;
	case NODE_ARCHIVE:
	case NODE_WANTED:
		entry.kind = READER_ARCHIVE;
		if (!archive_set(nodes, &entry)) {
			nodes->skipped++;
			return;
		}
		if (type == NODE_WANTED)
			wish_set(nodes, &entry);
		break;
	case NODE_OTHER:
		return;
	}
	entry_tell(nodes, &entry);
}

enum reader_why
nodes_begin(struct nodes *nodes, struct span type, bool enabled)
{
	if (nodes->depth == 0 && (nodes->seen || !span_is(type,
	    nodes->installation ? "installation" : "index")))
		return nodes->seen ? READER_SYNTAX : READER_NO_INDEX;
	if (nodes->depth == READER_DEPTH_MAX)
		return READER_DEEP;
	innermost_tell(nodes);
	if (nodes->entries + nodes->skipped >= READER_ENTRIES_MAX)
		return READER_MANY;
	bool top = nodes->depth == 0;
	enum node_type in = top ? NODE_OTHER : nodes->stack[nodes->depth - 1];
	/* What is in something left out is left out. */
	nodes->stack[nodes->depth++] = enabled && (top || in != NODE_OTHER) ?
	    type_of(in, type) : NODE_OTHER;
	nodes->seen = true;
	nodes->told = false;
	nodes->name = nodes->path = nodes->info = nodes->arch = nodes->source =
	    nodes->binary = nodes->verify = (struct span){ NULL, 0 };
	return READER_DONE;
}

void
nodes_attribute(struct nodes *nodes, struct span tag, struct span value)
{
	const struct {
		const char	*word;
		struct span	*span;
	} known[] = {
		{ "name", &nodes->name }, { "path", &nodes->path },
		{ "info", &nodes->info }, { "arch", &nodes->arch },
		{ "source", &nodes->source }, { "binary", &nodes->binary },
		{ "verify", &nodes->verify },
	};
	struct span *to = NULL;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is(tag, known[i].word))
			to = known[i].span;

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

/*
 * hid.c - lines, cut by '|' into segments that count as lines of their own.
 * What a node contains follows from the columns.
 */
#include <string.h>

#include "reader/hid.h"

struct hid {
	struct nodes	*nodes;
	size_t		 columns[READER_DEPTH_MAX];	/* of open nodes' types */
	bool		 ended;				/* "-" was met */
};

static struct span
trim(struct span s)
{
	while (s.size > 0 && s.text[0] == ' ')
		s = (struct span){ s.text + 1, s.size - 1 };
	while (s.size > 0 && s.text[s.size - 1] == ' ')
		s.size--;
	return s;
}

/* Bytes of the node type or tag that s begins with; 0: none. */
static size_t
word_size(struct span s)
{
	size_t n = 0;

	while (n < s.size && ((s.text[n] >= 'a' && s.text[n] <= 'z') ||
	    (n > 0 && ((s.text[n] >= '0' && s.text[n] <= '9') ||
	    s.text[n] == '_' || s.text[n] == '-'))))
		n++;
	return n;
}

/* "type" or "type name", at that column. */
static enum reader_why
node(struct hid *hid, struct span s, size_t column, bool enabled)
{
	struct span type = { s.text, word_size(s) };
	struct span name = { s.text + type.size, s.size - type.size };
	enum reader_why why = READER_DONE;

	if (type.size == 0 || (name.size > 0 && name.text[0] != ' '))
		return READER_SYNTAX;
	while (why == READER_DONE && hid->nodes->depth > 0 &&
	    hid->columns[hid->nodes->depth - 1] >= column)
		why = nodes_end(hid->nodes);
	/* A second top node is refused here. */
	if (why == READER_DONE)
		why = nodes_begin(hid->nodes, type, enabled);
	if (why != READER_DONE)
		return why;
	hid->columns[hid->nodes->depth - 1] = column;
	name = trim(name);
	if (name.size > 0)
		nodes_attribute(hid->nodes, (struct span){ "name", 4 }, name);
	return READER_DONE;
}

/* "tag: value" */
static enum reader_why
hid_attribute(struct hid *hid, struct span s)
{
	struct span tag = { s.text, word_size(s) };

	if (tag.size == 0 || tag.size == s.size || s.text[tag.size] != ':' ||
	    hid->nodes->depth == 0)
		return READER_SYNTAX;
	nodes_attribute(hid->nodes, tag, trim((struct span){
	    s.text + tag.size + 1, s.size - tag.size - 1 }));
	return READER_DONE;
}

/* Does s begin with this sign, as a word of its own? */
static bool
begins(struct span s, char sign)
{
	return s.size > 0 && s.text[0] == sign &&
	    (s.size == 1 || s.text[1] == ' ');
}

static enum reader_why
segment(struct hid *hid, struct span s, size_t column)
{
	if (s.size == 0)
		return READER_DONE;
	if (hid->nodes->depth == 0)
		/* The top node stands at the very left. */
		return column == 0 ? node(hid, s, 0, true) : READER_SYNTAX;
	if (begins(s, '+') || begins(s, 'x'))
		return node(hid, trim((struct span){ s.text + 1, s.size - 1 }),
		    column + 1, s.text[0] == '+');
	return hid_attribute(hid, s);
}

static enum reader_why
line_parse(struct hid *hid, struct span line)
{
	enum reader_why why = READER_DONE;
	const char *start = line.text;

	if (hid->ended)
		return trim(line).size == 0 ? READER_DONE : READER_SYNTAX;
	hid->ended = span_is(line, "-") && hid->nodes->depth > 0;
	while (!hid->ended && why == READER_DONE) {
		const char *bar = memchr(line.text, '|', line.size);
		struct span s = { line.text, bar == NULL ? line.size :
		    (size_t)(bar - line.text) };
		struct span content = trim(s);
		/* Comments and quoted text go on to the end of the line. */
		if (hid->nodes->depth > 0 &&
		    (begins(content, '.') || begins(content, ':')))
			break;
		why = segment(hid, content, content.size == 0 ? 0 :
		    (size_t)(content.text - start));
		if (bar == NULL)
			break;
		line = (struct span){ bar + 1, line.size - s.size - 1 };
	}
	return why;
}

/* The line at the beginning of *rest, which moves behind it. */
static struct span
line_next(struct span *rest)
{
	const char *end = memchr(rest->text, '\n', rest->size);
	struct span line = { rest->text, end == NULL ? rest->size :
	    (size_t)(end - rest->text) };
	size_t used = line.size + (end != NULL);

	*rest = (struct span){ rest->text + used, rest->size - used };
	if (line.size > 0 && line.text[line.size - 1] == '\r')
		line.size--;
	return line;
}

enum reader_why
hid_parse(struct nodes *nodes, struct span text, uint32_t *line)
{
	struct hid hid = { .nodes = nodes };
	enum reader_why why = READER_DONE;

	for (*line = 0; why == READER_DONE && text.size > 0; ++*line)
		why = line_parse(&hid, line_next(&text));
	if (why == READER_DONE && !hid.ended)
		return nodes->seen ? READER_CUT : READER_NO_INDEX;
	while (why == READER_DONE && nodes->depth > 0)
		why = nodes_end(nodes);
	return why;
}

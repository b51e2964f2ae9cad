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

/* Bytes of "tag:", if s begins with one that a blank or nothing follows. */
static size_t
tag_size(struct span s)
{
	size_t size = word_size(s);

	return size > 0 && size < s.size && s.text[size] == ':' &&
	    (size + 1 == s.size || s.text[size + 1] == ' ') ? size + 1 : 0;
}

static struct span
from(struct span s, size_t at)
{
	return (struct span){ s.text + at, s.size - at };
}

/* "tag: value"; anything else says nothing, as in Genode. */
static void
hid_attribute(struct hid *hid, struct span s)
{
	size_t size = tag_size(s);

	if (size > 0 && hid->nodes->depth > 0)
		nodes_attribute(hid->nodes, (struct span){ s.text, size - 1 },
		    trim(from(s, size)));
}

/* "type", and after a blank a name or the first attribute; the type stands at
 * that column. */
static enum reader_why
node(struct hid *hid, struct span s, size_t column, bool enabled)
{
	const char *blank = memchr(s.text, ' ', s.size);
	struct span rest = trim(from(s, blank == NULL ? s.size :
	    (size_t)(blank - s.text)));
	enum reader_why why = READER_DONE;

	while (why == READER_DONE && hid->nodes->depth > 0 &&
	    hid->columns[hid->nodes->depth - 1] >= column)
		why = nodes_end(hid->nodes);
	/* A second top node is refused here. */
	if (why == READER_DONE)
		why = nodes_begin(hid->nodes, (struct span){ s.text,
		    word_size(s) }, enabled);
	if (why != READER_DONE)
		return why;
	hid->columns[hid->nodes->depth - 1] = column;
	if (tag_size(rest) > 0)
		hid_attribute(hid, rest);
	else if (rest.size > 0)
		nodes_attribute(hid->nodes, (struct span){ "name", 4 }, rest);
	return READER_DONE;
}

/* Does s begin with this sign and a blank? */
static bool
begins(struct span s, char sign)
{
	return s.size > 1 && s.text[0] == sign && s.text[1] == ' ';
}

/* What stands at that column of its line, up to a '|'. */
static enum reader_why
segment(struct hid *hid, struct span s, size_t column)
{
	/* Else what looks indented to one would not be to another. */
	if (memchr(s.text, '\t', s.size) != NULL ||
	    memchr(s.text, '\r', s.size) != NULL)
		return READER_SYNTAX;
	if (hid->nodes->depth == 0)
		/* The top node stands at the very left. */
		return s.size == 0 ? READER_DONE : column > 0 ? READER_SYNTAX :
		    node(hid, trim(s), 0, true);
	if (!begins(s, '+') && !begins(s, 'x')) {
		hid_attribute(hid, trim(s));
		return READER_DONE;
	}
	struct span content = trim(from(s, 2));
	return content.size == 0 ? READER_DONE :
	    node(hid, content, column + 2, s.text[0] == '+');
}

static enum reader_why
line_parse(struct hid *hid, struct span line)
{
	enum reader_why why = READER_DONE;
	const char *start = line.text;

	hid->ended = hid->nodes->depth > 0 && line.size > 0 &&
	    line.text[0] == '-';
	while (!hid->ended && why == READER_DONE && line.size > 0) {
		while (line.size > 0 && line.text[0] == ' ')
			line = from(line, 1);
		/* Comments and quoted text go on to the end of the line. */
		if (hid->nodes->depth > 0 &&
		    (begins(line, '.') || begins(line, ':')))
			break;
		const char *bar = memchr(line.text, '|', line.size);
		size_t size = bar == NULL ? line.size :
		    (size_t)(bar - line.text);
		why = segment(hid, (struct span){ line.text, size },
		    (size_t)(line.text - start));
		line = from(line, size + (bar != NULL));
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

	/* What follows the end counts for nothing. */
	for (*line = 0; why == READER_DONE && text.size > 0 && !hid.ended;
	    ++*line)
		why = line_parse(&hid, line_next(&text));
	if (why == READER_DONE && !hid.ended)
		return nodes->seen ? READER_CUT : READER_NO_INDEX;
	while (why == READER_DONE && nodes->depth > 0)
		why = nodes_end(nodes);
	return why;
}

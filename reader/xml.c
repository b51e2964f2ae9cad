#include <string.h>

#include "reader/xml.h"

struct xml {
	struct nodes	*nodes;
	const char	*at, *end;
	struct span	 open[READER_DEPTH_MAX];	/* names of open elements */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	    c == ':';
}

static void
blanks_skip(struct xml *xml)
{
	while (xml->at < xml->end && is_blank(*xml->at))
		xml->at++;
}

/* Go past this word, if it is next. */
static bool
take(struct xml *xml, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(xml->end - xml->at) < size ||
	    memcmp(xml->at, word, size) != 0)
		return false;
	xml->at += size;
	return true;
}

/* Go past the next such word, or to the end. */
static enum reader_why
take_until(struct xml *xml, const char *word)
{
	const char *found = memmem(xml->at, (size_t)(xml->end - xml->at), word,
	    strlen(word));

	if (found == NULL)
		return READER_CUT;
	xml->at = found + strlen(word);
	return READER_DONE;
}

static struct span
name_take(struct xml *xml)
{
	struct span name = { xml->at, 0 };

	for (; xml->at < xml->end && is_name(*xml->at); name.size++)
		xml->at++;
	return name;
}

/* What is not there yet at the end of the text is cut off. */
static enum reader_why
unexpected(const struct xml *xml)
{
	return xml->at == xml->end ? READER_CUT : READER_SYNTAX;
}

/* name="value" or name='value' */
static enum reader_why
xml_attribute(struct xml *xml)
{
	struct span name = name_take(xml);

	blanks_skip(xml);
	if (name.size == 0 || !take(xml, "="))
		return unexpected(xml);
	blanks_skip(xml);
	if (xml->at == xml->end || (*xml->at != '"' && *xml->at != '\''))
		return unexpected(xml);
	char quote = *xml->at++;
	const char *end = memchr(xml->at, quote,
	    (size_t)(xml->end - xml->at));
	if (end == NULL)
		return READER_CUT;
	struct span value = { xml->at, (size_t)(end - xml->at) };
	if (memchr(value.text, '<', value.size) != NULL)
		return READER_SYNTAX;
	xml->at = end + 1;
	nodes_attribute(xml->nodes, name, value);
	return READER_DONE;
}

/* After "<": name, attributes, ">" or "/>". */
static enum reader_why
element_begin(struct xml *xml)
{
	struct span name = name_take(xml);

	if (name.size == 0)
		return unexpected(xml);
	enum reader_why why = nodes_begin(xml->nodes, name, true);
	if (why != READER_DONE)
		return why;
	xml->open[xml->nodes->depth - 1] = name;
	for (;;) {
		const char *before = xml->at;
		blanks_skip(xml);
		if (take(xml, "/>"))
			return nodes_end(xml->nodes);
		if (take(xml, ">"))
			return READER_DONE;
		/* A blank stands between attributes. */
		why = xml->at == before ? unexpected(xml) : xml_attribute(xml);
		if (why != READER_DONE)
			return why;
	}
}

/* After "</": the name that was opened, ">". */
static enum reader_why
element_end(struct xml *xml)
{
	struct span name = name_take(xml);
	size_t depth = xml->nodes->depth;

	blanks_skip(xml);
	if (!take(xml, ">"))
		return unexpected(xml);
	if (depth == 0 || name.size != xml->open[depth - 1].size ||
	    memcmp(name.text, xml->open[depth - 1].text, name.size) != 0)
		return READER_SYNTAX;
	return nodes_end(xml->nodes);
}

/* Text counts for nothing, but outside the top element there is none. */
static enum reader_why
text_skip(struct xml *xml)
{
	if (xml->nodes->depth == 0)
		blanks_skip(xml);
	else
		while (xml->at < xml->end && *xml->at != '<')
			xml->at++;
	return xml->at == xml->end || *xml->at == '<' ? READER_DONE :
	    READER_SYNTAX;
}

static enum reader_why
markup(struct xml *xml)
{
	if (take(xml, "<!--"))
		return take_until(xml, "-->");
	if (!xml->nodes->seen && take(xml, "<?xml"))
		return take_until(xml, "?>");
	if (take(xml, "</"))
		return element_end(xml);
	/* "<!DOCTYPE", "<![CDATA[" and "<?" have no name here. */
	return take(xml, "<") ? element_begin(xml) : READER_SYNTAX;
}

static uint32_t
line_of(const char *text, const char *at)
{
	uint32_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

enum reader_why
xml_parse(struct nodes *nodes, struct span text, uint32_t *line)
{
	struct xml xml = { .nodes = nodes, .at = text.text,
	    .end = text.text + text.size };
	enum reader_why why = text_skip(&xml);

	while (why == READER_DONE && xml.at < xml.end) {
		why = markup(&xml);
		if (why == READER_DONE)
			why = text_skip(&xml);
	}
	*line = line_of(text.text, xml.at);
	if (why == READER_DONE && nodes->depth > 0)
		return READER_CUT;
	return why == READER_DONE && !nodes->seen ? READER_NO_INDEX : why;
}

#include "reader/hid.h"
#include "reader/index.h"
#include "reader/xml.h"

/* Bytes of the character at p, of n bytes: UTF-8 (RFC 3629), no control
 * character but those that make lines; 0: it is none. */
static size_t
character_size(const unsigned char *p, size_t n)
{
	size_t size = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (size == 1)
		return (p[0] >= 0x20 && p[0] != 0x7f) || p[0] == '\n' ||
		    p[0] == '\t' || p[0] == '\r';
	if (size == 0 || size > n)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* The shortest form, no surrogate, nothing beyond U+10FFFF, no C1. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ||
	    (p[0] == 0xc2 && p[1] < 0xa0))
		return 0;
	return size;
}

static enum reader_why
characters_check(struct span text, uint32_t *line)
{
	const unsigned char *p = (const unsigned char *)text.text;

	*line = 1;
	for (size_t at = 0; at < text.size;) {
		size_t n = character_size(p + at, text.size - at);
		if (n == 0)
			return READER_ENCODING;
		*line += p[at] == '\n';
		at += n;
	}
	return READER_DONE;
}

static bool
is_xml(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.text[i] != ' ' && text.text[i] != '\n' &&
		    text.text[i] != '\t' && text.text[i] != '\r')
			return text.text[i] == '<';
	return false;
}

enum reader_why
index_parse(struct nodes *nodes, const char *text, size_t size, uint32_t *line)
{
	struct span all = { text, size };
	enum reader_why why = characters_check(all, line);

	if (why != READER_DONE)
		return why;
	return is_xml(all) ? xml_parse(nodes, all, line) :
	    hid_parse(nodes, all, line);
}

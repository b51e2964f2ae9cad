#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "depot/armor.h"

#define CRC24_INIT	UINT32_C(0xb704ce)	/* RFC 9580 section 6.1.1 */
#define CRC24_POLY	UINT32_C(0x1864cfb)

struct line {
	const char	*at;
	size_t		 size;	/* without white space at its end */
};

/* Base64 on its way to bytes; a group is four characters. */
struct decoder {
	uint8_t		*out;
	size_t		 max, size;
	uint32_t	 bits;	/* of the group so far */
	unsigned int	 count;	/* characters in the group so far, 0 to 3 */
	unsigned int	 pad;	/* of them, or in the last group: '=' */
};

/* Take a line off the text: 1, or 0 at its end. */
static int
line_next(struct armor_text *text, struct line *line)
{
	size_t left = (size_t)(text->end - text->at);
	const char *newline = memchr(text->at, '\n', left);
	const char *end = newline != NULL ? newline : text->end;

	if (left == 0)
		return 0;
	line->at = text->at;
	text->at = newline != NULL ? newline + 1 : end;
	while (end > line->at && memchr(" \t\r", end[-1], 3) != NULL)
		end--;
	line->size = (size_t)(end - line->at);
	return 1;
}

static int
line_begins(const struct line *line, const char *word)
{
	return line->size >= strlen(word) &&
	    memcmp(line->at, word, strlen(word)) == 0;
}

/* Is it the line -----edge PGP label-----? */
static int
line_is_edge(const struct line *line, const char *edge, const char *label)
{
	char want[64];
	int n = snprintf(want, sizeof(want), "-----%s PGP %s-----", edge,
	    label);

	return line->size == (size_t)n && line_begins(line, want);
}

/* "=" and four characters; padding alone has one or two. */
static int
line_is_checksum(const struct line *line)
{
	return line->size == 5 && line_begins(line, "=");
}

/* "Name: text", where text has no control characters: it is ignored. */
static int
line_is_header(const struct line *line)
{
	size_t i = 0;

	while (i < line->size && ((line->at[i] >= 'A' && line->at[i] <= 'Z') ||
	    (line->at[i] >= 'a' && line->at[i] <= 'z')))
		i++;
	if (i == 0 || i == line->size || line->at[i] != ':')
		return 0;
	for (i++; i < line->size; i++)
		if ((unsigned char)line->at[i] < ' ' || line->at[i] == 0x7f)
			return 0;
	return 1;
}

/* The value of a character, or -1. */
static int
base64_value(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(alphabet, c, 64);

	return at == NULL ? -1 : (int)(at - alphabet);
}

/* A group is complete: one to three bytes. */
static int
decoder_put(struct decoder *d)
{
	unsigned int n = 3 - d->pad;

	/* Two texts for the same bytes would be one too many. */
	if (d->bits & ((UINT32_C(1) << (8 * d->pad)) - 1))
		return -EBADMSG;
	if (n > d->max - d->size)
		return -EFBIG;
	for (unsigned int i = 0; i < n; i++)
		d->out[d->size++] = (uint8_t)(d->bits >> (16 - 8 * i));
	d->bits = 0;
	d->count = 0;
	return 0;
}

static int
decoder_take(struct decoder *d, char c)
{
	int value = c == '=' ? 0 : base64_value(c);

	/* Padding stands at the end of the last group, and is one or two. */
	if (value == -1 || (d->pad > 0 && (c != '=' || d->count == 0)) ||
	    (c == '=' && d->count < 2))
		return -EBADMSG;
	d->pad += c == '=';
	d->bits = d->bits << 6 | (uint32_t)value;
	return ++d->count == 4 ? decoder_put(d) : 0;
}

static int
decoder_take_line(struct decoder *d, const struct line *line)
{
	int error = line->size == 0 ? -EBADMSG : 0;

	for (size_t i = 0; error == 0 && i < line->size; i++)
		error = decoder_take(d, line->at[i]);
	return error;
}

static uint32_t
crc24(const uint8_t *bytes, size_t size)
{
	uint32_t crc = CRC24_INIT;

	for (size_t i = 0; i < size; i++) {
		crc ^= (uint32_t)bytes[i] << 16;
		for (int bit = 0; bit < 8; bit++) {
			crc <<= 1;
			if (crc & UINT32_C(0x1000000))
				crc ^= CRC24_POLY;
		}
	}
	return crc;
}

static int
checksum_matches(const struct decoder *d, const struct line *line)
{
	uint8_t sum[3] = { 0 };
	struct decoder s = { .out = sum, .max = sizeof(sum) };
	const struct line digits = { line->at + 1, line->size - 1 };

	if (decoder_take_line(&s, &digits) < 0 || s.size != sizeof(sum))
		return 0;
	return crc24(d->out, d->size) ==
	    ((uint32_t)sum[0] << 16 | (uint32_t)sum[1] << 8 | sum[2]);
}

/* The headers, and the empty line that ends them. */
static int
headers_skip(struct armor_text *text)
{
	struct line line;

	while (line_next(text, &line)) {
		if (line.size == 0)
			return 0;
		if (!line_is_header(&line))
			return -EBADMSG;
	}
	return -EBADMSG;
}

/* Base64, perhaps a checksum, and the last line of the block. */
static int
body_decode(struct armor_text *text, const char *label, struct decoder *d)
{
	struct line line;
	int error = 0, more;

	while ((more = line_next(text, &line)) && !line_begins(&line, "-") &&
	    !line_is_checksum(&line))
		if ((error = decoder_take_line(d, &line)) < 0)
			return error;
	if (more && line_is_checksum(&line)) {
		if (!checksum_matches(d, &line))
			return -EBADMSG;
		more = line_next(text, &line);
	}
	return more && line_is_edge(&line, "END", label) && d->count == 0 &&
	    d->size > 0 ? 0 : -EBADMSG;
}

int
armor_decode(struct armor_text *text, const char *label, uint8_t *out,
    size_t max, size_t *size)
{
	struct decoder d = { .out = out, .max = max };
	struct line line;
	int error = -EBADMSG;

	if (line_next(text, &line) && line_is_edge(&line, "BEGIN", label))
		error = headers_skip(text);
	if (error == 0)
		error = body_decode(text, label, &d);
	if (error == 0)
		*size = d.size;
	return error;
}

int
armor_find(struct armor_text *text, const char *label)
{
	struct armor_text next = *text;
	struct line line;

	for (; line_next(&next, &line); *text = next)
		if (line_begins(&line, "-----BEGIN"))
			return line_is_edge(&line, "BEGIN", label) ? 1 :
			    -EBADMSG;
	return 0;
}

/* Take empty lines off the text. */
static void
blank_skip(struct armor_text *text)
{
	struct armor_text next = *text;
	struct line line;

	while (line_next(&next, &line) && line.size == 0)
		*text = next;
}

int
armor_decode_only(struct armor_text text, const char *label, uint8_t *out,
    size_t max, size_t *size)
{
	size_t n = 0;

	blank_skip(&text);
	int error = armor_decode(&text, label, out, max, &n);
	if (error < 0)
		return error;
	blank_skip(&text);
	if (text.at != text.end)
		return -EBADMSG;
	*size = n;
	return 0;
}

#include <string.h>

#include "extractor/frame.h"

/* A header, as POSIX's ustar has it; GNU's and the old one agree so far. */
struct header {
	char	name[100];
	char	mode[8], uid[8], gid[8];
	char	size[12];
	char	mtime[12];
	char	checksum[8];
	char	type;
	char	linkname[100];
	char	magic[6];
	char	rest[249];
};
_Static_assert(sizeof(struct header) == FRAME_BLOCK, "header");

/* A piece of a pax record. */
struct piece {
	const char	*text;
	size_t		 size;
};

/* Types of extended headers: pax's two, and GNU's long link and long name. */
static const char extra_types[] = "xgKL";

void
frame_init(struct frame *f)
{
	memset(f, 0, sizeof(*f));
	f->outcome = EXTRACTOR_DONE;
}

/* Digits, between blanks before and a blank or NUL behind. */
static bool
octal_parse(const char *text, size_t size, uint64_t *value)
{
	uint64_t sum = 0;
	size_t i = 0, digits = 0;

	while (i < size && text[i] == ' ')
		i++;
	for (; i < size && text[i] >= '0' && text[i] <= '7'; i++, digits++)
		sum = sum << 3 | (uint64_t)(text[i] - '0');
	for (; i < size; i++)
		if (text[i] != ' ' && text[i] != '\0')
			return false;
	*value = sum;
	return digits > 0;
}

/* Octal, or GNU's way for sizes from 8 GiB: 0x80, then a big-endian number. */
static bool
size_parse(const char text[12], uint64_t *value)
{
	uint64_t sum = 0;

	if (((unsigned char)text[0] & 0x80) == 0)
		return octal_parse(text, 12, value);
	if ((unsigned char)text[0] != 0x80 ||
	    memcmp(text + 1, "\0\0\0", 3) != 0)
		return false;
	for (size_t i = 4; i < 12; i++)
		sum = sum << 8 | (unsigned char)text[i];
	*value = sum;
	return true;
}

static bool
checksum_matches(const struct header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	uint64_t sum = 0, claimed;

	for (size_t i = 0; i < FRAME_BLOCK; i++)
		sum += bytes[i];
	for (size_t i = 0; i < sizeof(h->checksum); i++)
		sum += ' ' - (uint64_t)(unsigned char)h->checksum[i];
	return octal_parse(h->checksum, sizeof(h->checksum), &claimed) &&
	    claimed == sum;
}

static bool
piece_is(struct piece piece, const char *word)
{
	return piece.size == strlen(word) &&
	    memcmp(piece.text, word, piece.size) == 0;
}

static bool
piece_begins(struct piece piece, const char *word)
{
	return piece.size >= strlen(word) &&
	    memcmp(piece.text, word, strlen(word)) == 0;
}

/* A decimal number, exactly; at most 18 digits, so that it cannot overflow. */
static bool
decimal_parse(struct piece piece, uint64_t *value)
{
	uint64_t sum = 0;

	if (piece.size == 0 || piece.size > 18)
		return false;
	for (size_t i = 0; i < piece.size; i++) {
		if (piece.text[i] < '0' || piece.text[i] > '9')
			return false;
		sum = sum * 10 + (uint64_t)(piece.text[i] - '0');
	}
	*value = sum;
	return true;
}

/* What a record may not say: sparse files, whose sizes mean something else;
 * names with a NUL, which end early for some; one size for all entries. */
static enum extractor_outcome
record_check(struct frame *f, struct piece key, struct piece value)
{
	bool names = piece_is(key, "path") || piece_is(key, "linkpath");

	if (piece_begins(key, "GNU.sparse.") ||
	    piece_is(key, "SCHILY.realsize") || piece_is(key, "SUN.holesdata"))
		return EXTRACTOR_HEADERS;
	if (names && memchr(value.text, '\0', value.size) != NULL)
		return EXTRACTOR_NAME;
	if (f->extra == 'g' && (names || piece_is(key, "size")))
		return EXTRACTOR_HEADERS;
	if (!piece_is(key, "size"))
		return EXTRACTOR_DONE;
	if (f->pax_sized || !decimal_parse(value, &f->pax_size))
		return EXTRACTOR_HEADERS;
	f->pax_sized = true;
	return EXTRACTOR_DONE;
}

/* One record, "length key=value\n": its length, or 0 if it is none. */
static size_t
record_cut(struct piece rest, struct piece *key, struct piece *value)
{
	const char *blank = memchr(rest.text, ' ', rest.size);
	uint64_t length;

	if (blank == NULL)
		return 0;
	struct piece digits = { rest.text, (size_t)(blank - rest.text) };
	if (!decimal_parse(digits, &length) || length > rest.size ||
	    length < digits.size + 4 || rest.text[length - 1] != '\n')
		return 0;
	const char *end = rest.text + length - 1;
	key->text = blank + 1;
	const char *equals = memchr(key->text, '=', (size_t)(end - key->text));
	if (equals == NULL || equals == key->text)
		return 0;
	key->size = (size_t)(equals - key->text);
	value->text = equals + 1;
	value->size = (size_t)(end - value->text);
	return length;
}

static enum extractor_outcome
records_check(struct frame *f)
{
	struct piece key, value;
	struct piece rest = { (const char *)f->extra_body, f->extra_size };
	enum extractor_outcome outcome = EXTRACTOR_DONE;

	while (rest.size > 0 && outcome == EXTRACTOR_DONE) {
		size_t length = record_cut(rest, &key, &value);
		if (length == 0)
			return EXTRACTOR_HEADERS;
		outcome = record_check(f, key, value);
		rest.text += length;
		rest.size -= length;
	}
	return outcome;
}

/* An extended header; each kind may come once before an entry. */
static enum extractor_outcome
extra_begin(struct frame *f, const struct header *h, uint64_t size)
{
	const char *type = strchr(extra_types, h->type);
	unsigned int bit = 1u << (type - extra_types);

	if (size == 0 || size > FRAME_EXTRA || f->extras & bit)
		return EXTRACTOR_HEADERS;
	f->extras |= bit;
	f->extra = h->type;
	f->extra_size = (size_t)size;
	f->extra_filled = 0;
	return EXTRACTOR_DONE;
}

static enum extractor_outcome
kind_parse(char type, enum frame_kind *kind)
{
	switch (type) {
	case '0':
	case '\0':	/* before POSIX */
		*kind = FRAME_FILE;
		return EXTRACTOR_DONE;
	case '1':
		*kind = FRAME_HARD_LINK;
		return EXTRACTOR_DONE;
	case '2':
		*kind = FRAME_SYMBOLIC_LINK;
		return EXTRACTOR_DONE;
	case '5':
		*kind = FRAME_DIRECTORY;
		return EXTRACTOR_DONE;
	case 'S':	/* GNU's sparse file */
		return EXTRACTOR_HEADERS;
	default:
		return EXTRACTOR_TYPE;
	}
}

static enum extractor_outcome
entry_begin(struct frame *f, const struct header *h, uint64_t size)
{
	enum frame_kind kind = FRAME_NO_KIND;
	enum extractor_outcome outcome = kind_parse(h->type, &kind);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (f->pax_sized && f->pax_size != size)
		return EXTRACTOR_HEADERS;
	/* Whether data follows a link that claims some is a matter of taste. */
	if (kind != FRAME_FILE && size != 0)
		return EXTRACTOR_HEADERS;
	f->kind = kind;
	f->size = size;
	f->count++;
	f->extras = 0;
	f->pax_sized = false;
	return EXTRACTOR_DONE;
}

/* What a full block says that stands where a header is expected. */
static enum extractor_outcome
header_read(struct frame *f)
{
	static const unsigned char zero[FRAME_BLOCK];
	const struct header *h = (const struct header *)f->block;
	uint64_t size;

	if (memcmp(f->block, zero, FRAME_BLOCK) == 0) {
		if (f->zeros < 2)
			f->zeros++;
		return f->extras == 0 ? EXTRACTOR_DONE : EXTRACTOR_CORRUPT;
	}
	/* After the end, or after half of it, others might read on. */
	if (f->zeros > 0)
		return EXTRACTOR_HEADERS;
	if (!checksum_matches(h))
		return EXTRACTOR_CORRUPT;
	if (!size_parse(h->size, &size) || size > INT64_MAX - FRAME_BLOCK)
		return EXTRACTOR_HEADERS;
	f->body = (size + FRAME_BLOCK - 1) / FRAME_BLOCK * FRAME_BLOCK;
	f->extra = 0;
	if (h->type != '\0' && strchr(extra_types, h->type) != NULL)
		return extra_begin(f, h, size);
	return entry_begin(f, h, size);
}

static size_t
header_take(struct frame *f, const unsigned char *data, size_t size)
{
	size_t n = FRAME_BLOCK - f->filled;

	if (n > size)
		n = size;
	memcpy(f->block + f->filled, data, n);
	f->filled += n;
	if (f->filled == FRAME_BLOCK) {
		f->filled = 0;
		f->outcome = header_read(f);
	}
	return n;
}

static size_t
body_take(struct frame *f, const unsigned char *data, size_t size)
{
	size_t n = f->body < size ? (size_t)f->body : size;

	f->body -= n;
	if (f->extra == 0)
		return n;
	size_t keep = f->extra_size - f->extra_filled;
	if (keep > n)
		keep = n;
	memcpy(f->extra_body + f->extra_filled, data, keep);
	f->extra_filled += keep;
	if (f->body == 0 && (f->extra == 'x' || f->extra == 'g'))
		f->outcome = records_check(f);
	return n;
}

size_t
frame_take(struct frame *f, const unsigned char *data, size_t size)
{
	uint64_t before = f->count;
	size_t taken = 0;

	while (taken < size && f->count == before &&
	    f->outcome == EXTRACTOR_DONE)
		taken += f->body > 0 ?
		    body_take(f, data + taken, size - taken) :
		    header_take(f, data + taken, size - taken);
	return taken;
}

enum extractor_outcome
frame_end(const struct frame *f)
{
	if (f->outcome != EXTRACTOR_DONE)
		return f->outcome;
	if (f->zeros < 2)
		return EXTRACTOR_CORRUPT;	/* cut short */
	return f->filled == 0 ? EXTRACTOR_DONE : EXTRACTOR_HEADERS;
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/json.h"

/* Does a value stand before the next one, in the same object or array? */
static bool need_comma;

/* Bytes of the UTF-8 character at text (RFC 3629: shortest form, no surrogate),
 * 0 if there is none. */
static size_t
utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char	from, to;	/* first byte */
		unsigned char	least, most;	/* second byte */
		size_t		length;
	} forms[] = {
		{ 0x01, 0x7f, 0, 0, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (text[0] < forms[i].from || text[0] > forms[i].to)
			continue;
		if (forms[i].length > 1 && (text[1] < forms[i].least ||
		    text[1] > forms[i].most))
			return 0;
		for (size_t n = 2; n < forms[i].length; n++)
			if ((text[n] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

static void
put_string(const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	putchar('"');
	while (*p != '\0') {
		size_t n = utf8_length(p);
		if (n == 0)
			fputs("\\ufffd", stdout);
		else if (*p < 0x20 || *p == 0x7f)
			printf("\\u%04x", (unsigned int)*p);
		else if (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)
			printf("\\u%04x", (unsigned int)p[1]);	/* C1 */
		else if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else
			fwrite(p, 1, n, stdout);
		p += n == 0 ? 1 : n;
	}
	putchar('"');
}

static void
put_name(const char *name)
{
	if (need_comma)
		putchar(',');
	need_comma = true;
	if (name != NULL)
		printf("\"%s\":", name);
}

static void
put_open(const char *name, char bracket)
{
	put_name(name);
	putchar(bracket);
	need_comma = false;
}

static void
put_close(char bracket)
{
	putchar(bracket);
	need_comma = true;
}

void
json_begin(const char *event)
{
	need_comma = false;
	put_open(NULL, '{');
	json_text("event", event);
}

void
json_end(void)
{
	put_close('}');
	putchar('\n');
	fflush(stdout);
}

void
json_text(const char *name, const char *value)
{
	put_name(name);
	put_string(value);
}

void
json_number(const char *name, int64_t value)
{
	put_name(name);
	printf("%" PRId64, value);
}

void
json_bool(const char *name, bool value)
{
	put_name(name);
	fputs(value ? "true" : "false", stdout);
}

void
json_array(const char *name)
{
	put_open(name, '[');
}

void
json_array_end(void)
{
	put_close(']');
}

void
json_object(const char *name)
{
	put_open(name, '{');
}

void
json_object_end(void)
{
	put_close('}');
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "cli/text.h"

/* Printable for the C library, but it changes the order of what follows, so
 * that a name can pose as another (Unicode Standard Annex 9). */
static int
is_reordering(wchar_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Bytes of the printable character at text, of size bytes; 0: there is none. */
static size_t
printable(const char *text, size_t size)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n = mbrtowc(&c, text, size, &state);

	if (n == 0 || n > size)	/* (size_t)-1 and -2: not decodable */
		return 0;
	return iswprint((wint_t)c) && !is_reordering(c) ? n : 0;
}

void
text_clean(char *text)
{
	size_t size = strlen(text);

	for (size_t at = 0; at < size;) {
		size_t n = printable(text + at, size - at);
		if (n == 0)
			text[at++] = '?';
		at += n;
	}
}

void
text_size(char text[TEXT_SHORT], uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(text, TEXT_SHORT, "%u B", (unsigned int)bytes);
		return;
	}
	/* 999.95 would be printed as 1000.0 of the smaller unit. */
	for (; value >= 999.95 && unit < 4; unit++)
		value /= 1000;
	snprintf(text, TEXT_SHORT, "%.1f %s", value, units[unit]);
}

void
text_duration(char text[TEXT_SHORT], uint64_t s)
{
	if (s < 60)
		snprintf(text, TEXT_SHORT, "%" PRIu64 " s", s);
	else if (s < 3600)
		snprintf(text, TEXT_SHORT, "%" PRIu64 " min %" PRIu64 " s",
		    s / 60, s % 60);
	else
		snprintf(text, TEXT_SHORT, "%" PRIu64 " h %" PRIu64 " min",
		    s / 3600, s % 3600 / 60);
}

void
text_time(char text[TEXT_SHORT], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, TEXT_SHORT, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		snprintf(text, TEXT_SHORT, "@%" PRId64, when);
}

void
text_date(char text[TEXT_SHORT], int64_t when)
{
	text_time(text, when);
	text[strcspn(text, " ")] = '\0';
}

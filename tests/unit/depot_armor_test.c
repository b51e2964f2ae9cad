/*
 * depot_armor_test.c - ASCII armor, and where the decoder stops.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "depot/armor.h"

#define BEGIN	"-----BEGIN PGP SIGNATURE-----\n"
#define END	"-----END PGP SIGNATURE-----\n"

static int
decode(const char *text, size_t size, uint8_t *out, size_t max, size_t *n)
{
	const struct armor_text armored = { text, text + size };

	return armor_decode_only(armored, ARMOR_SIGNATURE, out, max, n);
}

static const struct {
	const char	*text;
	int		 result;
	const char	*bytes;
} cases[] = {
	{ BEGIN "\nYWJj\n" END, 0, "abc" },
	{ BEGIN "\nYWI=\n" END, 0, "ab" },
	{ BEGIN "\nYQ==\n" END, 0, "a" },
	{ BEGIN "Comment: x\n\nYWJj\n=uhyh\n" END, -EBADMSG, NULL },
	{ BEGIN "\r\nYWJj\r\n" END, 0, "abc" },
	{ "\n \n" BEGIN "\nYWJj\n" END "\n\n", 0, "abc" },
	{ "", -EBADMSG, NULL },
	{ "x\n" BEGIN "\nYWJj\n" END, -EBADMSG, NULL },
	{ BEGIN "\nYWJj\n" END "x\n", -EBADMSG, NULL },
	{ BEGIN "\nYWJj\n" END BEGIN "\nYWJj\n" END, -EBADMSG, NULL },
	{ BEGIN "YWJj\n" END, -EBADMSG, NULL },	/* no empty line */
	{ BEGIN "\nYWJj\n", -EBADMSG, NULL },
	{ BEGIN "\n" END, -EBADMSG, NULL },
	{ BEGIN "\nYWJ\n" END, -EBADMSG, NULL },	/* cut off */
	{ BEGIN "\nYWJ=\n" END, -EBADMSG, NULL },	/* bits left over */
	{ BEGIN "\nYQ=\n" END, -EBADMSG, NULL },
	{ BEGIN "\nY===\n" END, -EBADMSG, NULL },
	{ BEGIN "\nYQ==YQ==\n" END, -EBADMSG, NULL },
	{ BEGIN "\nYW Jj\n" END, -EBADMSG, NULL },
	{ BEGIN "\nYW-j\n" END, -EBADMSG, NULL },
	{ "-----BEGIN PGP MESSAGE-----\n\nYWJj\n-----END PGP MESSAGE-----\n",
	    -EBADMSG, NULL },
};

static void
judges_texts(void **state)
{
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = 0;
		int got = decode(cases[i].text, strlen(cases[i].text), out,
		    sizeof(out), &n);
		if (got != cases[i].result)
			print_message("%s\n", cases[i].text);
		assert_int_equal(got, cases[i].result);
		if (got < 0)
			continue;
		assert_int_equal(n, strlen(cases[i].bytes));
		assert_memory_equal(out, cases[i].bytes, n);
	}
}

/* No byte behind the room that it was given. */
static void
stops_at_the_end(void **state)
{
	static char text[32 * 1024];
	static uint8_t out[16 * 1024];
	const size_t max = 8192;
	size_t n = 0, size = (size_t)sprintf(text, BEGIN "\n");

	(void)state;
	for (int line = 0; line < 300; line++) {
		memset(text + size, 'B', 64);
		size += 64;
		text[size++] = '\n';
	}
	size += (size_t)sprintf(text + size, END);
	assert_int_equal(decode(text, size, out, max, &n), -EFBIG);
	for (size_t i = max; i < sizeof(out); i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(decode(text, size, out, sizeof(out), &n), 0);
	assert_int_equal(n, 300 * 48);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_texts),
		cmocka_unit_test(stops_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

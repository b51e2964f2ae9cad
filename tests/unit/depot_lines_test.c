/*
 * depot_lines_test.c - `word value` lines, read and written.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "depot/lines.h"

static void
assert_slice(const struct slice *slice, const char *text)
{
	assert_int_equal(slice->size, strlen(text));
	assert_memory_equal(slice->text, text, slice->size);
}

static void
reads_lines(void **state)
{
	static const char text[] =
	    "path u/raw/a/b\n"
	    "x9-y two  words\n"
	    "a !~\n";
	struct lines lines = { text, sizeof(text) - 1, 0 };
	struct slice word, value;

	(void)state;
	assert_int_equal(lines_next(&lines, &word, &value), 1);
	assert_slice(&word, "path");
	assert_slice(&value, "u/raw/a/b");
	assert_int_equal(lines_next(&lines, &word, &value), 1);
	assert_slice(&word, "x9-y");
	assert_slice(&value, "two  words");
	assert_int_equal(lines_next(&lines, &word, &value), 1);
	assert_slice(&word, "a");
	assert_slice(&value, "!~");
	assert_int_equal(lines_next(&lines, &word, &value), 0);
	assert_int_equal(lines_next(&lines, &word, &value), 0);
}

#define BYTES(literal)	{ literal, sizeof(literal) - 1 }

static const struct slice malformed[] = {
	BYTES("\n"),
	BYTES(" \n"),
	BYTES("word\n"),
	BYTES("word \n"),
	BYTES("word value"),
	BYTES("word  value\n"),
	BYTES("word value \n"),
	BYTES(" word value\n"),
	BYTES("Word value\n"),
	BYTES("9word value\n"),
	BYTES("-word value\n"),
	BYTES("wo_rd value\n"),
	BYTES("wo\0rd value\n"),
	BYTES("word\tvalue\n"),
	BYTES("word va\tlue\n"),
	BYTES("word value\r\n"),
	BYTES("word va\0lue\n"),
	BYTES("word va\x7flue\n"),
	BYTES("word va\xc3\xa4lue\n"),
	BYTES("word va\x1b[2Jlue\n"),
	BYTES("# comment\n"),
};

static void
refuses_other_text(void **state)
{
	struct slice word = { NULL, 7 }, value = { NULL, 8 };

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		const struct slice *text = &malformed[i];
		struct lines lines = { text->text, text->size, 0 };

		for (int again = 0; again < 2; again++)
			if (lines_next(&lines, &word, &value) != -EINVAL)
				fail_msg("accepted: %s", text->text);
		assert_int_equal(word.size, 7);
		assert_int_equal(value.size, 8);
	}
}

static void
plain_lines(void **state)
{
	static const char text[] = "\n a b\t \n\n\t\n\r\nlast";
	struct lines lines = { text, sizeof(text) - 1, 0 };
	struct slice line;

	(void)state;
	assert_int_equal(lines_next_plain(&lines, &line), 1);
	assert_slice(&line, "a b");
	assert_int_equal(lines_next_plain(&lines, &line), 1);
	assert_slice(&line, "\r");
	assert_int_equal(lines_next_plain(&lines, &line), 1);
	assert_slice(&line, "last");
	assert_int_equal(lines_next_plain(&lines, &line), 0);
	assert_int_equal(lines_next_plain(&lines, &line), 0);
}

static void
writes_what_it_reads(void **state)
{
	char text[64];
	struct lines lines = { text, 0, 0 };
	struct slice word, value;
	size_t at = 0;

	(void)state;
	assert_int_equal(lines_put(text, sizeof(text), &at, "one", "1"), 0);
	assert_int_equal(lines_put(text, sizeof(text), &at, "t-2", "a b"), 0);
	assert_string_equal(text, "one 1\nt-2 a b\n");
	assert_int_equal(at, strlen(text));
	lines.size = at;
	assert_int_equal(lines_next(&lines, &word, &value), 1);
	assert_slice(&word, "one");
	assert_int_equal(lines_next(&lines, &word, &value), 1);
	assert_slice(&value, "a b");
}

static void
write_without_room(void **state)
{
	char text[16];
	size_t at;

	(void)state;
	for (size_t size = 0; size <= sizeof(text); size++) {
		int fits = size >= sizeof("x 1\nword val\n");

		memset(text, '#', sizeof(text));
		memcpy(text, "x 1\n", 5);
		at = 4;
		assert_int_equal(lines_put(text, size, &at, "word", "val"),
		    fits ? 0 : -ENOSPC);
		assert_string_equal(text, fits ? "x 1\nword val\n" : "x 1\n");
		assert_int_equal(at, fits ? 13 : 4);
		/* Nothing beyond the buffer's end. */
		for (size_t i = size > 5 ? size : 5; i < sizeof(text); i++)
			assert_int_equal(text[i], '#');
	}
}

static void
refuses_to_write(void **state)
{
	static const struct { const char *word, *value; } bad[] = {
		{ "", "v" }, { "W", "v" }, { "a b", "v" }, { "a\n", "v" },
		{ "w", "" }, { "w", " v" }, { "w", "v " }, { "w", "v\nx y" },
		{ "w", "\x1b" }, { "w", "\xff" },
	};
	char text[64] = "before";
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (lines_put(text, sizeof(text), &at, bad[i].word,
		    bad[i].value) != -EINVAL)
			fail_msg("wrote: %s %s", bad[i].word, bad[i].value);
	assert_string_equal(text, "before");
	assert_int_equal(at, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(refuses_other_text),
		cmocka_unit_test(plain_lines),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(write_without_room),
		cmocka_unit_test(refuses_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

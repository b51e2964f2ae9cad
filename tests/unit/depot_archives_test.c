/*
 * depot_archives_test.c - `archives` files, and bin archives of src archives.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "depot/archives.h"

static void
parse(struct depot_path *path, const char *text)
{
	assert_int_equal(depot_path_parse(path, text, strlen(text)), 0);
}

static void
lists_dependencies(void **state)
{
	static const char text[] =
	    "\n"
	    "u/src/init/2025-01-01\n"
	    "  \t\n"
	    "\tother/raw/font/2 \n"
	    "\n\n"
	    "u/pkg/motif/3";
	struct archives archives = { text, sizeof(text) - 1, 0 };
	struct depot_path path;

	(void)state;
	assert_int_equal(archives_next(&archives, &path), 1);
	assert_string_equal(path.text, "u/src/init/2025-01-01");
	assert_int_equal(path.type, DEPOT_SRC);
	assert_int_equal(archives_next(&archives, &path), 1);
	assert_string_equal(path.text, "other/raw/font/2");
	assert_string_equal(path.user, "other");
	assert_string_equal(path.top, "2");
	assert_int_equal(archives_next(&archives, &path), 1);
	assert_string_equal(path.text, "u/pkg/motif/3");
	assert_int_equal(archives_next(&archives, &path), 0);
	assert_int_equal(archives_next(&archives, &path), 0);
}

static void
nothing_in_it(void **state)
{
	static const char *const texts[] = { "", "\n", "\n\n", " \t", " \n" };
	struct depot_path path;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct archives archives = { texts[i], strlen(texts[i]), 0 };

		assert_int_equal(archives_next(&archives, &path), 0);
	}
}

static void
refuses_other_lines(void **state)
{
	static const char *const lines[] = {
		"u/api/base/1",
		"u/bin/x86_64/a/1",
		"u/dbg/x86_64/a/1",
		"u/index/1",
		"u/image/a",
		"u/image/index",
		"_/src/init",
		"u/raw/a/b u/raw/c/d",
		"u/raw/a/b\r",
		"u/raw/a/../../etc",
		"# comment",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct archives archives = { text, 0, 0 };
		struct depot_path path;

		parse(&path, "u/raw/before/1");
		strcpy(text, "\n");
		strcat(text, lines[i]);
		strcat(text, "\nu/raw/behind/1\n");
		archives.size = strlen(text);
		/* An error stays one: nobody gets to what is behind. */
		for (int again = 0; again < 2; again++)
			if (archives_next(&archives, &path) != -EINVAL)
				fail_msg("accepted: %s", lines[i]);
		assert_string_equal(path.text, "u/raw/before/1");
	}
}

static void
too_large(void **state)
{
	static char text[ARCHIVES_MAX + 1];
	struct archives archives = { text, ARCHIVES_MAX, 0 };
	struct depot_path path;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(archives_next(&archives, &path), 0);
	archives = (struct archives){ text, ARCHIVES_MAX + 1, 0 };
	assert_int_equal(archives_next(&archives, &path), -EINVAL);
}

static void
bin_of_src(void **state)
{
	struct depot_path src, bin;

	(void)state;
	parse(&src, "u/src/zlib/1.2");
	assert_int_equal(archives_bin(&bin, &src, "x86_64"), 0);
	assert_int_equal(bin.type, DEPOT_BIN);
	assert_string_equal(bin.text, "u/bin/x86_64/zlib/1.2");
	assert_string_equal(bin.user, "u");
	assert_string_equal(bin.top, "1.2");
	/* In place. */
	assert_int_equal(archives_bin(&src, &src, "x86_64"), 0);
	assert_string_equal(src.text, "u/bin/x86_64/zlib/1.2");
}

static void
bin_refused(void **state)
{
	static const char *const archs[] = {
		"", ".", "..", "a/b", "../x", "-x", "a b", "x86_64\n", "a/",
	};
	struct depot_path src, raw, bin;

	(void)state;
	parse(&src, "u/src/zlib/1.2");
	parse(&bin, "u/bin/x86_64/before/1");
	parse(&raw, "u/raw/a/b");
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (archives_bin(&bin, &src, archs[i]) != -EINVAL)
			fail_msg("accepted: %s", archs[i]);
	assert_int_equal(archives_bin(&bin, &raw, "x86_64"), -EINVAL);
	assert_string_equal(bin.text, "u/bin/x86_64/before/1");
}

static void
bin_too_long(void **state)
{
	char text[DEPOT_PATH_MAX + 1] = "u/src/a/";
	struct depot_path src, bin;

	(void)state;
	memset(text + 8, 'x', DEPOT_PATH_MAX - 8);
	text[DEPOT_PATH_MAX] = '\0';
	parse(&src, text);
	assert_int_equal(archives_bin(&bin, &src, "y"), -EINVAL);
	text[DEPOT_PATH_MAX - 2] = '\0';	/* room for "y/" */
	parse(&src, text);
	assert_int_equal(archives_bin(&bin, &src, "y"), 0);
	assert_int_equal(strlen(bin.text), DEPOT_PATH_MAX);
	assert_int_equal(archives_bin(&bin, &src, "yy"), -EINVAL);
}

static void
dbg_of_bin(void **state)
{
	struct depot_path bin, src, dbg;

	(void)state;
	parse(&bin, "bin/bin/bin/bin/1");
	assert_int_equal(archives_dbg(&dbg, &bin), 0);
	assert_string_equal(dbg.text, "bin/dbg/bin/bin/1");
	assert_int_equal(dbg.type, DEPOT_DBG);
	assert_string_equal(dbg.top, "1");
	parse(&src, "u/src/zlib/1.2");
	assert_int_equal(archives_dbg(&dbg, &src), -EINVAL);
	assert_int_equal(archives_dbg(&src, &dbg), -EINVAL);
	assert_string_equal(src.text, "u/src/zlib/1.2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_dependencies),
		cmocka_unit_test(nothing_in_it),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(too_large),
		cmocka_unit_test(bin_of_src),
		cmocka_unit_test(bin_refused),
		cmocka_unit_test(bin_too_long),
		cmocka_unit_test(dbg_of_bin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

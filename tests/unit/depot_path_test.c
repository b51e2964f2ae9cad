/*
 * depot_path_test.c - paths of archives: what is one, and what it is.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "depot/path.h"

#define U64	"u2345678901234567890123456789012" \
		"34567890123456789012345678901234"

static const struct {
	const char	*text;
	enum depot_type	 type;
	const char	*user, *top, *suffix, *flat;
} good[] = {
	{ "genodelabs/api/base/2025-09-24", DEPOT_API, "genodelabs",
	    "2025-09-24", ".tar.xz", "genodelabs,api,base,2025-09-24" },
	{ "u/src/zlib/1", DEPOT_SRC, "u", "1", ".tar.xz", "u,src,zlib,1" },
	{ "u/raw/a/b", DEPOT_RAW, "u", "b", ".tar.xz", "u,raw,a,b" },
	{ "u/pkg/a/b", DEPOT_PKG, "u", "b", ".tar.xz", "u,pkg,a,b" },
	{ "u/bin/x86_64/a/b", DEPOT_BIN, "u", "b", ".tar.xz",
	    "u,bin,x86_64,a,b" },
	{ "u/dbg/arm_v8a/a/b", DEPOT_DBG, "u", "b", ".tar.xz",
	    "u,dbg,arm_v8a,a,b" },
	{ "u/index/25.10", DEPOT_INDEX, "u", "25.10", ".xz", "u,index,25.10" },
	{ "u/image/pc-1", DEPOT_IMAGE, "u", "pc-1", ".tar.xz", "u,image,pc-1" },
	{ "u/image/index", DEPOT_IMAGE_INDEX, "u", "index", ".xz",
	    "u,image,index" },
	{ "u/index/index", DEPOT_INDEX, "u", "index", ".xz", "u,index,index" },
	/* A word has a meaning in the second place only. */
	{ "src/src/src/src", DEPOT_SRC, "src", "src", ".tar.xz",
	    "src,src,src,src" },
	{ "u/raw/a/index", DEPOT_RAW, "u", "index", ".tar.xz",
	    "u,raw,a,index" },
	{ "u/raw/gtk+:~x_/1.0~rc..1-", DEPOT_RAW, "u", "1.0~rc..1-", ".tar.xz",
	    "u,raw,gtk+:~x_,1.0~rc..1-" },
	{ U64 "/raw/a/b", DEPOT_RAW, U64, "b", ".tar.xz", U64 ",raw,a,b" },
};

#define BYTES(literal)	{ literal, sizeof(literal) - 1 }

static const struct {
	const char	*text;
	size_t		 size;
} bad[] = {
	BYTES(""),
	BYTES("u"),
	BYTES("u/raw"),
	BYTES("u/raw/a"),
	BYTES("u/raw/a/b/c"),
	BYTES("u/bin/a/b"),
	BYTES("u/bin/x/a/b/c"),
	BYTES("u/index"),
	BYTES("u/index/a/b"),
	BYTES("u/image/a/b"),
	BYTES("u/tar/a/b"),
	BYTES("u/RAW/a/b"),
	BYTES("u/ra/a/b"),
	BYTES("u/rawx/a/b"),
	BYTES("/u/raw/a/b"),
	BYTES("u/raw/a/b/"),
	BYTES("u//raw/a/b"),
	BYTES("u/raw//b"),
	BYTES("u/raw/a/"),
	BYTES("/"),
	BYTES("../raw/a/b"),
	BYTES("u/raw/../b"),
	BYTES("u/raw/a/.."),
	BYTES("u/raw/a/."),
	BYTES("u/raw/./b"),
	BYTES(".u/raw/a/b"),
	BYTES("u/raw/.a/b"),
	BYTES("-u/raw/a/b"),
	BYTES("u/raw/a/-b"),
	BYTES("u/raw/a b/c"),
	BYTES("u/raw/a/b "),
	BYTES("u/raw/a/b\n"),
	BYTES("u/raw/a,b/c"),
	BYTES("u/raw/a%2fb/c"),
	BYTES("u\\raw\\a\\b"),
	BYTES("u/raw/a/b\0"),
	BYTES("u/raw/a/b\0c"),
	BYTES("u/raw/a\0/b"),
	BYTES("\0u/raw/a/b"),
	BYTES("u/raw/a/\xc3\xa4"),
	BYTES("u/raw/a/\x1b[2J"),
	BYTES(U64 "5/raw/a/b"),
};

static void
good_paths(void **state)
{
	struct depot_path path;
	char flat[DEPOT_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (depot_path_parse(&path, good[i].text,
		    strlen(good[i].text)) != 0)
			fail_msg("refused: %s", good[i].text);
		assert_int_equal(path.type, good[i].type);
		assert_string_equal(path.text, good[i].text);
		assert_string_equal(path.user, good[i].user);
		assert_string_equal(path.top, good[i].top);
		assert_ptr_equal(path.top + strlen(path.top),
		    path.text + strlen(path.text));
		assert_string_equal(depot_path_suffix(&path), good[i].suffix);
		assert_int_equal(depot_path_is_file(&path),
		    strcmp(good[i].suffix, ".xz") == 0);
		depot_path_flat(&path, flat);
		assert_string_equal(flat, good[i].flat);
	}
}

static void
bad_paths(void **state)
{
	struct depot_path path, before;

	(void)state;
	memset(&before, 'x', sizeof(before));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		path = before;
		if (depot_path_parse(&path, bad[i].text, bad[i].size) !=
		    -EINVAL)
			fail_msg("accepted: %s", bad[i].text);
		assert_memory_equal(&path, &before, sizeof(path));
	}
}

/* Each of the 256 bytes, in each place of an element that matters. */
static void
every_byte(void **state)
{
	static const char anywhere[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_+:~";
	struct depot_path path;
	char text[] = "u/raw/?x?/v";

	(void)state;
	for (int c = 1; c < 256; c++) {
		int first = strchr(anywhere, c) != NULL;
		int later = first || c == '.' || c == '-';

		text[6] = (char)c;
		text[8] = 'x';
		assert_int_equal(depot_path_parse(&path, text, 11),
		    first ? 0 : -EINVAL);
		text[6] = 'x';
		text[8] = (char)c;
		assert_int_equal(depot_path_parse(&path, text, 11),
		    later ? 0 : -EINVAL);
	}
}

static void
longest(void **state)
{
	struct depot_path path;
	char text[DEPOT_PATH_MAX + 1], flat[DEPOT_PATH_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "u/raw/a/", 8);
	assert_int_equal(depot_path_parse(&path, text, DEPOT_PATH_MAX), 0);
	assert_int_equal(strlen(path.text), DEPOT_PATH_MAX);
	depot_path_flat(&path, flat);
	assert_int_equal(strlen(flat), DEPOT_PATH_MAX);
	assert_int_equal(depot_path_parse(&path, text, DEPOT_PATH_MAX + 1),
	    -EINVAL);
}

/* The text may be a slice: what is behind it does not count. */
static void
slice(void **state)
{
	struct depot_path path;

	(void)state;
	assert_int_equal(depot_path_parse(&path, "u/raw/a/b/../x", 9), 0);
	assert_string_equal(path.text, "u/raw/a/b");
}

static void
copy_points_into_itself(void **state)
{
	struct depot_path from, to;

	(void)state;
	assert_int_equal(depot_path_parse(&from, "u/raw/a/v1", 10), 0);
	depot_path_copy(&to, &from);
	memset(&from, 0, sizeof(from));
	assert_string_equal(to.top, "v1");
	assert_ptr_equal(to.top, to.text + 8);
	depot_path_copy(&to, &to);
	assert_string_equal(to.top, "v1");
	depot_path_copy(&to, &from);
	assert_string_equal(to.top, "");
}

static void
users(void **state)
{
	(void)state;
	assert_true(depot_user_valid("genodelabs"));
	assert_true(depot_user_valid("_"));
	assert_true(depot_user_valid(U64));
	assert_false(depot_user_valid(U64 "5"));
	assert_false(depot_user_valid(""));
	assert_false(depot_user_valid("."));
	assert_false(depot_user_valid(".."));
	assert_false(depot_user_valid("-u"));
	assert_false(depot_user_valid("a/b"));
	assert_false(depot_user_valid("a b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_paths),
		cmocka_unit_test(bad_paths),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(longest),
		cmocka_unit_test(slice),
		cmocka_unit_test(copy_points_into_itself),
		cmocka_unit_test(users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * depot_manifest_test.c - manifests: what is written is read, what is not of the
 * grammar is refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "depot/manifest.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
assert_slice(const struct slice *slice, const char *text)
{
	assert_int_equal(slice->size, strlen(text));
	assert_memory_equal(slice->text, text, slice->size);
}

static int
next(const char *text, struct manifest_line *line)
{
	struct lines lines = { text, strlen(text), 0 };

	return manifest_next(&lines, line);
}

static void
test_head(void **state)
{
	static const char *const wrong[] = { "", "airlock-manifest 1",
	    "airlock-manifest 2\n", "airlock-manifest 10\n",
	    " airlock-manifest 1\n", "f\t0644\t0\t" HEX64 "\ta\n" };
	struct lines lines = { MANIFEST_HEAD "x", strlen(MANIFEST_HEAD) + 1, 0 };

	(void)state;
	assert_int_equal(manifest_begin(&lines), 0);
	assert_int_equal(lines.text[lines.at], 'x');
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		lines = (struct lines){ wrong[i], strlen(wrong[i]), 0 };
		assert_int_equal(manifest_begin(&lines), -EINVAL);
	}
}

static void
test_lines(void **state)
{
	struct manifest_line line;

	(void)state;
	assert_int_equal(next("f\t0755\t18446744073709551615\t" HEX64
	    "\tbin/it's \xc3\xa9\n", &line), 1);
	assert_int_equal(line.kind, MANIFEST_FILE);
	assert_int_equal(line.mode, 0755);
	assert_true(line.size == UINT64_MAX);
	assert_int_equal(line.digest[1], 0x23);
	assert_slice(&line.path, "bin/it's \xc3\xa9");
	assert_int_equal(next("d\t0755\t-\t-\t.\n", &line), 1);
	assert_int_equal(line.kind, MANIFEST_DIRECTORY);
	assert_int_equal(next("l\t-\t-\t../a b\tc\n", &line), 1);
	assert_int_equal(line.kind, MANIFEST_SYMBOLIC_LINK);
	assert_slice(&line.target, "../a b");
	assert_int_equal(next("h\t-\t-\ta/b\tc\n", &line), 1);
	assert_int_equal(line.kind, MANIFEST_HARD_LINK);
	assert_int_equal(next("", &line), 0);
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = {
		"\n", "x\n", "f\n", "d\t0755\t-\t-\ta",
		"d\t0755\t-\t-\t\n", "d\t0755\t-\t-\t/a\n",
		"d\t0755\t-\t-\ta/\n", "d\t0755\t-\t-\ta//b\n",
		"d\t0755\t-\t-\t..\n", "d\t0755\t-\t-\ta/../b\n",
		"d\t0755\t-\t-\t./a\n", "d\t0755\t-\t-\ta\tb\n",
		"d\t0755\t-\t-\ta\x01\n", "d\t0755\t-\t-\ta\x7f\n",
		"d\t0700\t-\t-\ta\n", "d\t755\t-\t-\ta\n",
		"d\t0755\t0\t-\ta\n", "d\t0755\t-\tx\ta\n",
		"D\t0755\t-\t-\ta\n", "dd\t0755\t-\t-\ta\n",
		"f\t4755\t0\t" HEX64 "\ta\n", "f\t0600\t0\t" HEX64 "\ta\n",
		"f\t0644\t\t" HEX64 "\ta\n", "f\t0644\t00\t" HEX64 "\ta\n",
		"f\t0644\t01\t" HEX64 "\ta\n", "f\t0644\t-1\t" HEX64 "\ta\n",
		"f\t0644\t 1\t" HEX64 "\ta\n", "f\t0644\t1x\t" HEX64 "\ta\n",
		"f\t0644\t18446744073709551616\t" HEX64 "\ta\n",
		"f\t0644\t1\t" HEX64 "0\ta\n", "f\t0644\t1\t-\ta\n",
		"f\t0644\t1\tA" HEX64 "\ta\n", "l\t0777\t-\tx\ta\n",
		"l\t-\t-\t\ta\n", "h\t-\t-\t\ta\n", "h\t-\t-\t/x\ta\n",
		"h\t-\t-\t../x\ta\n", "l\t-\t-\ta\n",
	};
	struct manifest_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (next(wrong[i], &line) != -EINVAL)
			fail_msg("accepted: %s", wrong[i]);
}

/* Bytes for paths and targets, from what may stand in them. */
static size_t
random_text(char *text, size_t most, int is_path)
{
	static const char some[] = "ab.-_ ~\xc3\xa9\\\"'=+";
	size_t size = 1 + (size_t)rand() % most;

	for (size_t i = 0; i < size; i++)
		text[i] = some[(size_t)rand() % (sizeof(some) - 1)];
	if (is_path && size > 4 && rand() % 2)
		text[size / 2] = '/';
	return size;
}

static void
random_line(struct manifest_line *line, char *path, char *target)
{
	*line = (struct manifest_line){ .kind = 1 + (unsigned int)rand() % 4 };
	line->path = (struct slice){ path, random_text(path, 40, 1) };
	if (line->kind == MANIFEST_FILE) {
		line->mode = rand() % 2 ? 0644 : 0755;
		line->size = (uint64_t)rand() << (rand() % 33);
		for (size_t i = 0; i < sizeof(line->digest); i++)
			line->digest[i] = (uint8_t)rand();
	} else if (line->kind == MANIFEST_DIRECTORY) {
		line->mode = 0755;
	} else {
		line->target = (struct slice){ target, random_text(target, 40,
		    line->kind == MANIFEST_HARD_LINK) };
	}
}

static void
assert_same(const struct manifest_line *a, const struct manifest_line *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->mode, b->mode);
	assert_true(a->size == b->size);
	assert_memory_equal(a->digest, b->digest, sizeof(a->digest));
	assert_int_equal(a->path.size, b->path.size);
	assert_memory_equal(a->path.text, b->path.text, a->path.size);
	assert_int_equal(a->target.size, b->target.size);
	if (a->target.size > 0)
		assert_memory_equal(a->target.text, b->target.text,
		    a->target.size);
}

/* Whatever can be written is read as it was. */
static void
test_write_then_read(void **state)
{
	char path[64], target[64], text[MANIFEST_LINE];
	struct manifest_line line, again;
	unsigned int written = 0;

	(void)state;
	srand(7);
	for (unsigned int i = 0; i < 20000; i++) {
		random_line(&line, path, target);
		int size = manifest_put(text, &line);
		if (size < 0)
			continue;	/* a path of dots */
		written++;
		assert_int_equal(size, strlen(text));
		assert_int_equal(next(text, &again), 1);
		assert_same(&line, &again);
	}
	assert_true(written > 10000);
}

static void
test_largest(void **state)
{
	static char path[MANIFEST_TEXT + 1], text[MANIFEST_LINE];
	struct manifest_line line = { .kind = MANIFEST_SYMBOLIC_LINK,
	    .path = { path, MANIFEST_TEXT }, .target = { path, MANIFEST_TEXT } };

	(void)state;
	memset(path, 'x', sizeof(path));
	int size = manifest_put(text, &line);
	assert_true(size > 2 * MANIFEST_TEXT && size < MANIFEST_LINE);
	line.path.size++;
	assert_int_equal(manifest_put(text, &line), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_write_then_read),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

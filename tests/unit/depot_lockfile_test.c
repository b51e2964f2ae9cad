/*
 * depot_lockfile_test.c - lockfiles: what is written is read, what is not of the
 * grammar is refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "depot/lockfile.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define HEX40 "01234567" HEX32

static int
next(const char *text, struct lockfile_entry *entry)
{
	struct lines lines = { text, strlen(text), 0 };

	return lockfile_next(&lines, NULL, entry);
}

static void
test_lines(void **state)
{
	struct lockfile_entry entry;

	(void)state;
	assert_int_equal(next("named alice/pkg/x/1 17 " HEX64 " " HEX40 "\n",
	    &entry), 1);
	assert_true(entry.named);
	assert_string_equal(entry.path.text, "alice/pkg/x/1");
	assert_string_equal(entry.path.top, "1");
	assert_int_equal(entry.size, 17);
	assert_int_equal(entry.digest[31], 0xef);
	assert_int_equal(entry.key_size, 20);
	assert_int_equal(next("needed a/raw/x/1 18446744073709551615 " HEX64
	    " " HEX64 "\n", &entry), 1);
	assert_false(entry.named);
	assert_int_equal(entry.key_size, 32);
	assert_int_equal(next("", &entry), 0);
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = {
		"\n", "named\n", "named a/raw/x/1\n",
		"other a/raw/x/1 1 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 1 " HEX64 " " HEX40,
		"named a/raw/x/1 0 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 01 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 -1 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 18446744073709551616 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1  1 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 1 " HEX64 " " HEX40 " more\n",
		"named a/raw/x/1 1 " HEX64 " " HEX40 " \n",
		"named a/raw/../1 1 " HEX64 " " HEX40 "\n",
		"named /a/raw/x/1 1 " HEX64 " " HEX40 "\n",
		"named a/raw/x/1 1 " HEX40 " " HEX40 "\n",
		"named a/raw/x/1 1 " HEX64 "0 " HEX40 "\n",
		"named a/raw/x/1 1 " HEX64 " " HEX32 "\n",
		"named a/raw/x/1 1 " HEX64 " " HEX40 "0\n",
		"named a/raw/x/1 1 " HEX64 " A" HEX32 "1234567\n",
		"named\ta/raw/x/1 1 " HEX64 " " HEX40 "\n",
	};
	struct lockfile_entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (next(wrong[i], &entry) != -EINVAL)
			fail_msg("accepted: %s", wrong[i]);
}

static void
test_order(void **state)
{
	static const char text[] = LOCKFILE_HEAD
	    "named a/raw/x/1 1 " HEX64 " " HEX40 "\n"
	    "named a/raw/x/1-b 1 " HEX64 " " HEX40 "\n"
	    "named a/raw/x/1-b 1 " HEX64 " " HEX40 "\n";
	struct lines lines = { text, strlen(text), 0 };
	struct lockfile_entry first, second, third;

	(void)state;
	assert_int_equal(lockfile_next(&lines, NULL, &first), -EINVAL);
	assert_int_equal(lockfile_begin(&lines), 0);
	assert_int_equal(lockfile_next(&lines, NULL, &first), 1);
	assert_int_equal(lockfile_next(&lines, &first, &second), 1);
	assert_int_equal(lockfile_next(&lines, &second, &third), -EINVAL);
	assert_int_equal(lockfile_next(&lines, &first, &third), 1);
	assert_int_equal(lockfile_next(&lines, &third, &first), 0);
}

static void
random_entry(struct lockfile_entry *entry, unsigned int number)
{
	char path[64];

	snprintf(path, sizeof(path), "user%d/raw/n%d/%08u", rand() % 3 + 1,
	    rand() % 10, number);
	*entry = (struct lockfile_entry){ .named = rand() % 2,
	    .size = 1 + ((uint64_t)rand() << (rand() % 33)),
	    .key_size = rand() % 2 ? 20 : 32 };
	assert_int_equal(depot_path_parse(&entry->path, path, strlen(path)), 0);
	for (size_t i = 0; i < LOCKFILE_DIGEST; i++)
		entry->digest[i] = (uint8_t)rand();
	for (size_t i = 0; i < entry->key_size; i++)
		entry->key[i] = (uint8_t)rand();
}

/* Whatever can be written is read as it was. */
static void
test_write_then_read(void **state)
{
	char text[LOCKFILE_LINE];
	struct lockfile_entry entry, again;

	(void)state;
	srand(11);
	for (unsigned int i = 0; i < 20000; i++) {
		random_entry(&entry, i);
		int size = lockfile_put(text, &entry);
		assert_true(size > 0 && size < LOCKFILE_LINE);
		assert_int_equal(size, strlen(text));
		assert_int_equal(next(text, &again), 1);
		assert_string_equal(again.path.text, entry.path.text);
		assert_int_equal(again.named, entry.named);
		assert_true(again.size == entry.size);
		assert_int_equal(again.key_size, entry.key_size);
		assert_memory_equal(again.digest, entry.digest,
		    sizeof(entry.digest));
		assert_memory_equal(again.key, entry.key, sizeof(entry.key));
	}
	entry.size = 0;
	assert_int_equal(lockfile_put(text, &entry), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_write_then_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

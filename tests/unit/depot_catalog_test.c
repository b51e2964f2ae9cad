/*
 * depot_catalog_test.c - the head and the lines of a catalog, as
 * airlock-catalog(5) has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>

#include "depot/catalog.h"

#define DIGEST	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"
#define HEAD	"airlock-catalog 1\nuser alice\nserial 42\ncreated 1763740800\n" \
		"expires 1771516800\n"
#define LINE	"archive alice/bin/x86_64/editor/2024-05-01 34567 120000 14 " DIGEST

static int
head(const char *text, struct catalog_head *parsed)
{
	return catalog_head_parse(text, strlen(text), parsed);
}

static int
line(const char *text, struct catalog_entry *entry)
{
	return catalog_archive_parse(text, strlen(text), entry);
}

static void
reads_a_head(void **state)
{
	struct catalog_head parsed;

	(void)state;
	assert_int_equal(head(HEAD LINE "\n", &parsed), 0);
	assert_string_equal(parsed.user, "alice");
	assert_int_equal(parsed.serial, 42);
	assert_int_equal(parsed.created, 1763740800);
	assert_int_equal(parsed.expires, 1771516800);
	assert_int_equal(parsed.size, strlen(HEAD));
	assert_int_equal(head(HEAD, &parsed), 0);
}

static void
reads_a_line(void **state)
{
	struct catalog_entry entry;

	(void)state;
	assert_int_equal(line(LINE "\nneeds bob/raw/a/1\n", &entry), 0);
	assert_string_equal(entry.path.text,
	    "alice/bin/x86_64/editor/2024-05-01");
	assert_int_equal(entry.path.type, DEPOT_BIN);
	assert_string_equal(entry.path.top, "2024-05-01");
	assert_ptr_equal(entry.path.top, entry.path.text +
	    strlen("alice/bin/x86_64/editor/"));
	assert_int_equal(entry.size, 34567);
	assert_int_equal(entry.bytes, 120000);
	assert_int_equal(entry.entries, 14);
	for (uint8_t i = 0; i < SHA256_SIZE; i++)
		assert_int_equal(entry.digest[i], i == 31 ? 0xff : i);
}

/* A text that ends anywhere before its last byte is none, and changes nothing. */
static void
refuses_what_is_cut(void **state)
{
	struct catalog_entry entry = { .size = 7 };
	struct catalog_head parsed = { .serial = 7 };

	(void)state;
	for (size_t size = 0; size < strlen(HEAD); size++)
		assert_int_equal(catalog_head_parse(HEAD, size, &parsed),
		    -EINVAL);
	for (size_t size = 0; size < strlen(LINE "\n"); size++)
		assert_int_equal(catalog_archive_parse(LINE "\n", size,
		    &entry), -EINVAL);
	assert_int_equal(entry.size, 7);
	assert_int_equal(parsed.serial, 7);
}

static void
refuses_heads(void **state)
{
	static const char *const heads[] = {
		"",
		"\n" HEAD,
		" " HEAD,
		"airlock-catalog 2\nuser a\nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 01\nuser a\nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a/b\nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser .a\nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a b\nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser \nserial 1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nserial 1\nuser a\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 01\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial -1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial +1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 0x1\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 1 \ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 1\r\ncreated 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 1000000000000000000\n"
		    "created 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 18446744073709551617\n"
		    "created 1\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 1\ncreated 2\nexpires 1\n",
		"airlock-catalog 1\nuser a\nserial 1\ncreated 1\ncreated 1\n"
		    "expires 2\n",
		"airlock-catalog 1\nuser a\nserial 1\ncreated 1\n\nexpires 2\n",
		"airlock-catalog 1\nuser a\nserial 1\ncreated 1\n" LINE "\n",
	};
	struct catalog_head parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (head(heads[i], &parsed) != -EINVAL)
			fail_msg("accepted: %s", heads[i]);
}

static void
refuses_users_that_are_too_long(void **state)
{
	char text[256], user[DEPOT_USER_MAX + 2];
	struct catalog_head parsed;

	(void)state;
	for (size_t size = DEPOT_USER_MAX; size <= DEPOT_USER_MAX + 1; size++) {
		memset(user, 'u', size);
		user[size] = '\0';
		snprintf(text, sizeof(text), "airlock-catalog 1\nuser %s\n"
		    "serial 0\ncreated 0\nexpires 0\n", user);
		assert_int_equal(head(text, &parsed),
		    size == DEPOT_USER_MAX ? 0 : -EINVAL);
	}
}

static void
refuses_lines(void **state)
{
	static const char *const lines[] = {
		"needs alice/raw/a/1\n",
		"archive alice/raw/a/1\n",
		"archive  alice/raw/a/1 1 1 1 " DIGEST "\n",
		"archive alice/raw/a/1 1 1 " DIGEST "\n",
		"archive alice/raw/a/1 1 1 1 1 " DIGEST "\n",
		"archive alice/raw/a/1 1 1 1 " DIGEST " \n",
		"archive alice/raw/a/1 1 1 1 " DIGEST "0\n",
		"archive alice/raw/a/1 1 1 1 " DIGEST "\r\n",
		"archive alice/raw/a/1 1  1 1 " DIGEST "\n",
		"archive alice/raw/a/1 1\t1 1 " DIGEST "\n",
		"archive alice/raw/a/1 -1 1 1 " DIGEST "\n",
		"archive alice/raw/a/1 1 01 1 " DIGEST "\n",
		"archive alice/raw/a/1 1 1 1e3 " DIGEST "\n",
		"archive alice/raw/a/1 1000000000000000000 1 1 " DIGEST "\n",
		"archive alice/raw/../1 1 1 1 " DIGEST "\n",
		"archive alice/raw/a 1 1 1 " DIGEST "\n",
		"archive /raw/a/1 1 1 1 " DIGEST "\n",
		"Archive alice/raw/a/1 1 1 1 " DIGEST "\n",
		"archives alice/raw/a/1 1 1 1 " DIGEST "\n",
	};
	struct catalog_entry entry;
	char upper[sizeof(LINE) + 1] = LINE "\n", nul[sizeof(upper)];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (line(lines[i], &entry) != -EINVAL)
			fail_msg("accepted: %s", lines[i]);
	memcpy(nul, upper, sizeof(nul));
	upper[strlen(upper) - 2] = 'F';
	assert_int_equal(line(upper, &entry), -EINVAL);
	nul[10] = '\0';
	assert_int_equal(catalog_archive_parse(nul, sizeof(LINE), &entry),
	    -EINVAL);
}

static void
takes_the_largest_numbers(void **state)
{
	struct catalog_entry entry;

	(void)state;
	assert_int_equal(line("archive a/raw/b/1 999999999999999999 0 0 "
	    DIGEST "\n", &entry), 0);
	assert_int_equal(entry.size, 999999999999999999);
	assert_int_equal(entry.bytes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_head),
		cmocka_unit_test(reads_a_line),
		cmocka_unit_test(refuses_what_is_cut),
		cmocka_unit_test(refuses_heads),
		cmocka_unit_test(refuses_users_that_are_too_long),
		cmocka_unit_test(refuses_lines),
		cmocka_unit_test(takes_the_largest_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * cli_catalog_test.c - a catalog as a whole: what is in order, what is found,
 * how long it takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli/catalog.h"

#define DIGEST	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"
#define HEAD	"airlock-catalog 1\nuser alice\nserial 1\ncreated 1\nexpires 2\n"
#define REST	" 100 200 3 " DIGEST "\n"

/* A catalog of this text; catalog_close() is the caller's. */
static int
open_text(struct catalog *catalog, const char *text, size_t size)
{
	int fd = memfd_create("catalog", MFD_CLOEXEC);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, size), size);
	int error = catalog_map(catalog, fd);
	close(fd);
	return error;
}

/* The first line that is wrong. */
static size_t
check(const char *entries)
{
	struct catalog catalog;
	char *text;

	assert_true(asprintf(&text, "%s%s", HEAD, entries) > 0);
	assert_int_equal(open_text(&catalog, text, strlen(text)), 0);
	size_t wrong = catalog_check(&catalog);
	catalog_close(&catalog);
	free(text);
	return wrong;
}

static void
good_ones(void **state)
{
	static const char *const texts[] = {
		"",
		"archive alice/raw/a/1" REST,
		"archive alice/raw/a-b/1" REST "archive alice/raw/a/1" REST,
		"archive alice/raw/a/1" REST "archive alice/raw/a/1.0" REST,
		"archive alice/pkg/a/1" REST "needs alice/pkg/a/1\n"
		    "needs alice/src/a/1\nneeds bob/raw/b/1\n"
		    "archive alice/raw/a/1" REST,
		"archive alice/image/index" REST "archive alice/image/os" REST
		    "archive alice/index/26.01" REST,
		"archive alice/src/a/1" REST "needs bob/api/b/1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (check(texts[i]) != 0)
			fail_msg("refused: %s", texts[i]);
}

static void
bad_ones(void **state)
{
	static const struct { size_t line; const char *text; } texts[] = {
		{ 7, "archive alice/raw/b/1" REST "archive alice/raw/a/1" REST },
		{ 7, "archive alice/raw/a/1" REST "archive alice/raw/a/1" REST },
		{ 7, "archive alice/raw/a/1" REST
		    "archive alice/raw/a-b/1" REST },
		{ 6, "archive bob/raw/a/1" REST },
		{ 6, "archive alice2/raw/a/1" REST },
		{ 6, "archive alice/catalog" REST },
		{ 6, "needs alice/raw/a/1\n" },
		{ 7, "archive alice/raw/a/1" REST "needs alice/raw/b/1\n" },
		{ 7, "archive alice/pkg/a/1" REST "needs alice/api/b/1\n" },
		{ 7, "archive alice/src/a/1" REST "needs alice/raw/b/1\n" },
		{ 8, "archive alice/pkg/a/1" REST "needs alice/raw/b/1\n"
		    "needs alice/raw/b/1\n" },
		{ 8, "archive alice/pkg/a/1" REST "needs alice/raw/c/1\n"
		    "needs alice/raw/b/1\n" },
		{ 7, "archive alice/pkg/a/1" REST "needs alice/raw/c/1" },
		{ 7, "archive alice/pkg/a/1" REST "needs \n" },
		{ 7, "archive alice/pkg/a/1" REST "\n" },
		{ 7, "archive alice/pkg/a/1" REST "\narchive alice/raw/a/1" },
		{ 7, "archive alice/pkg/a/1" REST "note of mine\n" },
		{ 6, "archive alice/pkg/a/1 1 2 3 " DIGEST },
		{ 7, "archive alice/pkg/a/1" REST "expires 3\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (check(texts[i].text) != texts[i].line)
			fail_msg("%zu: %s", check(texts[i].text),
			    texts[i].text);
}

static void
too_many_needs(void **state)
{
	char *text = malloc(64 * (CATALOG_NEEDS + 4)), *at = text;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "archive alice/pkg/a/1" REST);
	for (unsigned int i = 0; i < CATALOG_NEEDS; i++)
		at += sprintf(at, "needs bob/raw/%08u/1\n", i);
	assert_int_equal(check(text), 0);
	sprintf(at, "needs bob/raw/a/1\n");
	assert_int_equal(check(text), 7 + CATALOG_NEEDS);
	free(text);
}

static void
no_heads(void **state)
{
	struct catalog catalog;

	(void)state;
	assert_true(open_text(&catalog, "", 0) < 0);
	assert_null(catalog.text);
	assert_true(open_text(&catalog, "airlock-catalog 1\n", 18) < 0);
	assert_null(catalog.text);
}

static void
needs(void **state)
{
	static const char text[] = HEAD "archive alice/pkg/a/1" REST
	    "needs alice/src/a/1\nneeds bob/raw/b/1\n"
	    "archive alice/pkg/b/1" REST "archive alice/pkg/c/1" REST
	    "needs carol/raw/c/1\n";
	struct catalog_entry entry;
	struct catalog catalog;
	struct depot_path path;
	size_t at;

	(void)state;
	assert_int_equal(open_text(&catalog, text, strlen(text)), 0);
	assert_true(catalog_find(&catalog, "alice/pkg/a/1", &entry, &at));
	assert_true(catalog_need(&catalog, &at, &path));
	assert_string_equal(path.text, "alice/src/a/1");
	assert_true(catalog_need(&catalog, &at, &path));
	assert_string_equal(path.text, "bob/raw/b/1");
	assert_false(catalog_need(&catalog, &at, &path));
	assert_true(catalog_find(&catalog, "alice/pkg/b/1", &entry, &at));
	assert_false(catalog_need(&catalog, &at, &path));
	assert_true(catalog_find(&catalog, "alice/pkg/c/1", &entry, &at));
	assert_true(catalog_need(&catalog, &at, &path));
	assert_string_equal(path.text, "carol/raw/c/1");
	assert_false(catalog_need(&catalog, &at, &path));
	assert_false(catalog_find(&catalog, "alice/pkg/", &entry, &at));
	assert_false(catalog_find(&catalog, "alice/pkg/a/10", &entry, &at));
	assert_false(catalog_find(&catalog, "zoe/pkg/a/1", &entry, &at));
	assert_false(catalog_find(&catalog, "a", &entry, &at));
	catalog_close(&catalog);
}

/* ---- many ---- */

/* Names that are neither of one size nor begin alike; in order. */
static void
name(char text[32], size_t i)
{
	snprintf(text, 32, "alice/raw/%06zx%s/1", i, i % 3 == 0 ? "" :
	    i % 3 == 1 ? "x" : "xyz");
}

/* A catalog of n archives, and of one that needs many of them: a search may end
 * up among its lines. */
static void
many(struct catalog *catalog, size_t n)
{
	FILE *file = tmpfile();
	char text[32];

	assert_non_null(file);
	fputs(HEAD "archive alice/pkg/all/1" REST, file);
	for (size_t i = 0; i < 5000; i++) {
		name(text, i);
		fprintf(file, "needs %s\n", text);
	}
	for (size_t i = 0; i < n; i++) {
		name(text, i);
		fprintf(file, "archive %s %zu 200 3 %s\n", text, i, DIGEST);
	}
	assert_int_equal(fflush(file), 0);
	assert_int_equal(catalog_map(catalog, fileno(file)), 0);
	fclose(file);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Each of n archives is found, and none between two of them. */
static void
find_all(size_t n)
{
	struct catalog_entry entry;
	struct catalog catalog;
	char text[32];
	size_t at;

	many(&catalog, n);
	double start = seconds();
	assert_int_equal(catalog_check(&catalog), 0);
	double checked = seconds();
	for (size_t i = 0; i < n; i++) {
		name(text, i);
		if (!catalog_find(&catalog, text, &entry, &at) ||
		    entry.size != i)
			fail_msg("%s is not found", text);
		text[strlen(text) - 1] = '0';
		if (catalog_find(&catalog, text, &entry, &at))
			fail_msg("%s is found", text);
	}
	double found = seconds();
	print_message("# %zu archives: checked in %.0f ms, found in %.2f us "
	    "each\n", n, 1e3 * (checked - start),
	    1e6 * (found - checked) / (double)(2 * n));
	catalog_close(&catalog);
	/* Quick: some 20 steps, wherever it runs. */
	assert_true((found - checked) / (double)(2 * n) < 1e-3);
	assert_true(checked - start < 20);
}

static void
finds_all_of_a_thousand(void **state)
{
	(void)state;
	find_all(1000);
}

static void
finds_all_of_a_million(void **state)
{
	(void)state;
	find_all(1000000);
}

static void
walks_over_all(void **state)
{
	struct catalog_entry entry;
	struct catalog catalog;
	size_t at, count = 0;

	(void)state;
	many(&catalog, 1000);
	for (at = catalog.head.size; catalog_next(&catalog, &at, &entry);)
		count++;
	assert_int_equal(count, 1001);
	assert_int_equal(at, catalog.size);
	catalog_close(&catalog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(too_many_needs),
		cmocka_unit_test(no_heads),
		cmocka_unit_test(needs),
		cmocka_unit_test(walks_over_all),
		cmocka_unit_test(finds_all_of_a_thousand),
		cmocka_unit_test(finds_all_of_a_million),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

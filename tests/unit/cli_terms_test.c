/*
 * cli_terms_test.c - a publisher's terms, and points in time: what is printed is
 * read as it was, what is none is refused.
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

#include "cli/moment.h"
#include "cli/terms.h"

#define FPR	"0123456789ABCDEF0123456789ABCDEF01234567"

static void
test_moments(void **state)
{
	static const char *const wrong[] = { "", "now", "2020", "2020-1-1",
	    "2020-02-30", "2021-02-29", "2020-01-01T00:00:00",
	    "2020-01-01T00:00:00z", "2020-01-01T24:00:00Z", "2020-01-01 ",
	    " 2020-01-01", "2020-01-01T00:00Z", "1970-01-01", "1960-01-01",
	    "@", "@0", "@-1", "@1 ", "@1x", "@99999999999999999999" };
	int64_t seconds;

	(void)state;
	assert_int_equal(moment_parse("2020-02-29", &seconds), 0);
	assert_int_equal(seconds, 1582934400);
	assert_int_equal(moment_parse("2020-02-29T23:59:59Z", &seconds), 0);
	assert_int_equal(seconds, 1582934400 + 86399);
	assert_int_equal(moment_parse("@17", &seconds), 0);
	assert_int_equal(seconds, 17);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (moment_parse(wrong[i], &seconds) != -EINVAL)
			fail_msg("accepted: '%s'", wrong[i]);
}

static void
test_moments_again(void **state)
{
	char text[MOMENT_TEXT];
	int64_t seconds;

	(void)state;
	srand(5);
	for (int i = 0; i < 20000; i++) {
		int64_t wanted = 1 + (int64_t)rand() * (rand() % 100);
		moment_text(text, wanted);
		assert_int_equal(moment_parse(text, &seconds), 0);
		assert_int_equal(seconds, wanted);
	}
}

static void
test_refused(void **state)
{
	static const char *const wrong[][2] = { { "quorum", "0" },
	    { "quorum", "3" }, { "quorum", "01" }, { "quorum", "" },
	    { "threshold", "17" }, { "threshold", "-1" },
	    { "require-binding", "on" }, { "old-algorithms", "YES" },
	    { "key", FPR }, { "key", FPR " -" }, { "key", FPR " - - -" },
	    { "key", "0123 - -" }, { "key", FPR " never -" },
	    { "key", FPR " 2020-01-02 2020-01-02" } };
	struct terms terms = { .quorum = 1, .threshold = 1 };
	const struct terms before = terms;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (terms_set(&terms, wrong[i][0], wrong[i][1]) != -EINVAL)
			fail_msg("accepted: %s %s", wrong[i][0], wrong[i][1]);
	assert_int_equal(terms_set(&terms, "colour", "red"), -ENOENT);
	assert_memory_equal(&terms, &before, sizeof(terms));
}

static void
test_windows(void **state)
{
	struct terms terms = { .quorum = 1 };
	char value[128];

	(void)state;
	for (int i = 0; i < CLI_KEYS; i++) {
		snprintf(value, sizeof(value), "%040d @1 -", i);
		assert_int_equal(terms_set(&terms, "key", value), 0);
	}
	assert_int_equal(terms_set(&terms, "key", FPR " @1 -"), -ENOSPC);
	snprintf(value, sizeof(value), "%040d - -", 3);
	assert_int_equal(terms_set(&terms, "key", value), 0);
	assert_int_equal(terms.nwindows, CLI_KEYS - 1);
	assert_int_equal(terms_set(&terms, "key", FPR " @1 @9"), 0);
	assert_int_equal(terms_close(&terms, FPR, 5), 0);
	assert_int_equal(terms.windows[CLI_KEYS - 1].until, 5);
	assert_int_equal(terms_close(&terms, FPR, 7), 0);
	assert_int_equal(terms.windows[CLI_KEYS - 1].until, 5);
	assert_int_equal(terms.windows[CLI_KEYS - 1].from, 1);
}

static void
random_terms(struct terms *terms)
{
	char value[128];

	*terms = (struct terms){ .quorum = 1 + (uint64_t)(rand() % 2),
	    .threshold = 1 + (uint64_t)(rand() % CLI_KEYS),
	    .require_binding = rand() % 2, .own_signatures = rand() % 2,
	    .old_algorithms = rand() % 2 };
	for (int i = rand() % CLI_KEYS; i > 0; i--) {
		snprintf(value, sizeof(value), "%040d @%d @%d", rand(),
		    1 + rand() % 1000, 1001 + rand() % 1000000000);
		assert_int_equal(terms_set(terms, "key", value), 0);
	}
}

/* Whatever is printed is read as it was. */
static void
test_print_then_parse(void **state)
{
	struct terms terms, again;
	unsigned int line;
	size_t size;

	(void)state;
	srand(9);
	for (int i = 0; i < 2000; i++) {
		random_terms(&terms);
		char *text = terms_print(&terms, &size);
		assert_non_null(text);
		memset(&again, 0, sizeof(again));
		assert_int_equal(terms_parse(&again, text, size, &line), 0);
		assert_int_equal(again.quorum, terms.quorum);
		assert_int_equal(again.threshold, terms.threshold);
		assert_int_equal(again.require_binding, terms.require_binding);
		assert_int_equal(again.own_signatures, terms.own_signatures);
		assert_int_equal(again.old_algorithms, terms.old_algorithms);
		assert_int_equal(again.nwindows, terms.nwindows);
		for (size_t w = 0; w < terms.nwindows; w++) {
			assert_string_equal(again.windows[w].fpr,
			    terms.windows[w].fpr);
			assert_int_equal(again.windows[w].from,
			    terms.windows[w].from);
			assert_int_equal(again.windows[w].until,
			    terms.windows[w].until);
		}
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_moments_again),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_print_then_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * cli_text_test.c - the pure parts of the command line: options, words, lines
 * of the display; and that airlock(1) names all that the tables have.
 */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/live.h"
#include "cli/openpgp.h"
#include "cli/options.h"
#include "cli/status.h"
#include "cli/text.h"

static void
test_options(void **state)
{
	char line[] = "airlock --jobs 3 install --max-size=2K a --json -- "
	    "--jobs";
	char *argv[10], *rest = line;
	const char *words[10];
	struct arguments a;
	int argc = 0;

	(void)state;
	while ((argv[argc] = strsep(&rest, " ")) != NULL)
		argc++;
	arguments_init(&a);
	assert_int_equal(arguments_parse(&a, argc, argv, words), 0);
	assert_int_equal(a.nwords, 3);
	assert_string_equal(a.words[0], "install");
	assert_string_equal(a.words[1], "a");
	assert_string_equal(a.words[2], "--jobs");
	assert_int_equal(a.jobs, 3);
	assert_int_equal(a.max_size, 2048);
	assert_true(a.json);
	assert_false(a.quiet);
	assert_true(option_given(&a, option_find("jobs", 4)));
	assert_false(option_given(&a, option_find("stall", 5)));
	assert_int_equal(arguments_check(&a, COMMAND_INSTALL, "install"), 0);
	assert_int_equal(arguments_check(&a, COMMAND_LIST, "list"), -EINVAL);
}

static void
test_option_sizes(void **state)
{
	static const struct { const char *text; int error; uint64_t value; }
	cases[] = {
		{ "1", 0, 1 }, { "0", -ERANGE, 0 }, { "1K", 0, 1024 },
		{ "3M", 0, 3 << 20 }, { "1G", 0, 1 << 30 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "8589934591G", 0, UINT64_C(8589934591) << 30 },
		{ "8589934592G", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 }, { "K", -EINVAL, 0 }, { "1k", -EINVAL, 0 },
		{ "1KK", -EINVAL, 0 }, { "1 ", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 }, { "+1", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 }, { "0x10", -EINVAL, 0 },
	};
	const struct option *option = option_find("max-size", 8);
	struct arguments a;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		a.max_size = 77;
		assert_int_equal(option_set(&a, option, cases[i].text),
		    cases[i].error);
		assert_true(a.max_size == (cases[i].error == 0 ?
		    cases[i].value : 77));
	}
}

static void
test_numbers(void **state)
{
	static const struct { uint64_t bytes; const char *text; } sizes[] = {
		{ 0, "0 B" }, { 999, "999 B" }, { 1000, "1.0 kB" },
		{ 999949, "999.9 kB" }, { 999951, "1.0 MB" },
		{ 30100000, "30.1 MB" }, { UINT64_MAX, "18446.7 PB" },
	};
	char text[TEXT_SHORT];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		text_size(text, sizes[i].bytes);
		assert_string_equal(text, sizes[i].text);
	}
	text_duration(text, 59);
	assert_string_equal(text, "59 s");
	text_duration(text, 184);
	assert_string_equal(text, "3 min 4 s");
	text_duration(text, 7500);
	assert_string_equal(text, "2 h 5 min");
	text_time(text, 0);
	assert_string_equal(text, "1970-01-01 00:00:00 UTC");
	text_date(text, 1704164645);
	assert_string_equal(text, "2024-01-02");
	text_time(text, INT64_MAX);
	assert_string_equal(text, "@9223372036854775807");
}

static void
test_clean(void **state)
{
	char text[] = "a\033]0;x\a\r\n\x7f\xc2\x85\xe2\x80\xaf\xe2\x81\xa6"
	    "\xc3\xa9\xe4\xb8\xad\xff\xc3";

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	text_clean(text);
	assert_string_equal(text, "a?]0;x??????\xe2\x80\xaf???\xc3\xa9"
	    "\xe4\xb8\xad??");
	char again[] = "\xc3\xa9";
	assert_non_null(setlocale(LC_CTYPE, "C"));
	text_clean(again);
	assert_string_equal(again, "??");
}

static void
test_fingerprints(void **state)
{
	static const uint8_t fpr[20] = { 0x01, 0xab, 0xcd };
	char text[FPR_TEXT] = "same", groups[FPR_GROUPS];
	static const char too_long[] =
	    "01ABCD0000000000000000000000000000000000000000000000000000000000"
	    "0";
	static const char *const bad[] = { "", "01AB", "0x", "xyz",
	    "01ABCD000000000000000000000000000000000",
	    "01ABCD00000000000000000000000000000000000",
	    too_long, "01ABCD00000000000000000000000000000000 0g" };

	(void)state;
	fpr_groups(groups, fpr, sizeof(fpr));
	assert_string_equal(groups,
	    "01AB CD00 0000 0000 0000 0000 0000 0000 0000 0000");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(fpr_parse(text, bad[i]), -EINVAL);
	assert_string_equal(text, "same");
	assert_int_equal(fpr_parse(text,
	    "0x01ab cd00 0000 0000 0000  0000 0000 0000 0000 0000"), 0);
	assert_string_equal(text, "01ABCD0000000000000000000000000000000000");
	assert_string_equal(openpgp_hash_algorithm(10), "SHA-512");
	assert_string_equal(openpgp_key_algorithm(99), "unknown algorithm");
}

static void
test_severity(void **state)
{
	static const enum status order[] = { STATUS_DONE, STATUS_FAILED,
	    STATUS_UNAVAILABLE, STATUS_NO_SPACE, STATUS_MALFORMED,
	    STATUS_UNTRUSTED, STATUS_JAIL };
	size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			assert_int_equal(status_worse(order[i], order[j]),
			    order[i > j ? i : j]);
	assert_int_equal(status_worse(STATUS_DONE, (enum status)99),
	    STATUS_FAILED);
	/* Each reason has a state, and each failure a status. */
	for (uint32_t why = WHY_NONE + 1; why < CLI_NWHYS; why++) {
		enum cli_state final = why_state((enum cli_why)why);
		assert_true(state_is_final(final));
		assert_true((final == CLI_COMMITTED) ==
		    (status_of_why((enum cli_why)why) == STATUS_DONE));
	}
}

static struct row
row(enum cli_state state, uint64_t now, uint64_t total)
{
	struct row r = { .state = state, .now = now, .total = total,
	    .size = total, .fetched = now };

	strcpy(r.path, "alice/pkg/a-rather-long-name-of-a-package/2024-05-01");
	return r;
}

static void
test_rows(void **state)
{
	struct row r = row(CLI_DOWNLOADING, 5000, 10000);
	char text[LIVE_WIDTH];

	(void)state;
	live_row_text(text, 79, &r);
	assert_string_equal(text, "...er-long-name-of-a-package/2024-05-01  "
	    "downloading  50%  5.0 kB of 10.0 kB");
	live_row_text(text, 40, &r);
	assert_string_equal(text, "...-package/2024-05-01  downloading  50%");
	/* Never wider than it may be, however narrow or wide. */
	for (unsigned int width = 0; width < 700; width++) {
		live_row_text(text, width, &r);
		assert_true(strlen(text) <= width);
	}
	r.total = 0;
	live_row_text(text, 79, &r);
	assert_non_null(strstr(text, "  5.0 kB"));
	r = row(CLI_EXTRACTING, UINT64_MAX, UINT64_MAX);
	live_row_text(text, 79, &r);
	assert_non_null(strstr(text, "100%"));
}

static void
test_total(void **state)
{
	struct row rows[] = {
		row(CLI_COMMITTED, 1000000, 1000000),
		row(CLI_DOWNLOADING, 1000000, 3000000),
		row(CLI_WANTED, 0, 0),
		row(CLI_EXTRACTING, 0, 0),
	};
	struct tally tally = { .count = 4, .installed = 1, .failed = 1,
	    .fetched = 2000000 };
	char text[LIVE_WIDTH];

	(void)state;
	/* Two of the second, and for the third the average of the others. */
	assert_int_equal(live_remaining(rows, 4), 4000000);
	assert_int_equal(live_remaining(rows + 2, 2), 0);
	live_total_text(text, 79, rows, 4, &tally, 500000);
	assert_string_equal(text, "1 of 4 done, 1 failed  2.0 MB  500.0 kB/s  "
	    "about 9 s left");
	live_total_text(text, 79, rows, 4, &tally, 0);
	assert_string_equal(text, "1 of 4 done, 1 failed  2.0 MB");
	live_total_text(text, 10, rows, 4, &tally, 0);
	assert_string_equal(text, "1 of 4 don");
	/* Catalogs have told all sizes. */
	rows[2].size = 500000;
	live_total_text(text, 79, rows, 4, &tally, 0);
	assert_string_equal(text, "1 of 4 done, 1 failed  2.0 MB of 4.5 MB");
}

/* ---- the manual page ---- */

static char *
read_page(void)
{
	static char page[65536];
	const char *src = getenv("SRC");
	char path[4096];

	snprintf(path, sizeof(path), "%s/doc/airlock.1",
	    src == NULL ? "." : src);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	return page;
}

static void
page_has(const char *page, const char *before, const char *word)
{
	char wanted[128];
	size_t size = (size_t)snprintf(wanted, sizeof(wanted), "%s%s", before,
	    word);

	for (const char *p = page; (p = strstr(p, wanted)) != NULL; p++)
		if (p[size] == ' ' || p[size] == '\n')
			return;
	fail_msg("airlock(1) does not have \"%s\"", wanted);
}

static void
test_page(void **state)
{
	const char *page = read_page();

	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		page_has(page, ".It Fl -", option_table[i].name);
		if (option_table[i].setting)
			page_has(page, ".Cm ", option_table[i].name);
	}
	for (uint32_t why = WHY_NONE + 1; why < CLI_NWHYS; why++)
		page_has(page, ".Li ", why_word((enum cli_why)why));
	for (uint32_t s = CLI_NO_STATE + 1; s < CLI_NSTATES; s++)
		page_has(page, ".Li ", state_word((enum cli_state)s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_option_sizes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

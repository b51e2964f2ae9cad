/*
 * reader_index_test.c - indexes in both syntaxes, as entries in their order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reader/index.h"

#define TOLD	1024

static void
tell(struct nodes *nodes, const struct reader_entry *entry)
{
	char *told = nodes->owner;
	size_t size = strlen(told);

	snprintf(told + size, TOLD - size, "%u%c%s%s%s %s%s%s\n",
	    (unsigned int)entry->depth, "?sgaw"[entry->kind],
	    entry->how & READER_BINARY ? "b" : "",
	    entry->how & READER_SOURCE ? "s" : "",
	    entry->how & READER_UNVERIFIED ? "u" : "", entry->path,
	    entry->path[0] == '\0' || entry->text[0] == '\0' ? "" : " ",
	    entry->text);
}

static void
assert_entries(bool installation, const char *text, const char *entries)
{
	char told[TOLD] = "";
	struct nodes nodes = { .entry = tell, .owner = told,
	    .installation = installation };
	uint32_t line;

	assert_int_equal(index_parse(&nodes, text, strlen(text), &line),
	    READER_DONE);
	assert_string_equal(told, entries);
}

/* Each line: its depth, s(upports), g(roup) or a(rchive), path, text. */
static void
assert_index(const char *text, const char *entries)
{
	assert_entries(false, text, entries);
}

static void
assert_refused(const char *text, size_t size, enum reader_why why,
    uint32_t where)
{
	char told[TOLD] = "";
	struct nodes nodes = { .entry = tell, .owner = told };
	uint32_t line;

	assert_int_equal(index_parse(&nodes, text, size, &line), why);
	assert_int_equal(line, where);
}

static void
reads_hid(void **state)
{
	(void)state;
	assert_index("index\n-\n", "");
	/* The first attribute may stand behind the type, as a name does. */
	assert_index(
	    "index\n"
	    "+ supports arch: x86_64\n"
	    "+ supports | arch: arm_v8a\n"
	    "\n"
	    "+ index Tools | . not | + pkg a/pkg/no/1\n"
	    "  + pkg path: a/pkg/x/1 | info: one: two\n"
	    "  + pkg a/pkg/y/2       | info: y\n"
	    "-\n",
	    "0s x86_64\n0s arm_v8a\n0g Tools\n"
	    "1a a/pkg/x/1 one: two\n1a a/pkg/y/2 y\n");
	/* An attribute may stand on a line of its own, with bars before it. */
	assert_index(
	    "index\r\n"
	    "+ index | name: A: B\r\n"
	    "| + pkg\r\n"
	    "|   | path:   a/pkg/x/1  \r\n"
	    "|     info:\r\n"
	    "| + src path: a/src/x/1\r\n"
	    "+ api path: b/api/y/2\r\n"
	    "-\r\n",
	    "0g A: B\n1a a/pkg/x/1\n1a a/src/x/1\n0a b/api/y/2\n");
	/* Nodes within each other on one line; back to where a column says. */
	assert_index(
	    "index | + index A | + index B | + pkg a/pkg/x/1\n"
	    "      |           |           | + pkg a/pkg/x/2\n"
	    "      |           | + pkg a/pkg/x/3\n"
	    "      | + pkg a/pkg/x/4\n"
	    "-",
	    "0g A\n1g B\n2a a/pkg/x/1\n2a a/pkg/x/2\n1a a/pkg/x/3\n"
	    "0a a/pkg/x/4\n");
}

static void
passes_over(void **state)
{
	(void)state;
	/* Disabled ones, comments with tabs, quoted text, what is neither. */
	assert_index(
	    "index\n"
	    "x index Off\n"
	    "  + pkg a/pkg/x/1\n"
	    "+ pkg a/pkg/x/2 | x more | info: x\n"
	    "  . comment\t| info: no\n"
	    "  : quoted\t| info: no\n"
	    "  some words | 1: 2 | a:b | +\n"
	    "+\n"
	    "+ other | + pkg a/pkg/x/3\n"
	    "+ pkg a/pkg/x/4 | + pkg a/pkg/x/5\n"
	    "+ pkg no/such/path | info: x\n"
	    "+ pkg\n"
	    "-and so on\n"
	    "+ pkg a/pkg/x/6\n",
	    "0a a/pkg/x/2\n0a a/pkg/x/4\n");
	assert_index(
	    "<?xml version=\"1.0\"?><!-- <a> -- -->\n"
	    "<index>text &amp; <other><pkg path='a/pkg/x/1'/></other>\n"
	    "<pkg path='a/pkg/x/2' info='1 > 0' info='no'/>"
	    "<pkg path='a/pkg/x/3'><pkg path='a/pkg/x/4'/></pkg></index>\n",
	    "0a a/pkg/x/2 1 > 0\n0a a/pkg/x/3\n");
}

static void
reads_xml(void **state)
{
	(void)state;
	assert_index("<index/>", "");
	assert_index(
	    "\n<index>\n<supports arch=\"x86_64\"/>\n"
	    "<index name = 'A' >\n<pkg\n path=\"a/pkg/x/1\"\tinfo='\"x\"'/>\n"
	    "</index >\n<src path=\"a/src/x/1\"></src>\n</index>\n",
	    "0s x86_64\n0g A\n1a a/pkg/x/1 \"x\"\n0a a/src/x/1\n");
}

#define REFUSED(text, why, line)					\
	assert_refused(text, sizeof(text) - 1, why, line)

static void
refuses(void **state)
{
	(void)state;
	REFUSED("", READER_NO_INDEX, 0);
	REFUSED("config\n-\n", READER_NO_INDEX, 1);
	REFUSED(" index\n-\n", READER_SYNTAX, 1);
	REFUSED("index\n", READER_CUT, 1);
	REFUSED("index\n -\n", READER_CUT, 2);
	REFUSED("index\n+ pkg\ta/pkg/x/1\n-\n", READER_SYNTAX, 2);
	REFUSED("index\n\t+ pkg a/pkg/x/1\n-\n", READER_SYNTAX, 2);
	REFUSED("index\n+ pkg a/pkg/x/1 \r| info: x\n-\n", READER_SYNTAX, 2);
	REFUSED("<index>", READER_CUT, 1);
	REFUSED("<index>\n</pkg>", READER_SYNTAX, 2);
	REFUSED("<index><src></pkg></index>", READER_SYNTAX, 1);
	REFUSED("<index/>\n<index/>", READER_SYNTAX, 2);
	REFUSED("<index/>\ntext", READER_SYNTAX, 2);
	REFUSED("<index a=\"1\"b=\"2\"/>", READER_SYNTAX, 1);
	REFUSED("<index a=\"<\"/>", READER_SYNTAX, 1);
	REFUSED("<!DOCTYPE index>\n<index/>", READER_SYNTAX, 1);
	REFUSED("<index><![CDATA[x]]></index>", READER_SYNTAX, 1);
	REFUSED("<index><?xml?></index>", READER_SYNTAX, 1);
	REFUSED("<index>\n\0</index>", READER_ENCODING, 2);
}

/* One byte more or less than UTF-8 allows, before and after a good character. */
static void
refuses_encodings(void **state)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
	    "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\x80", "\xc2\x9f",
	    "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
	    "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80", "\xff", "\x1b", "\x7f", "\x01", "\v" };
	static const char *const good[] = { "\xc2\xa0", "\xdf\xbf",
	    "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
	    "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "~", " " };
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "<index>\n%s</index>", bad[i]);
		assert_refused(text, strlen(text), READER_ENCODING, 2);
		/* At the very end. */
		snprintf(text, sizeof(text), "<index/>\n%s", bad[i]);
		assert_refused(text, strlen(text), READER_ENCODING, 2);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "<index>%s</index>", good[i]);
		assert_index(text, "");
		if (good[i][1] != '\0')
			assert_refused(text, strlen("<index>") +
			    strlen(good[i]) - 1, READER_ENCODING, 1);
	}
}

/* A description that is too long ends before a character, not in it. */
static void
cuts_texts(void **state)
{
	char text[1024] = "<index><index name='", told[TOLD] = "0g ";

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, "\u20ac");
	strcat(text, "'/></index>");
	for (int i = 0; i < (READER_TEXT - 1) / 3; i++)
		strcat(told, "\u20ac");
	strcat(told, "\n");
	assert_index(text, told);
}

static void
refuses_depth(void **state)
{
	char text[4096] = "<index>";

	(void)state;
	for (int i = 1; i < READER_DEPTH_MAX; i++)
		strcat(text, "<index>");
	for (int i = 0; i < READER_DEPTH_MAX; i++)
		strcat(text, "</index>");
	char told[TOLD] = "";
	struct nodes nodes = { .entry = tell, .owner = told };
	uint32_t line;
	assert_int_equal(index_parse(&nodes, text, strlen(text), &line),
	    READER_DONE);
	assert_int_equal(nodes.entries, READER_DEPTH_MAX - 1);
	text[0] = '\0';
	for (int i = 0; i <= READER_DEPTH_MAX; i++)
		strcat(text, "<index>");
	assert_refused(text, strlen(text), READER_DEEP, 1);
}

/* w(anted): b(inary), s(ource), u(nverified). */
static void
reads_installations(void **state)
{
	(void)state;
	assert_entries(true, "<installation/>", "");
	assert_entries(true,
	    "<installation arch=\"arm_v8a\">\n"
	    "<archive path=\"a/pkg/x/1\"/><archive path=\"a/pkg/y/1\" "
	    "source=\"no\"/>\n<index path=\"a/index/1\" verify=\"no\"/>\n"
	    "<image path=\"a/image/i\"><archive path=\"a/pkg/in/1\"/></image>"
	    "<pkg path=\"a/pkg/z/1\"/></installation>",
	    "0s arm_v8a\n0wbs a/pkg/x/1\n0wb a/pkg/y/1\n"
	    "0wbsu a/index/1\n0wbs a/image/i\n");
	assert_entries(true,
	    "installation\n"
	    "+ archive a/pkg/x/1 | source: false | binary: yes\n"
	    "x archive a/pkg/y/1\n"
	    "+ archive | path: a/src/y/1 | binary: off\n-\n",
	    "0wb a/pkg/x/1\n0ws a/src/y/1\n");
	/* An index has no archives, an installation no packages. */
	assert_index("<index><archive path=\"a/pkg/x/1\"/></index>", "");
	assert_refused("<installation/>", 15, READER_NO_INDEX, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_hid),
		cmocka_unit_test(passes_over),
		cmocka_unit_test(reads_xml),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_encodings),
		cmocka_unit_test(cuts_texts),
		cmocka_unit_test(refuses_depth),
		cmocka_unit_test(reads_installations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * depot_link_test.c - symbolic links that stay in their archive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "depot/link.h"

static const struct {
	size_t		 depth;
	const char	*target;
	bool		 stays;
} links[] = {
	{ 0, "file",		true },
	{ 0, "dir/file",	true },
	{ 0, "dir//file",	true },
	{ 0, "dir/",		true },
	{ 0, ".",		true },
	{ 0, "./file",		true },
	{ 0, "...",		true },
	{ 0, "..a",		true },
	{ 0, "a..",		true },
	{ 0, ".a/..b",		true },
	{ 0, "",		false },
	{ 0, "/",		false },
	{ 0, "/etc/passwd",	false },
	{ 0, "//file",		false },
	{ 5, "/file",		false },
	{ 0, "..",		false },
	{ 0, "../",		false },
	{ 0, "../other",	false },
	{ 1, "..",		true },
	{ 1, "../",		true },
	{ 1, "../file",		true },
	{ 1, "../..",		false },
	{ 1, "../../file",	false },
	{ 1, "..//..",		false },
	{ 2, "../../file",	true },
	{ 2, "..//../file",	true },
	{ 2, "../../../file",	false },
	/* The other component may be a link to somewhere else. */
	{ 9, "x/..",		false },
	{ 9, "x/../y",		false },
	{ 9, "../x/../y",	false },
	{ 9, "./..",		false },
	{ 9, "x/y/z/..",	false },
	{ 9, "x//..",		false },
};

static void
table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (link_stays(links[i].depth, links[i].target) !=
		    links[i].stays)
			fail_msg("wrong: \"%s\" at depth %zu", links[i].target,
			    links[i].depth);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

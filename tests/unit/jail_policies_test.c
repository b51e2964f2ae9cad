/*
 * The outer filter stands before exec and the worker's own after it: both must
 * allow what a worker does.  A call that a worker's table lists and the outer one
 * forgets would end it as a violation, on the rare path that makes the call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dialer/policy.h"
#include "extractor/policy.h"
#include "fetcher/policy.h"
#include "jail/outer.h"
#include "verifier/policy.h"

static const struct {
	enum launcher_kind		 kind;
	const struct jail_policy	*policy;
} rows[] = {
	{ LAUNCHER_A_DIALER, &dialer_policy },
	{ LAUNCHER_A_FETCHER, &fetcher_policy },
	{ LAUNCHER_A_VERIFIER, &policy_template },
	{ LAUNCHER_A_VERIFIER, &policy_child },
	{ LAUNCHER_A_SEQUOIA, &policy_sequoia_template },
	{ LAUNCHER_A_SEQUOIA, &policy_sequoia_child },
	{ LAUNCHER_AN_EXTRACTOR, &extractor_template },
	{ LAUNCHER_AN_EXTRACTOR, &extractor_child },
};

/* Whatever passes a test of the inner rule passes this one. */
static int
is_implied(const struct jail_test *outer, const struct jail_rule *inner)
{
	if (outer->op == JAIL_ANY)
		return 1;
	for (size_t i = 0; i < JAIL_TESTS; i++) {
		const struct jail_test *t = &inner->test[i];
		if (t->op != JAIL_ANY && t->arg == outer->arg &&
		    (t->mask & outer->mask) == outer->mask &&
		    (t->value & outer->mask) == outer->value)
			return 1;
	}
	return 0;
}

static int
covers(const struct jail_rule *outer, const struct jail_rule *inner)
{
	if (outer->nr != inner->nr || outer->error != 0)
		return 0;
	for (size_t i = 0; i < JAIL_TESTS; i++)
		if (!is_implied(&outer->test[i], inner))
			return 0;
	return 1;
}

static int
is_covered(const struct jail_group *outer, const struct jail_rule *inner)
{
	for (; outer->need != NULL; outer++)
		for (size_t i = 0; i < outer->count; i++)
			if (covers(&outer->rules[i], inner))
				return 1;
	return 0;
}

static void
outer_allows_what_inner_allows(void **state)
{
	int missing = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct jail_group *g = rows[i].policy->groups;
		for (; g->need != NULL; g++)
			for (size_t r = 0; r < g->count; r++)
				if (g->rules[r].error == 0 && !is_covered(
				    outer_groups[rows[i].kind],
				    &g->rules[r])) {
					missing++;
					print_error("%s: call %d (%s) is not in "
					    "the outer filter\n",
					    rows[i].policy->name,
					    g->rules[r].nr, g->need);
				}
	}
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outer_allows_what_inner_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

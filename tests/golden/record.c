/*
 * record - what jail/seccomp.c asks of libseccomp for each policy, as text.
 *
 * It takes libseccomp's place: nothing is built or loaded, the calls are written
 * down, for tests/golden/simulate.c to repeat.  So it needs no library of the
 * architecture that it was compiled for, and can be cross-compiled and run by an
 * emulator: numbers, flags and rows that depend on the architecture come out as
 * they do there.
 *
 * Of an outer filter it writes down the instructions, too: the launcher loads
 * these, not what simulate.c would make of the calls.  RULES_ONLY: they are not
 * there, being another architecture's.
 */
#include <inttypes.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>

#include "checker/policy.h"
#include "cli/policy.h"
#include "dialer/policy.h"
#include "extractor/policy.h"
#include "fetcher/policy.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/seccomp.h"
#include "packer/policy.h"
#include "reader/policy.h"
#include "signer/policy.h"
#include "verifier/policy.h"

#ifdef __x86_64__
#define ARCHITECTURE	"x86-64"
#else
#define ARCHITECTURE	"aarch64"
#endif

static const char *const kind_names[LAUNCHER_KINDS] = {
	[LAUNCHER_A_DIALER] = "outer-dialer",
	[LAUNCHER_A_FETCHER] = "outer-fetcher",
	[LAUNCHER_A_VERIFIER] = "outer-verifier",
	[LAUNCHER_AN_EXTRACTOR] = "outer-extractor",
	[LAUNCHER_A_SEQUOIA] = "outer-sequoia",
};

/* golden_test.sh compares this with what the folders define. */
static const struct {
	const char			*name;
	const struct jail_policy	*policy;
} policies[] = {
	{ "manager", &policy_manager },
	{ "dialer", &dialer_policy },
	{ "fetcher", &fetcher_policy },
	{ "verifier-template", &policy_template },
	{ "verifier-child", &policy_child },
	{ "sequoia-template", &policy_sequoia_template },
	{ "sequoia-child", &policy_sequoia_child },
	{ "packer-directory", &packer_of_directory },
	{ "packer-file", &packer_of_file },
	{ "signer", &signer_policy },
	{ "reader", &reader_policy },
	{ "checker", &checker_policy },
	{ "extractor-template", &extractor_template },
	{ "extractor-child", &extractor_child },
};

/* ---- libseccomp, as jail/seccomp.c sees it ---- */

scmp_filter_ctx
seccomp_init(uint32_t action)
{
	static int any;

	printf("init %" PRIu32 "\n", action);
	return &any;
}

int
seccomp_attr_set(scmp_filter_ctx ctx, enum scmp_filter_attr attr, uint32_t value)
{
	(void)ctx;
	printf("attr %d %" PRIu32 "\n", (int)attr, value);
	return 0;
}

int
seccomp_rule_add_array(scmp_filter_ctx ctx, uint32_t action, int nr,
    unsigned int n, const struct scmp_arg_cmp *test)
{
	(void)ctx;
	printf("rule %" PRIu32 " %d %u", action, nr, n);
	for (unsigned int i = 0; i < n; i++)
		printf(" %u %d %" PRIu64 " %" PRIu64, test[i].arg,
		    (int)test[i].op, test[i].datum_a, test[i].datum_b);
	putchar('\n');
	return 0;
}

int
seccomp_rule_add(scmp_filter_ctx ctx, uint32_t action, int nr, unsigned int n,
    ...)
{
	struct scmp_arg_cmp test[6];
	va_list rest;

	va_start(rest, n);
	for (unsigned int i = 0; i < n; i++)
		test[i] = va_arg(rest, struct scmp_arg_cmp);
	va_end(rest);
	return seccomp_rule_add_array(ctx, action, nr, n, test);
}

int
seccomp_load(const scmp_filter_ctx ctx)
{
	(void)ctx;
	printf("load\n");
	return 0;
}

void
seccomp_release(scmp_filter_ctx ctx)
{
	(void)ctx;
}

/* ---- */

/* An outer filter's instructions, where they are this architecture's. */
#ifdef RULES_ONLY
#define INSTALLED(kind)	NULL
#else
#define INSTALLED(kind)	(&outer_filters[kind])
#endif

static int
record(const char *name, const struct jail_group *groups,
    const struct sock_fprog *installed)
{
	printf("policy %s\n", name);
	for (int i = 0; installed != NULL && i < installed->len; i++) {
		const struct sock_filter *f = &installed->filter[i];
		printf("instruction %u %u %u %" PRIu32 "\n", f->code, f->jt,
		    f->jf, f->k);
	}
	return seccomp_allow(groups) < 0;
}

static int
record_kind(int kind)
{
	if (kind_names[kind] == NULL || outer_groups[kind] == NULL) {
		fprintf(stderr, "record: kind %d (%s) has no table yet: name it "
		    "in kind_names[]\n", kind, kinds[kind].title);
		return 1;
	}
	return record(kind_names[kind], outer_groups[kind], INSTALLED(kind));
}

int
main(void)
{
	int failed = 0;

	printf("architecture " ARCHITECTURE "\n");
	failed |= record("launcher", policy_launcher()->groups, NULL);
	for (int k = 0; k < LAUNCHER_KINDS; k++)
		if (kinds[k].title != NULL)
			failed |= record_kind(k);
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		failed |= record(policies[i].name, policies[i].policy->groups,
		    NULL);
	return failed || fflush(stdout) != 0;
}

/*
 * compile - from the tables in jail/outer.c to C source with the filters that the
 * launcher loads, on stdout.
 *
 * Part of the build, no part of what is built.  So the launcher needs no code
 * that compiles filters, and what it loads can be read, simulated and compared
 * before (tests/golden).  The filters are for the machine that this program was
 * compiled for.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "jail/filter.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/seccomp.h"

#if defined(__x86_64__)
#define MACHINE	"__x86_64__"
#else
#define MACHINE	"__aarch64__"
#endif

static void
filter_print(int kind, const struct filter *filter)
{
	printf("\n/* For the kind %d, a %s, in %d instructions:\n", kind,
	    kinds[kind].title, filter->size);
	for (const struct jail_group *g = outer_groups[kind]; g->need != NULL;
	    g++)
		printf(" * %s%s\n", g->need, g[1].need == NULL ? ". */" : ";");
	printf("static const struct sock_filter kind_%d[] = {\n", kind);
	for (int i = 0; i < filter->size; i++) {
		const struct sock_filter *f = &filter->code[i];
		printf("\t{ 0x%02x, %u, %u, 0x%x },\n", f->code, f->jt, f->jf,
		    f->k);
	}
	printf("};\n");
}

static void
kind_compile(int kind)
{
	struct filter filter;

	if (outer_groups[kind] == NULL)
		errx(1, "%s: no outer filter", kinds[kind].title);
	int error = filter_compile(outer_groups[kind], &filter);
	if (error < 0)
		errx(1, "%s: %s", kinds[kind].title, strerror(-error));
	filter_print(kind, &filter);
}

/* The kernel only reads the array; its struct does not say so. */
static void
table_print(void)
{
	printf("\nconst struct sock_fprog outer_filters[LAUNCHER_KINDS] = {\n");
	for (int k = 0; k < LAUNCHER_KINDS; k++)
		if (kinds[k].title != NULL)
			printf("\t[%d] = { sizeof(kind_%d) / sizeof(kind_%d[0]),\n"
			    "\t    (struct sock_filter *)(uintptr_t)kind_%d },\n",
			    k, k, k, k);
	printf("};\n");
}

int
main(void)
{
	/* What the kernel has that this runs on says nothing about the one that
	 * will load the filters; 3: it can end a process (Linux 4.14). */
	if (seccomp_api_set(3) < 0)
		errx(1, "libseccomp is too old");
	printf("/* Made by jail/compile.c of jail/outer.c. */\n"
	    "#if !defined(" MACHINE ")\n"
	    "#error \"these filters are for another machine\"\n"
	    "#endif\n\n"
	    "#include \"jail/outer.h\"\n");
	for (int k = 0; k < LAUNCHER_KINDS; k++)
		if (kinds[k].title != NULL)
			kind_compile(k);
	table_print();
	if (fflush(stdout) != 0)
		err(1, "stdout");
	return 0;
}

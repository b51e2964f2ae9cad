/*
 * cli_closure_test.c - what is published with an archive, and in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/closure.h"

static char depot[] = "/tmp/airlock-closure.XXXXXX";

static int
depot_make(void **state)
{
	static int fd;

	strcpy(depot + sizeof(depot) - 7, "XXXXXX");
	if (mkdtemp(depot) == NULL)
		return -1;
	fd = open(depot, O_RDONLY | O_DIRECTORY);
	*state = &fd;
	return fd == -1;
}

static int
entry_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static int
depot_remove(void **state)
{
	close(*(int *)*state);
	return nftw(depot, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* An archive with a list (or NULL) of this name. */
static void
archive(const char *path, const char *list, const char *text)
{
	char full[512];

	snprintf(full, sizeof(full), "%s/%s", depot, path);
	for (char *p = full + strlen(depot) + 1; p != NULL;
	    p = strchr(p + 1, '/')) {
		char c = *p;
		if (c == '/')
			*p = '\0';
		mkdir(full, 0755);
		*p = c;
	}
	mkdir(full, 0755);
	if (list == NULL)
		return;
	strcat(full, "/");
	strcat(full, list);
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static enum status
name(struct closure *c, const char *text)
{
	struct depot_path path;

	assert_int_equal(depot_path_parse(&path, text, strlen(text)), 0);
	return closure_name(c, &path);
}

/* The whole order, each path with a blank behind it. */
static void
order_is(const struct closure *c, const char *wanted)
{
	char got[4096] = "";

	for (size_t i = 0; i < c->norder; i++) {
		const struct depot_path *path = &c->items[c->order[i]].path;
		strcat(strcat(got, path->text), " ");
		/* It points into itself still. */
		assert_ptr_equal(path->top, strrchr(path->text, '/') + 1);
	}
	assert_string_equal(got, wanted);
}

static void
dependencies_come_first(void **state)
{
	struct closure c;

	archive("a/pkg/top/1", "archives", "a/pkg/mid/1\na/raw/x/1\n");
	archive("a/pkg/mid/1", "archives", "\n a/raw/y/1\t\na/raw/x/1");
	archive("a/raw/x/1", NULL, NULL);
	archive("a/raw/y/1", NULL, NULL);
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/pkg/top/1"), STATUS_DONE);
	assert_int_equal(closure_follow(&c), STATUS_DONE);
	order_is(&c, "a/raw/x/1 a/raw/y/1 a/pkg/mid/1 a/pkg/top/1 ");
	assert_true(c.items[0].named);
	assert_false(c.items[1].named);
	closure_fini(&c);
}

static void
cycles_end(void **state)
{
	struct closure c;

	archive("a/pkg/x/1", "archives", "a/pkg/y/1\n");
	archive("a/pkg/y/1", "archives", "a/pkg/x/1\na/pkg/y/1\n");
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/pkg/x/1"), STATUS_DONE);
	assert_int_equal(name(&c, "a/pkg/x/1"), STATUS_DONE);
	assert_int_equal(closure_follow(&c), STATUS_DONE);
	order_is(&c, "a/pkg/y/1 a/pkg/x/1 ");
	closure_fini(&c);
}

static void
a_src_stands_for_its_bins(void **state)
{
	struct closure c;

	archive("a/pkg/p/1", "archives", "a/src/s/1\na/src/closed/1\n");
	archive("a/src/s/1", "used_apis", "api/1\nb/api/other/1\n");
	archive("a/api/api/1", NULL, NULL);
	archive("a/bin/x86_64/s/1", NULL, NULL);
	archive("a/bin/arm_v8a/s/1", NULL, NULL);
	archive("a/bin/arm_v8a/s/2", NULL, NULL);
	archive("a/bin/x86_64/closed/1", NULL, NULL);
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/pkg/p/1"), STATUS_DONE);
	assert_int_equal(closure_follow(&c), STATUS_DONE);
	order_is(&c, "a/bin/x86_64/closed/1 a/api/api/1 a/src/s/1 "
	    "a/bin/x86_64/s/1 a/bin/arm_v8a/s/1 a/pkg/p/1 ");
	assert_int_equal(c.nothers, 1);
	assert_string_equal(c.others[0].text, "b/api/other/1");
	closure_fini(&c);
}

static void
others_are_named_once(void **state)
{
	struct closure c;

	archive("a/pkg/p/1", "archives", "b/src/s/1\nb/raw/r/1\nb/src/s/1\n");
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/pkg/p/1"), STATUS_DONE);
	assert_int_equal(name(&c, "b/pkg/p/1"), STATUS_USAGE);
	assert_int_equal(closure_follow(&c), STATUS_DONE);
	order_is(&c, "a/pkg/p/1 ");
	assert_int_equal(c.nothers, 2);
	assert_string_equal(c.others[0].text, "b/src/s/1");
	assert_string_equal(c.others[1].text, "b/raw/r/1");
	closure_fini(&c);
}

/* One run with one archive of this list: how it ends. */
static enum status
follow(void **state, const char *path, const char *list, const char *text)
{
	struct closure c;

	archive(path, list, text);
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, path), STATUS_DONE);
	enum status status = closure_follow(&c);
	closure_fini(&c);
	return status;
}

static void
what_is_missing_or_wrong(void **state)
{
	struct closure c;

	assert_int_equal(follow(state, "a/pkg/r/1", "archives", "a/raw/r/1\n"),
	    STATUS_UNAVAILABLE);
	assert_int_equal(follow(state, "a/pkg/s/1", "archives", "a/src/s/1\n"),
	    STATUS_UNAVAILABLE);
	assert_int_equal(follow(state, "a/src/u/1", "used_apis", "u/1\n"),
	    STATUS_UNAVAILABLE);
	assert_int_equal(follow(state, "a/pkg/n/1", NULL, NULL),
	    STATUS_MALFORMED);
	assert_int_equal(follow(state, "a/src/n/1", NULL, NULL), STATUS_DONE);
	assert_int_equal(follow(state, "a/pkg/l/1", "archives", "a/raw\n"),
	    STATUS_MALFORMED);
	assert_int_equal(follow(state, "a/src/l/1", "used_apis", "a/raw/r/1\n"),
	    STATUS_MALFORMED);
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/raw/none/1"), STATUS_DONE);
	assert_int_equal(closure_follow(&c), STATUS_UNAVAILABLE);
	closure_fini(&c);
}

/* More than any array has room for at first. */
static void
many(void **state)
{
	static char list[200 * 32];
	struct closure c;
	char path[32];

	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "a/raw/x%d/1", i);
		archive(path, NULL, NULL);
		strcat(strcat(list, path), "\n");
		snprintf(path, sizeof(path), "b/raw/x%d/1", i);
		strcat(strcat(list, path), "\n");
	}
	archive("a/pkg/many/1", "archives", list);
	closure_init(&c, *(int *)*state);
	assert_int_equal(name(&c, "a/pkg/many/1"), STATUS_DONE);
	assert_int_equal(closure_follow(&c), STATUS_DONE);
	assert_int_equal(c.norder, 201);
	assert_int_equal(c.nothers, 200);
	assert_string_equal(c.items[c.order[200]].path.text, "a/pkg/many/1");
	for (size_t i = 0; i < c.count; i++)
		assert_string_equal(c.items[i].path.top, "1");
	closure_fini(&c);
}

#define TEST(test)							\
	cmocka_unit_test_setup_teardown(test, depot_make, depot_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dependencies_come_first), TEST(cycles_end),
		TEST(a_src_stands_for_its_bins), TEST(others_are_named_once),
		TEST(what_is_missing_or_wrong), TEST(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

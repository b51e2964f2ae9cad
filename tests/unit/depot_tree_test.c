/*
 * depot_tree_test.c - staged trees as a taken-over extractor might leave them:
 * which pass, and that each of them can be removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "depot/clear.h"
#include "depot/tree.h"

#define JOB	7

static char base[] = "/tmp/tree_test.XXXXXX";
static int staging, outside;

static int
setup(void **state)
{
	char *made = mkdtemp(base);

	(void)state;
	umask(022);
	outside = made == NULL ? -1 : open(base, O_RDONLY | O_DIRECTORY);
	if (outside == -1 || mkdirat(outside, "staging", 0700) == -1)
		return -1;
	staging = openat(outside, "staging", O_RDONLY | O_DIRECTORY);
	return staging == -1;
}

static int
teardown(void **state)
{
	(void)state;
	return clear_directory(outside, ".") != 0 || rmdir(base) != 0;
}

/* Staging with 7/v1 in it; the descriptor of 7. */
static int
stage(void)
{
	assert_int_equal(clear_directory(staging, "."), 0);
	assert_int_equal(mkdirat(staging, "7", 0700), 0);
	int job = openat(staging, "7", O_RDONLY | O_DIRECTORY);
	assert_true(job >= 0);
	assert_int_equal(mkdirat(job, "v1", 0755), 0);
	return job;
}

static void
file(int dir, const char *name, mode_t mode, off_t size)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int
check(struct tree *tree)
{
	tree->max_entries = 100;
	tree->max_bytes = 1000;
	return tree_check(staging, JOB, "v1", false, tree);
}

static bool
is_empty(void)
{
	/* rmdir() says so; it is made again. */
	return unlinkat(outside, "staging", AT_REMOVEDIR) == 0 &&
	    mkdirat(outside, "staging", 0700) == 0 &&
	    (close(staging), staging = openat(outside, "staging",
	    O_RDONLY | O_DIRECTORY)) >= 0;
}

static void
good_tree(void **state)
{
	struct tree tree = { 0 };
	int job = stage();

	(void)state;
	file(job, "v1/a", 0644, 10);
	file(job, "v1/b", 0755, 20);
	assert_int_equal(linkat(job, "v1/a", job, "v1/c", 0), 0);
	assert_int_equal(mkdirat(job, "v1/d", 0755), 0);
	assert_int_equal(symlinkat("../a", job, "v1/d/up"), 0);
	assert_int_equal(symlinkat("a", job, "v1/here"), 0);
	assert_int_equal(check(&tree), 0);
	assert_int_equal(tree.entries, 7);
	assert_int_equal(tree.bytes, 30);
	close(job);
}

static void
one_file(void **state)
{
	struct tree tree = { .max_entries = 1, .max_bytes = 5 };
	int job = stage();

	(void)state;
	assert_int_equal(tree_check(staging, JOB, "v1", true, &tree), -EPERM);
	assert_int_equal(unlinkat(job, "v1", AT_REMOVEDIR), 0);
	file(job, "v1", 0644, 5);
	assert_int_equal(tree_check(staging, JOB, "v1", true, &tree), 0);
	assert_int_equal(tree.entries, 1);
	assert_int_equal(tree_check(staging, JOB, "v1", false, &tree), -EPERM);
	tree.max_bytes = 4;
	assert_int_equal(tree_check(staging, JOB, "v1", true, &tree), -EPERM);
	close(job);
}

/* What a hostile tree has: one thing each. */
static const struct {
	const char	*path;
	mode_t		 mode;		/* with its type */
	const char	*target;	/* of a symbolic link */
	off_t		 size;
} hostile[] = {
	{ "v1/setuid", S_IFREG | 04755, NULL, 0 },
	{ "v1/setgid", S_IFREG | 02755, NULL, 0 },
	{ "v1/sticky", S_IFREG | 01644, NULL, 0 },
	{ "v1/writable", S_IFREG | 0666, NULL, 0 },
	{ "v1/secret", S_IFREG | 0600, NULL, 0 },
	{ "v1/d", S_IFDIR | 0777, NULL, 0 },
	{ "v1/d", S_IFDIR | 02755, NULL, 0 },
	{ "v1/d", S_IFDIR | 0000, NULL, 0 },
	{ "v1/fifo", S_IFIFO | 0644, NULL, 0 },
	{ "v1/socket", S_IFSOCK | 0644, NULL, 0 },
	{ "v1/device", S_IFCHR | 0644, NULL, 0 },
	{ "v1/disk", S_IFBLK | 0644, NULL, 0 },
	{ "v1/out", S_IFLNK, "..", 0 },
	{ "v1/absolute", S_IFLNK, "/etc", 0 },
	{ "v1/later", S_IFLNK, "a/../..", 0 },
	{ "v1/large", S_IFREG | 0644, NULL, 1001 },
	{ "second", S_IFDIR | 0755, NULL, 0 },
	{ "second", S_IFREG | 0644, NULL, 0 },
	{ "second", S_IFLNK, "v1", 0 },
};

static void
put_hostile(int job, size_t i)
{
	mode_t mode = hostile[i].mode;
	const char *path = hostile[i].path;

	if (S_ISLNK(mode))
		assert_int_equal(symlinkat(hostile[i].target, job, path), 0);
	else if (S_ISREG(mode))
		file(job, path, mode & 07777, hostile[i].size);
	else if (S_ISDIR(mode)) {
		assert_int_equal(mkdirat(job, path, 0700), 0);
		assert_int_equal(fchmodat(job, path, mode & 07777, 0), 0);
	} else
		assert_int_equal(mknodat(job, path, mode, 0x0103), 0);
}

static void
hostile_check(bool devices)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		bool device = S_ISCHR(hostile[i].mode) ||
		    S_ISBLK(hostile[i].mode);
		struct tree tree = { 0 };

		if (device != devices)
			continue;
		int job = stage();
		assert_int_equal(check(&tree), 0);
		put_hostile(job, i);
		if (check(&tree) != -EPERM)
			fail_msg("let through: %s", hostile[i].path);
		close(job);
		assert_int_equal(clear_directory(staging, "."), 0);
		assert_true(is_empty());
	}
}

static void
hostile_trees(void **state)
{
	(void)state;
	hostile_check(false);
}

static void
hostile_devices(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# skipped: only root can make a device\n");
		skip();
	}
	hostile_check(true);
}

static void
wrong_tops(void **state)
{
	struct tree tree = { 0 };
	int job = stage();

	(void)state;
	assert_int_equal(renameat(job, "v1", job, "v2"), 0);
	assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(symlinkat("v2", job, "v1"), 0);
	assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(unlinkat(job, "v2", AT_REMOVEDIR), 0);
	assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(unlinkat(job, "v1", 0), 0);
	assert_int_equal(check(&tree), -EPERM);		/* none */
	assert_int_equal(mkdirat(job, "v1", 0700), 0);
	assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(clear_directory(staging, "."), 0);
	assert_int_equal(check(&tree), -ENOENT);
	close(job);
}

static void
too_many(void **state)
{
	struct tree tree = { 0 };
	int job = stage();
	char name[16];

	(void)state;
	for (int i = 1; i < 100; i++) {
		snprintf(name, sizeof(name), "v1/%d", i);
		file(job, name, 0644, 10);
	}
	assert_int_equal(check(&tree), 0);
	file(job, "v1/100", 0644, 0);
	assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(unlinkat(job, "v1/1", 0), 0);
	file(job, "v1/1", 0644, 21);
	assert_int_equal(unlinkat(job, "v1/100", 0), 0);
	assert_int_equal(check(&tree), -EPERM);
	close(job);
}

/* Directories within each other, made and entered one by one, of this mode. */
static void
put_deep(int job, int levels, mode_t mode)
{
	int dir = openat(job, "v1", O_RDONLY | O_DIRECTORY);

	for (int i = 0; i < levels; i++) {
		assert_int_equal(mkdirat(dir, "0", 0755), 0);
		file(dir, "f", 0644, 0);
		int next = openat(dir, "0", O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		if (i > 0)
			assert_int_equal(fchmod(dir, mode), 0);
		close(dir);
		dir = next;
	}
	close(dir);
}

static void
too_deep(void **state)
{
	struct tree tree = { .max_entries = 1000, .max_bytes = 1 };
	int job = stage();

	(void)state;
	put_deep(job, 64, 0755);
	assert_int_equal(tree_check(staging, JOB, "v1", false, &tree), 0);
	close(job);
	job = stage();
	put_deep(job, 65, 0755);
	assert_int_equal(tree_check(staging, JOB, "v1", false, &tree), -EPERM);
	close(job);
}

/* Deeper than there are descriptors, or bytes in a path, and with the very
 * names that are used for what is lifted. */
static void
deep_removal(void **state)
{
	const struct rlimit few = { 64, 64 };
	int job = stage();

	(void)state;
	file(job, "0", 0644, 0);
	assert_int_equal(mkdirat(job, "1", 0755), 0);
	file(job, "1/f", 0644, 0);
	put_deep(job, 3000, 0000);
	close(job);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(clear_directory(staging, "7"), 0);
	assert_int_equal(unlinkat(staging, "7", AT_REMOVEDIR), 0);
	assert_true(is_empty());
}

static void
wide_removal(void **state)
{
	char name[32];
	int job = stage();

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "v1/%d", i);
		assert_int_equal(mkdirat(job, name, 0755), 0);
		for (int k = 0; k < 20; k++) {
			snprintf(name, sizeof(name), "v1/%d/%d", i, k);
			assert_int_equal(mkdirat(job, name, 0755), 0);
		}
		assert_int_equal(fchmodat(job, "v1/0", 0000, 0), 0);
	}
	close(job);
	assert_int_equal(clear_directory(staging, "."), 0);
	assert_true(is_empty());
}

/* What links point at is not touched, neither its names nor its mode. */
static void
removal_follows_nothing(void **state)
{
	struct stat st;
	int job = stage();

	(void)state;
	assert_int_equal(mkdirat(outside, "kept", 0555), 0);
	file(outside, "kept.file", 0444, 3);
	assert_int_equal(symlinkat("../../kept", job, "link"), 0);
	assert_int_equal(symlinkat("../../../kept", job, "v1/link"), 0);
	assert_int_equal(linkat(outside, "kept.file", job, "v1/hard", 0), 0);
	assert_int_equal(clear_directory(staging, "."), 0);
	assert_int_equal(fstatat(outside, "kept", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0555);
	assert_int_equal(fstatat(outside, "kept.file", &st, 0), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mode & 07777, 0444);
	assert_int_equal(symlinkat("../kept", staging, "7"), 0);
	assert_int_equal(clear_directory(staging, "7"), -ELOOP);
	close(job);
}

static int
descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
nothing_leaks(void **state)
{
	struct tree tree = { 0 };
	int before, job = stage();

	(void)state;
	assert_int_equal(mkdirat(job, "v1/d", 0755), 0);
	file(job, "v1/d/bad", 0600, 0);
	before = descriptors();
	for (int i = 0; i < 3; i++)
		assert_int_equal(check(&tree), -EPERM);
	assert_int_equal(clear_directory(staging, "x"), -ENOENT);
	assert_int_equal(clear_directory(staging, "."), 0);
	assert_int_equal(descriptors(), before);
	close(job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tree),
		cmocka_unit_test(one_file),
		cmocka_unit_test(hostile_trees),
		cmocka_unit_test(hostile_devices),
		cmocka_unit_test(wrong_tops),
		cmocka_unit_test(too_many),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(wide_removal),
		cmocka_unit_test(removal_follows_nothing),
		cmocka_unit_test(nothing_leaks),
		cmocka_unit_test(deep_removal),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

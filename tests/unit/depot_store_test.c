/*
 * depot_store_test.c - ROOT's directories, its lock, the commit, quarantine.
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/tag.h"
#include "depot/quarantine.h"
#include "depot/store.h"
#include "depot/clear.h"
#include "rpc/cap.h"

#define MEGA	(1 << 20)

static char base[] = "/tmp/store_test.XXXXXX";
static int root;
static struct store store;
static struct depot_path path;

static int
setup(void **state)
{
	(void)state;
	umask(022);
	if (mkdtemp(base) == NULL)
		return -1;
	root = open(base, O_RDONLY | O_DIRECTORY);
	return depot_path_parse(&path, "u/src/n/v1", 10);
}

static int
teardown(void **state)
{
	(void)state;
	return clear_directory(root, ".") != 0 || rmdir(base) != 0;
}

/* An empty ROOT, before airlock has seen it. */
static void
root_new(void)
{
	assert_int_equal(clear_directory(root, "."), 0);
	assert_int_equal(fchmod(root, 0755), 0);
}

static int
store_new(void)
{
	return store_open(&store, base);
}

static int
each_begins(void **state)
{
	(void)state;
	root_new();
	return store_new();
}

static int
each_ends(void **state)
{
	(void)state;
	store_close(&store);
	return 0;
}

static bool
exists(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
put(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
has(int dir, const char *name, const char *text)
{
	char found[64] = "";
	int fd = openat(dir, name, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, found, sizeof(found) - 1) >= 0);
	assert_string_equal(found, text);
	close(fd);
}

/* ---- ROOT ---- */

static void
directories_and_modes(void **state)
{
	static const struct { const char *name; mode_t mode; } made[] = {
		{ "depot", 0755 }, { "public", 0755 }, { "state", 0755 },
		{ "state/receipts", 0755 }, { "public/.airlock", 0700 },
		{ "depot/.airlock", 0700 }, { "depot/.airlock/staging", 0711 },
	};
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		assert_int_equal(fstatat(root, made[i].name, &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, made[i].mode);
	}
}

static void
others_may_write(void **state)
{
	static const char *const names[] = { ".", "depot", "public", "state",
		"state/receipts", "public/.airlock", "depot/.airlock/staging" };
	static const mode_t modes[] = { 0775, 0757, 0777 };

	(void)state;
	store_close(&store);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < 3; k++) {
			root_new();
			assert_int_equal(store_new(), 0);
			store_close(&store);
			assert_int_equal(fchmodat(root, names[i], modes[k], 0),
			    0);
			if (store_new() != -EPERM)
				fail_msg("opened: %s", names[i]);
			store_close(&store);
		}
}

static void
owned_by_another(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# skipped: only root can give files away\n");
		skip();
		return;
	}
	store_close(&store);
	assert_int_equal(fchownat(root, "public", 12345, 12345, 0), 0);
	assert_int_equal(store_new(), -EPERM);
}

static void
linked_directories(void **state)
{
	static const char *const names[] = { "depot", "public", "state",
		"state/receipts", "public/.airlock", "depot/.airlock" };
	char name[64];

	(void)state;
	store_close(&store);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		root_new();
		assert_int_equal(store_new(), 0);
		store_close(&store);
		snprintf(name, sizeof(name), "%s.real", names[i]);
		assert_int_equal(renameat(root, names[i], root, name), 0);
		assert_int_equal(symlinkat(strrchr(name, '/') != NULL ?
		    strrchr(name, '/') + 1 : name, root, names[i]), 0);
		if (store_new() != -ELOOP)
			fail_msg("followed: %s", names[i]);
		store_close(&store);
	}
}

static void
parents_through_a_link(void **state)
{
	(void)state;
	assert_int_equal(store_make_parents(store.depot, "u/src/n/v1"), 0);
	assert_int_equal(store_make_parents(store.depot, "u/src/n/v2"), 0);
	assert_true(exists(store.depot, "u/src/n"));
	assert_false(exists(store.depot, "u/src/n/v1"));
	assert_int_equal(mkdirat(root, "other", 0755), 0);
	assert_int_equal(symlinkat("../other", store.depot, "w"), 0);
	assert_int_equal(store_make_parents(store.depot, "w/src/n/v1"), -ELOOP);
	assert_false(exists(root, "other/src"));
	put(store.depot, "x", "");
	assert_int_equal(store_make_parents(store.depot, "x/src/n/v1"),
	    -ENOTDIR);
}

static void
opens_only_below(void **state)
{
	(void)state;
	assert_int_equal(store_open_below(store.depot, "..", O_RDONLY), -EXDEV);
	assert_int_equal(store_open_below(store.depot, "/", O_RDONLY), -EXDEV);
	assert_int_equal(symlinkat("/etc", store.depot, "l"), 0);
	assert_int_equal(store_open_below(store.depot, "l", O_RDONLY), -ELOOP);
	assert_int_equal(store_open_below(store.depot, "l/passwd", O_RDONLY),
	    -ELOOP);
}

/* ---- the commit ---- */

static void
stage(uint32_t job, const char *text)
{
	char name[32];

	assert_int_equal(store_stage(store.staging, job, 1234), 0);
	snprintf(name, sizeof(name), "%u/v1", job);
	assert_int_equal(mkdirat(store.staging, name, 0755), 0);
	snprintf(name, sizeof(name), "%u/v1/f", job);
	put(store.staging, name, text);
}

static int
install(uint32_t job, const char *text)
{
	char name[32];
	int error;

	stage(job, text);
	snprintf(name, sizeof(name), "%u/" STORE_MANIFEST, job);
	put(store.staging, name, text);
	error = store_make_parents(store.depot, path.text);
	int fd = error == 0 ? store_receipt(&store, &path, job) : error;
	if (fd >= 0) {
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
		close(fd);
	} else
		error = fd;
	if (error == 0)
		error = store_sync(&store);
	return error == 0 ? store_commit(&store, &path, job) : error;
}

static void
commit(void **state)
{
	struct stat st;

	(void)state;
	stage(1, "x");
	assert_int_equal(fstatat(store.staging, "1", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(st.st_uid, geteuid() == 0 ? 1234 : geteuid());
	assert_int_equal(store_stage(store.staging, 1, 1234), -EEXIST);
	/* What is not empty is for others to clear. */
	store_unstage(&store, 1);
	assert_true(exists(store.staging, "1"));
	assert_int_equal(clear_directory(store.staging, "1"), 0);
	store_unstage(&store, 1);
	assert_false(exists(store.staging, "1"));
	assert_int_equal(install(1, "one"), 0);
	store_unstage(&store, 1);
	has(store.depot, "u/src/n/v1/f", "one");
	has(store.receipts, "u,src,n,v1", "one");
	has(store.receipts, "u,src,n,v1@manifest", "one");
	store_receipt_remove(&store, &path);
	assert_false(exists(store.receipts, "u,src,n,v1"));
	assert_false(exists(store.receipts, "u,src,n,v1@manifest"));
}

static void
commit_replaces_nothing(void **state)
{
	(void)state;
	assert_int_equal(install(1, "one"), 0);
	assert_int_equal(install(2, "two"), -EEXIST);
	assert_int_equal(store_commit(&store, &path, 2), -EEXIST);
	has(store.depot, "u/src/n/v1/f", "one");
	has(store.receipts, "u,src,n,v1", "one");
	has(store.staging, "2/v1/f", "two");
	/* Nor what is empty, or a link that leads nowhere. */
	assert_int_equal(clear_directory(store.depot, "u/src/n"), 0);
	assert_int_equal(mkdirat(store.depot, "u/src/n/v1", 0755), 0);
	assert_int_equal(store_commit(&store, &path, 2), -EEXIST);
	assert_int_equal(clear_directory(store.depot, "u/src/n"), 0);
	assert_int_equal(symlinkat("nowhere", store.depot, "u/src/n/v1"), 0);
	assert_int_equal(store_commit(&store, &path, 2), -EEXIST);
	assert_int_equal(store_receipt(&store, &path, 2), -EEXIST);
	has(store.staging, "2/v1/f", "two");
}

static void
commit_through_a_link(void **state)
{
	(void)state;
	assert_int_equal(install(1, "one"), 0);
	assert_int_equal(renameat(store.depot, "u", store.depot, "w"), 0);
	assert_int_equal(symlinkat("w", store.depot, "u"), 0);
	assert_int_equal(clear_directory(store.depot, "w/src/n"), 0);
	assert_int_not_equal(install(2, "two"), 0);
	assert_int_not_equal(store_commit(&store, &path, 2), 0);
	assert_false(exists(store.depot, "w/src/n/v1"));
}

/* ---- quarantine ---- */

static struct quarantined q;
static char bytes[MEGA + 100];

/* As cli and manager do it together; NULL: what the cli has copied. */
static int
open_from(const char *host)
{
	struct url_tag tag = { "", "" };
	bool same = host != NULL &&
	    tag_read(store.quarantine, "u,src,n,v1", &tag) &&
	    strcmp(tag.host, host) == 0;
	int error = quarantine_open(&store, &q, &path, false,
	    host == NULL || same);

	if (error == 0 && same && q.rehash > 0)
		q.tag = tag;
	return error;
}

/* And when the manager has dropped the bytes. */
static void
close_for_good(void)
{
	quarantine_close(&store, &q, false);
	tag_tidy(store.quarantine, &path);
}

/* A megabyte and more from host, named by it; then the process dies. */
static void
partial(const char *host, const char *validator)
{
	assert_int_equal(open_from(host), 0);
	assert_int_equal(q.size, 0);
	assert_int_equal(q.rehash, 0);
	strcpy(q.tag.host, host);
	strcpy(q.tag.validator, validator);
	tag_write(store.quarantine, &path, &q.tag);
	assert_int_equal(quarantine_append(&q, bytes, sizeof(bytes),
	    MEGA * 2), 0);
	quarantine_close(&store, &q, true);
}

static void
digest_of(const void *data, size_t size, uint8_t digest[SHA256_SIZE])
{
	SHA2_CTX hash;

	SHA256Init(&hash);
	SHA256Update(&hash, data, size);
	SHA256Final(digest, &hash);
}

static void
append_has_a_limit(void **state)
{
	uint8_t ours[SHA256_SIZE], theirs[SHA256_SIZE];
	struct stat st;

	(void)state;
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_append(&q, "abc", 3, 5), 0);
	assert_int_equal(quarantine_append(&q, "def", 3, 5), -EFBIG);
	assert_int_equal(quarantine_append(&q, "d", 1, 2), -EFBIG);
	assert_int_equal(quarantine_append(&q, "d", SIZE_MAX, 5), -EFBIG);
	assert_int_equal(quarantine_append(&q, "de", 2, 5), 0);
	assert_int_equal(quarantine_append(&q, "f", 1, 5), -EFBIG);
	assert_int_equal(q.size, 5);
	assert_int_equal(fstat(q.fd, &st), 0);
	assert_int_equal(st.st_size, 5);
	SHA256Final(ours, &q.hash);
	digest_of("abcde", 5, theirs);
	assert_memory_equal(ours, theirs, sizeof(ours));
	close_for_good();
	assert_false(exists(store.quarantine, "u,src,n,v1"));
}

static void
restart_forgets(void **state)
{
	uint8_t ours[SHA256_SIZE], theirs[SHA256_SIZE];

	(void)state;
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_append(&q, "abc", 3, 5), 0);
	assert_int_equal(quarantine_restart(&q), 0);
	assert_int_equal(quarantine_append(&q, "xy", 2, 5), 0);
	has(store.quarantine, "u,src,n,v1", "xy");
	SHA256Final(ours, &q.hash);
	digest_of("xy", 2, theirs);
	assert_memory_equal(ours, theirs, sizeof(ours));
	close_for_good();
}

static void
resumes_from_its_host(void **state)
{
	uint8_t ours[SHA256_SIZE], theirs[SHA256_SIZE];

	(void)state;
	partial("h", "\"1\"");
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(q.rehash, sizeof(bytes));
	assert_string_equal(q.tag.validator, "\"1\"");
	assert_int_equal(quarantine_slice(&q, 2 * MEGA), 1);
	assert_int_equal(quarantine_slice(&q, 2 * MEGA), 0);
	assert_int_equal(q.size, sizeof(bytes));
	SHA256Final(ours, &q.hash);
	digest_of(bytes, sizeof(bytes), theirs);
	assert_memory_equal(ours, theirs, sizeof(ours));
	quarantine_close(&store, &q, true);
	/* A limit that is lower by now. */
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_slice(&q, 1000), -EFBIG);
	close_for_good();
	assert_false(exists(store.quarantine, "u,src,n,v1@tag"));
}

static void
resumes_from_no_other(void **state)
{
	static const char *const hosts[] = { "other", "", "hh" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		partial("h", "\"1\"");
		assert_int_equal(open_from(hosts[i]), 0);
		assert_int_equal(q.rehash, 0);
		assert_string_equal(q.tag.validator, "");
		assert_int_equal(lseek(q.fd, 0, SEEK_END), 0);
		close_for_good();
	}
}

/* A tag that is no tag, or that has been overtaken by bytes without one. */
static void
resumes_by_no_false_tag(void **state)
{
	struct url_tag tag;
	int fd;

	(void)state;
	partial("h", "");
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(q.rehash, 0);
	close_for_good();

	partial("h", "\"1\"");
	put(store.quarantine, "u,src,n,v1@tag", "h");
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(q.rehash, 0);
	close_for_good();

	partial("h", "\"1\"");
	memset(&tag, 'h', sizeof(tag));
	fd = openat(store.quarantine, "u,src,n,v1@tag", O_WRONLY);
	assert_int_equal(write(fd, &tag, sizeof(tag)), sizeof(tag));
	close(fd);
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(q.rehash, 0);
	close_for_good();

	partial("h", "\"1\"");
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_restart(&q), 0);
	q.tag.validator[0] = '\0';
	tag_write(store.quarantine, &path, &q.tag);
	assert_int_equal(quarantine_append(&q, "x", 1, 9), 0);
	quarantine_close(&store, &q, true);
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(q.rehash, 0);
	close_for_good();
}

/* What the cli has copied there has no tag, and counts. */
static void
keeps_the_copy(void **state)
{
	(void)state;
	put(store.quarantine, "u,src,n,v1", "local bytes");
	assert_int_equal(open_from(NULL), 0);
	assert_int_equal(q.rehash, 11);
	assert_int_equal(quarantine_slice(&q, 11), 0);
	assert_int_equal(q.size, 11);
	/* There is no more, and asking again does no harm. */
	assert_int_equal(quarantine_slice(&q, 11), 0);
	assert_int_equal(q.size, 11);
	has(store.quarantine, "u,src,n,v1", "local bytes");
	close_for_good();
	assert_false(exists(store.quarantine, "u,src,n,v1"));
	put(store.quarantine, "u,src,n,v1", "local bytes");
	assert_int_equal(open_from(NULL), 0);
	assert_int_equal(quarantine_slice(&q, 10), -EFBIG);
	close_for_good();
	/* Nor is it any file that has another name, too. */
	put(store.quarantine, "other", "local bytes");
	assert_int_equal(linkat(store.quarantine, "other", store.quarantine,
	    "u,src,n,v1", 0), 0);
	assert_int_equal(open_from(NULL), -EPERM);
	close_for_good();
	assert_int_equal(unlinkat(store.quarantine, "other", 0), 0);
}

/* Another archive whose name is that of this one's signature: none of them gets
 * at the other's bytes. */
static void
one_writer(void **state)
{
	struct quarantined again, signature;
	struct depot_path sig;

	(void)state;
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_append(&q, "abc", 3, 5), 0);
	has(store.quarantine, "u,src,n,v1", "abc");
	assert_int_equal(quarantine_open(&store, &signature, &path, true,
	    false),
	    0);
	assert_int_equal(depot_path_parse(&sig, "u/src/n/v1.sig", 14), 0);
	assert_int_equal(quarantine_open(&store, &again, &sig, false, false), 0);
	assert_int_equal(quarantine_append(&again, "defg", 4, 5), 0);
	assert_int_equal(lseek(signature.fd, 0, SEEK_END), 0);
	quarantine_close(&store, &again, false);
	quarantine_close(&store, &signature, false);
	close_for_good();
}

/* Readers: of the same file, read-only; and no file that has another name. */
static void
readers(void **state)
{
	struct stat own, st;

	(void)state;
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(fstat(q.fd, &own), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fstat(q.reader[i], &st), 0);
		assert_int_equal(st.st_ino, own.st_ino);
		assert_int_equal(fcntl(q.reader[i], F_GETFL) & O_ACCMODE,
		    O_RDONLY);
	}
	quarantine_close(&store, &q, true);
	assert_int_equal(linkat(store.quarantine, "u,src,n,v1", root, "l", 0),
	    0);
	assert_int_equal(open_from("h"), -EPERM);
	close_for_good();
	assert_int_equal(mkfifoat(store.quarantine, "u,src,n,v1", 0644), 0);
	assert_int_equal(open_from("h"), -EPERM);
	close_for_good();
	assert_int_equal(symlinkat("/etc/passwd", store.quarantine,
	    "u,src,n,v1"), 0);
	assert_int_equal(open_from("h"), -ELOOP);
	close_for_good();
}

static void
publishes(void **state)
{
	(void)state;
	assert_int_equal(store_make_parents(store.public, path.text), 0);
	assert_int_equal(open_from("h"), 0);
	assert_int_equal(quarantine_append(&q, "abc", 3, 5), 0);
	assert_int_equal(store_publish(store.quarantine,
	    store.public, &path, false), 0);
	close_for_good();
	has(store.public, "u/src/n/v1.tar.xz", "abc");
	assert_int_equal(quarantine_open(&store, &q, &path, true, false), 0);
	assert_int_equal(quarantine_append(&q, "sig", 3, 5), 0);
	assert_int_equal(store_publish(store.quarantine,
	    store.public, &path, true), 0);
	close_for_good();
	has(store.public, "u/src/n/v1.tar.xz.sig", "sig");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, each_begins, each_ends)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(directories_and_modes),
		EACH(others_may_write),
		EACH(owned_by_another),
		EACH(linked_directories),
		EACH(parents_through_a_link),
		EACH(opens_only_below),
		EACH(commit),
		EACH(commit_replaces_nothing),
		EACH(commit_through_a_link),
		EACH(append_has_a_limit),
		EACH(restart_forgets),
		EACH(resumes_from_its_host),
		EACH(resumes_from_no_other),
		EACH(resumes_by_no_false_tag),
		EACH(keeps_the_copy),
		EACH(one_writer),
		EACH(readers),
		EACH(publishes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/*
 * The tree is walked, each name looked up and marked; what is not marked in the
 * end was removed.  No link is followed and nothing but files is read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/compare.h"
#include "rpc/cap.h"

#define MAX_LEVELS	128	/* of directories; a descriptor each */

static void entry_compare(struct compare *, int dir, const char *name,
    size_t depth);

static void
say(struct compare *c, enum checker_finding finding, uint32_t mode)
{
	c->findings++;
	c->found(c, finding, mode, c->path);
}

/* Something else is there, or it cannot be read. */
static void
lost(struct compare *c, struct listed *listed, enum checker_finding finding)
{
	listed->state = LISTED_LOST;
	say(c, finding, 0);
}

int
compare_digest(struct compare *c, int fd, uint64_t *size,
    uint8_t digest[CHECKER_DIGEST_SIZE])
{
	struct sha256_ctx hash;
	uint64_t at = 0;
	ssize_t n = 1;

	sha256_init(&hash);
	while (n > 0) {
		n = pread(fd, c->block, sizeof(c->block), (off_t)at);
		if (n == -1)
			return -errno;
		sha256_update(&hash, (size_t)n, c->block);
		at += (uint64_t)n;
		c->bytes += (uint64_t)n;
		c->progress(c);
	}
	sha256_digest(&hash, CHECKER_DIGEST_SIZE, digest);
	*size = at;
	return 0;
}

static void
mode_compare(struct compare *c, const struct listed *listed,
    const struct stat *st)
{
	if ((st->st_mode & 07777) != listed->line.mode)
		say(c, CHECKER_MODE, st->st_mode & 07777);
}

static void
file_compare(struct compare *c, int dir, const char *name,
    struct listed *listed)
{
	uint8_t digest[CHECKER_DIGEST_SIZE];
	struct stat st;
	uint64_t size;
	/* Not blocking: a fifo may have taken its place. */
	CLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		lost(c, listed, CHECKER_UNREADABLE);
		return;
	}
	mode_compare(c, listed, &st);
	if ((uint64_t)st.st_size != listed->line.size)
		say(c, CHECKER_CHANGED, 0);
	else if (compare_digest(c, fd, &size, digest) < 0)
		lost(c, listed, CHECKER_UNREADABLE);
	else if (size != listed->line.size || memcmp(digest,
	    listed->line.digest, sizeof(digest)) != 0)
		say(c, CHECKER_CHANGED, 0);
}

static void
link_compare(struct compare *c, int dir, const char *name,
    struct listed *listed)
{
	const struct slice *wanted = &listed->line.target;
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n == -1)
		lost(c, listed, CHECKER_UNREADABLE);
	else if ((size_t)n != wanted->size ||
	    memcmp(target, wanted->text, wanted->size) != 0)
		say(c, CHECKER_TARGET, 0);
}

/* Names in a directory, which is owned from here on: 0 or -errno. */
static int
names_compare(struct compare *c, int fd, size_t depth)
{
	const struct dirent *e;
	DIR *dir = fdopendir(fd);
	int error;

	if (dir == NULL) {
		close(fd);
		return -ENOMEM;
	}
	do {
		/* An end, and not a failure that hides the rest? */
		errno = 0;
		e = readdir(dir);
		error = -errno;
		if (e != NULL && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			entry_compare(c, fd, e->d_name, depth + 1);
	} while (e != NULL);
	closedir(dir);
	return error;
}

static void
directory_compare(struct compare *c, int dir, const char *name,
    struct listed *listed, size_t depth)
{
	struct stat st;
	int fd = depth >= MAX_LEVELS ? -1 : openat(dir, name, O_RDONLY |
	    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1) {
		cap_close_fd(&fd);
		lost(c, listed, CHECKER_UNREADABLE);
		return;
	}
	mode_compare(c, listed, &st);
	if (names_compare(c, fd, depth) < 0)
		lost(c, listed, CHECKER_UNREADABLE);
}

static mode_t
listed_type(const struct listed *listed)
{
	return listed->line.kind == MANIFEST_DIRECTORY ? S_IFDIR :
	    listed->line.kind == MANIFEST_SYMBOLIC_LINK ? S_IFLNK : S_IFREG;
}

/* c->path names the entry. */
static void
named_compare(struct compare *c, int dir, const char *name, size_t depth)
{
	struct listed *listed = list_find(c->list, c->path, strlen(c->path));
	struct stat st;

	c->entries++;
	c->progress(c);
	if (listed == NULL) {
		say(c, CHECKER_ADDED, 0);
		return;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno != ENOENT)
			lost(c, listed, CHECKER_UNREADABLE);
		return;
	}
	listed->state = LISTED_MET;
	if ((st.st_mode & S_IFMT) != listed_type(listed))
		lost(c, listed, CHECKER_TYPE);
	else if (S_ISDIR(st.st_mode))
		directory_compare(c, dir, name, listed, depth);
	else if (S_ISLNK(st.st_mode))
		link_compare(c, dir, name, listed);
	else
		file_compare(c, dir, name, listed);
}

/* c->path is lengthened by the name, and shortened again. */
static void
entry_compare(struct compare *c, int dir, const char *name, size_t depth)
{
	size_t size = depth == 1 ? 0 : strlen(c->path), more = strlen(name);
	size_t slash = size > 0;

	if (size + slash + more >= sizeof(c->path)) {
		say(c, CHECKER_ADDED, 0);	/* no archive has such a path */
		return;
	}
	if (slash)
		c->path[size] = '/';
	memcpy(c->path + size + slash, name, more + 1);
	named_compare(c, dir, name, depth);
	if (depth == 1)
		strcpy(c->path, ".");
	else
		c->path[size] = '\0';
}

/* What was in a directory that is gone went with it. */
static bool
parent_is_met(const struct list *list, const struct slice *path)
{
	const char *slash = memrchr(path->text, '/', path->size);
	const struct listed *parent;

	if (path->size == 1 && path->text[0] == '.')
		return true;
	parent = slash == NULL ? list_find(list, ".", 1) :
	    list_find(list, path->text, (size_t)(slash - path->text));
	return parent == NULL || parent->state == LISTED_MET;
}

static void
removed_say(struct compare *c)
{
	for (size_t i = 0; i < c->list->count; i++) {
		const struct listed *at = &c->list->lines[i];
		if (at->state != LISTED_WANTING ||
		    !parent_is_met(c->list, &at->line.path))
			continue;
		memcpy(c->path, at->line.path.text, at->line.path.size);
		c->path[at->line.path.size] = '\0';
		say(c, CHECKER_REMOVED, 0);
	}
}

/* The directory that holds the archive, through no link; -ENOENT is no failure:
 * then the archive was removed. */
static int
parent_open(int depot, const char *path, const char **name)
{
	char part[CHECKER_PATH];
	int fd = fcntl(depot, F_DUPFD_CLOEXEC, 0), next;
	const char *slash;

	for (; fd >= 0 && (slash = strchr(path, '/')) != NULL;
	    path = slash + 1) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		next = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		int error = errno;
		cap_close_fd(&fd);
		fd = next;
		errno = error;
	}
	*name = path;
	return fd == -1 ? -errno : fd;
}

enum checker_why
compare_archive(struct compare *c, int depot, const char *path)
{
	const char *name;
	CLOSE int fd = parent_open(depot, path, &name);

	if (fd < 0 && fd != -ENOENT) {
		c->list->error = -fd;
		return CHECKER_SYSTEM;
	}
	strcpy(c->path, ".");
	if (fd >= 0)
		named_compare(c, fd, name, 0);
	removed_say(c);
	return CHECKER_DONE;
}

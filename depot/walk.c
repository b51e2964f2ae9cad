#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/link.h"
#include "depot/walk.h"
#include "rpc/cap.h"

static enum walk_why entry_walk(struct walk *, int parent, const char *name,
    size_t depth);

static enum walk_why
system_failed(struct walk *walk, int error)
{
	walk->error = error;
	return WALK_SYSTEM;
}

/* Control characters would reach terminals and line-based tools. */
static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* Nobody has changed it between two looks; a look changes no more than the time
 * of the last access. */
static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static enum walk_why
entry_visit(struct walk *walk, const struct walk_entry *entry)
{
	int error = walk->visit(walk, entry);

	if (error == -ESTALE)
		return WALK_CHANGED;
	return error < 0 ? system_failed(walk, -error) : WALK_DONE;
}

static enum walk_why
file_walk(struct walk *walk, int parent, const char *name,
    const struct stat *seen)
{
	struct stat now;
	/* Not blocking: a fifo may have taken its place. */
	CLOSE int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &now) == -1)
		return system_failed(walk, errno);
	if (!S_ISREG(now.st_mode) || !is_same(seen, &now))
		return WALK_CHANGED;
	const struct walk_entry entry = { .path = walk->path, .type = S_IFREG,
	    .executable = now.st_mode & S_IXUSR,
	    .size = (uint64_t)now.st_size, .fd = fd };
	enum walk_why why = entry_visit(walk, &entry);
	if (why != WALK_DONE)
		return why;
	if (fstat(fd, &now) == -1)
		return system_failed(walk, errno);
	return is_same(seen, &now) ? WALK_DONE : WALK_CHANGED;
}

static enum walk_why
link_walk(struct walk *walk, int parent, const char *name, size_t depth)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(parent, name, target, sizeof(target));

	if (n == -1)
		return system_failed(walk, errno);
	if ((size_t)n == sizeof(target))
		return WALK_LONG;
	target[n] = '\0';
	if (has_control(target))
		return WALK_NAME;
	if (!link_stays(depth - 1, target))
		return WALK_LINK_OUT;
	const struct walk_entry entry = { .path = walk->path, .type = S_IFLNK,
	    .target = target, .fd = -1 };
	return entry_visit(walk, &entry);
}

static int
is_name(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* By bytes, whatever the locale. */
static int
names_compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum walk_why
names_walk(struct walk *walk, int dir, size_t depth)
{
	enum walk_why why = WALK_DONE;
	struct dirent **names;
	int n = scandirat(dir, ".", &names, is_name, names_compare);

	if (n == -1)
		return system_failed(walk, errno);
	for (int i = 0; i < n; i++) {
		if (why == WALK_DONE)
			why = entry_walk(walk, dir, names[i]->d_name,
			    depth + 1);
		free(names[i]);
	}
	free(names);
	return why;
}

/* depth: how many components walk->path has. */
static enum walk_why
directory_walk(struct walk *walk, int dir, size_t depth)
{
	const struct walk_entry entry = { .path = walk->path, .type = S_IFDIR,
	    .fd = -1 };
	struct stat before, after;

	if (fstat(dir, &before) == -1)
		return system_failed(walk, errno);
	enum walk_why why = entry_visit(walk, &entry);
	if (why == WALK_DONE)
		why = names_walk(walk, dir, depth);
	if (why != WALK_DONE)
		return why;
	if (fstat(dir, &after) == -1)
		return system_failed(walk, errno);
	return is_same(&before, &after) ? WALK_DONE : WALK_CHANGED;
}

static enum walk_why
subdirectory_walk(struct walk *walk, int parent, const char *name,
    size_t depth)
{
	CLOSE int fd = openat(parent, name, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOTDIR || errno == ELOOP ? WALK_CHANGED :
		    system_failed(walk, errno);
	return directory_walk(walk, fd, depth);
}

static enum walk_why
typed_walk(struct walk *walk, int parent, const char *name, size_t depth)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? WALK_CHANGED :
		    system_failed(walk, errno);
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return subdirectory_walk(walk, parent, name, depth);
	case S_IFREG:
		return file_walk(walk, parent, name, &st);
	case S_IFLNK:
		return link_walk(walk, parent, name, depth);
	default:
		return WALK_TYPE;
	}
}

/* walk->path is lengthened by the name, and shortened again after success. */
static enum walk_why
entry_walk(struct walk *walk, int parent, const char *name, size_t depth)
{
	size_t size = strlen(walk->path), more = strlen(name);
	size_t slash = size > 0;

	if (depth > WALK_DEPTH || size + slash + more > WALK_PATH)
		return WALK_LONG;
	if (slash)
		walk->path[size] = '/';
	memcpy(walk->path + size + slash, name, more + 1);
	enum walk_why why = has_control(name) ? WALK_NAME :
	    typed_walk(walk, parent, name, depth);
	if (why == WALK_DONE)
		walk->path[size] = '\0';
	return why;
}

enum walk_why
walk_directory(struct walk *walk, int dir)
{
	walk->error = 0;
	walk->path[0] = '\0';
	walk->why = directory_walk(walk, dir, 0);
	return walk->why;
}

const char *
walk_text(enum walk_why why)
{
	static const char *const texts[WALK_NWHYS] = {
		[WALK_NONE] = "nothing was said about it",
		[WALK_DONE] = "done",
		[WALK_TYPE] = "neither directory, regular file nor symbolic "
		    "link",
		[WALK_LINK_OUT] = "a symbolic link that leads out of the "
		    "archive",
		[WALK_NAME] = "a control character in a name",
		[WALK_LONG] = "its path is too long, or too deep",
		[WALK_CHANGED] = "it changed while it was read",
		[WALK_SYSTEM] = "the system failed",
	};

	return why < WALK_NWHYS ? texts[why] : texts[WALK_NONE];
}

/*
 * The staged tree, measured by the manager itself.  The extractor has refused
 * the same things already; this side does not rely on it.  Nobody else can
 * reach the tree: the extractor is gone, and staging/ is ours.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/link.h"
#include "manager/manager.h"

#define MAX_LEVELS	64

struct walk {
	struct manager	*m;
	struct job	*job;
};

static int walk_directory(struct walk *, int fd, size_t depth);

/* Iterate over a directory's names: NULL at its end. */
static const char *
directory_next(DIR *dir)
{
	struct dirent *e;

	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return e->d_name;
	return NULL;
}

static bool
link_allowed(int dir, const char *name, size_t depth)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n < 0 || (size_t)n >= sizeof(target) - 1)
		return false;
	target[n] = '\0';
	return link_stays(depth, target);
}

/* 0, or -EPERM for what no extractor may make.  depth: of the directory, below
 * the top directory. */
static int
walk_entry(struct walk *w, int dir, const char *name, size_t depth)
{
	struct stat st;
	mode_t mode;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	mode = st.st_mode & 07777;
	if (++w->job->entries > w->m->options.max_entries)
		return -EPERM;
	if (fchownat(dir, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW)
	    == -1)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return link_allowed(dir, name, depth) ? 0 : -EPERM;
	if (S_ISDIR(st.st_mode) && mode == 0755 && depth < MAX_LEVELS) {
		CLOSE int fd = root_open_below(dir, name,
		    O_RDONLY | O_DIRECTORY);
		return fd < 0 ? fd : walk_directory(w, fd, depth + 1);
	}
	if (!S_ISREG(st.st_mode) || (mode != 0644 && mode != 0755))
		return -EPERM;
	/* Each of a file's names counts its share. */
	w->job->bytes += (uint64_t)st.st_size / st.st_nlink;
	return w->job->bytes > w->m->options.max_bytes ? -EPERM : 0;
}

static int
walk_directory(struct walk *w, int fd, size_t depth)
{
	const char *name;
	int error = 0;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = own == -1 ? NULL : fdopendir(own);

	if (dir == NULL)
		return -errno;
	while (error == 0 && (name = directory_next(dir)) != NULL)
		error = walk_entry(w, fd, name, depth);
	closedir(dir);
	return error;
}

/* Just the top directory, and nothing beside it. */
static int
top_check(struct walk *w, int staging)
{
	const struct depot_path *path = &w->job->archive->path;
	struct stat st;
	int names = 0;
	const char *name;
	int own = fcntl(staging, F_DUPFD_CLOEXEC, 0);
	DIR *dir = own == -1 ? NULL : fdopendir(own);

	if (dir == NULL)
		return -errno;
	while ((name = directory_next(dir)) != NULL && names >= 0)
		names = strcmp(name, path->top) == 0 ? names + 1 : -1;
	closedir(dir);
	if (names != 1 ||
	    fstatat(staging, path->top, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    S_ISREG(st.st_mode) != depot_path_is_file(path) ||
	    S_ISLNK(st.st_mode))
		return -EPERM;
	/* Its content lies one below it: what is beside it, at depth 0, is the
	 * top directory alone. */
	return walk_entry(w, staging, path->top, (size_t)-1);
}

enum cli_why
tree_check(struct manager *m, struct job *job)
{
	char name[STAGING_NAME];
	struct walk w = { m, job };

	job->bytes = job->entries = 0;
	staging_name(job, name);
	CLOSE int fd = root_open_below(m->staging, name,
	    O_RDONLY | O_DIRECTORY);
	int error = fd < 0 ? fd : top_check(&w, fd);
	job->archive->error = -error;
	return error == 0 ? WHY_NONE : error == -EPERM ? WHY_TREE : WHY_SYSTEM;
}

int
tree_empty(int dir)
{
	const char *name;
	int error = 0;
	int own = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	DIR *entries = own == -1 ? NULL : fdopendir(own);

	if (entries == NULL)
		return -errno;
	rewinddir(entries);
	while (error == 0 && (name = directory_next(entries)) != NULL)
		error = tree_remove(dir, name);
	closedir(entries);
	return error;
}

int
tree_remove(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	/* A directory without permissions must not defeat the clean-up. */
	(void)fchmodat(dir, name, 0700, 0);
	CLOSE int fd = root_open_below(dir, name, O_RDONLY | O_DIRECTORY);
	int error = fd < 0 ? fd : tree_empty(fd);
	if (error == 0 && unlinkat(dir, name, AT_REMOVEDIR) == -1)
		error = -errno;
	return error;
}

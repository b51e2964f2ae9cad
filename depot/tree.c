/*
 * tree.c - staged trees: one walk that looks, one that removes.
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
#include "depot/store.h"
#include "depot/tree.h"

#define MAX_LEVELS	64	/* beneath the top; a descriptor each */

/* What is done with a name in a directory, so many levels below the directory
 * that the walk began with. */
typedef int visitor(struct tree *, int dir, const char *name, size_t depth);

/* Visit each name in a directory until one fails: 0 or -errno. */
static int
directory_visit(int parent, const char *path, visitor *visit,
    struct tree *tree, size_t depth)
{
	int fd = store_open_below(parent, path, O_RDONLY | O_DIRECTORY);
	const struct dirent *e;
	int error = 0;

	if (fd < 0)
		return fd;
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return -ENOMEM;
	}
	do {
		/* An end, and not a failure that hides the rest? */
		errno = 0;
		e = readdir(dir);
		if (e == NULL)
			error = -errno;
		else if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			error = visit(tree, fd, e->d_name, depth);
	} while (e != NULL && error == 0);
	closedir(dir);
	return error;
}

static bool
link_allowed(int dir, const char *name, size_t depth)
{
	char target[PATH_MAX] = "";
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	return n >= 0 && (size_t)n < sizeof(target) &&
	    link_stays(depth, target);
}

static int
entry_check(struct tree *tree, int dir, const char *name, size_t depth)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fchownat(dir, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW)
	    == -1)
		return -errno;
	mode_t type = st.st_mode & S_IFMT, mode = st.st_mode & 07777;
	if (++tree->entries > tree->max_entries || depth > MAX_LEVELS)
		return -EPERM;
	if (depth == 0 &&
	    (type != tree->top_type || strcmp(name, tree->top) != 0))
		return -EPERM;
	if (type == S_IFLNK)
		return link_allowed(dir, name, depth - 1) ? 0 : -EPERM;
	if (type == S_IFDIR && mode == 0755)
		return directory_visit(dir, name, entry_check, tree, depth + 1);
	if (type != S_IFREG || (mode != 0644 && mode != 0755))
		return -EPERM;
	/* Each of a file's names counts its share. */
	tree->bytes += (uint64_t)st.st_size / st.st_nlink;
	return tree->bytes > tree->max_bytes ? -EPERM : 0;
}

int
tree_check(int staging, uint32_t job, const char *top, bool is_file,
    struct tree *tree)
{
	char name[16];

	tree->entries = tree->bytes = 0;
	tree->top = top;
	tree->top_type = is_file ? S_IFREG : S_IFDIR;
	snprintf(name, sizeof(name), "%u", job);
	int error = directory_visit(staging, name, entry_check, tree, 0);
	return error == 0 && tree->entries == 0 ? -EPERM : error;
}

/*
 * A directory in the one to be emptied is emptied of all but directories; those
 * are lifted beside it, and their turn comes later.  However deep a tree is,
 * this needs two descriptors.  Whoever made the tree may be alive still (it is
 * being killed): no symbolic link of its is ever followed.
 */
static int
entry_remove(struct tree *lifted, int dir, const char *name, size_t depth)
{
	char beside[32];

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	/* Modes must not defeat the clean-up; if they do, opening fails. */
	(void)!fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW);
	if (depth == 0) {
		int error = directory_visit(dir, name, entry_remove, lifted, 1);
		return error == 0 && unlinkat(dir, name, AT_REMOVEDIR) == -1 ?
		    -errno : error;
	}
	do {
		snprintf(beside, sizeof(beside), "../%ju",
		    (uintmax_t)lifted->entries++);
		if (renameat(dir, name, dir, beside) == 0)
			return 0;
		/* Again, if the tree has this name itself. */
	} while (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR);
	return -errno;
}

int
tree_empty(int dir, const char *path)
{
	struct tree lifted = { .entries = 0 };
	uint64_t before;
	int error;

	do {
		before = lifted.entries;
		error = directory_visit(dir, path, entry_remove, &lifted, 0);
	} while (error == 0 && lifted.entries != before);
	return error;
}

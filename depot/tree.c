/*
 * tree.c - staged trees: the walk that looks.
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

int
tree_visit(int parent, const char *path, tree_visitor *visit,
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
	if (depth == 0 && type == S_IFREG && strcmp(name, STORE_MANIFEST) == 0)
		return 0;
	if (++tree->entries > tree->max_entries || depth > MAX_LEVELS)
		return -EPERM;
	if (depth == 0 &&
	    (type != tree->top_type || strcmp(name, tree->top) != 0))
		return -EPERM;
	if (type == S_IFLNK)
		return link_allowed(dir, name, depth - 1) ? 0 : -EPERM;
	if (type == S_IFDIR && mode == 0755)
		return tree_visit(dir, name, entry_check, tree, depth + 1);
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
	int error = tree_visit(staging, name, entry_check, tree, 0);
	return error == 0 && tree->entries == 0 ? -EPERM : error;
}

/*
 * clear.c - remove a tree that somebody hostile may have made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/clear.h"
#include "depot/tree.h"

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
	struct stat st;
	/* A file that has another name somewhere stays. */
	uint64_t bytes = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_nlink == 1 ? (uint64_t)st.st_size : 0;

	if (unlinkat(dir, name, 0) == 0) {
		lifted->bytes += bytes;
		return 0;
	}
	if (errno == ENOENT)
		return 0;
	/* Modes must not defeat the clean-up; if they do, opening fails. */
	(void)!fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW);
	if (depth == 0) {
		int error = tree_visit(dir, name, entry_remove, lifted, 1);
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
clear_measured(int dir, const char *path, uint64_t *bytes)
{
	struct tree lifted = { .entries = 0 };
	uint64_t before;
	int error;

	do {
		before = lifted.entries;
		error = tree_visit(dir, path, entry_remove, &lifted, 0);
	} while (error == 0 && lifted.entries != before);
	*bytes += lifted.bytes;
	return error;
}

int
clear_directory(int dir, const char *path)
{
	uint64_t bytes = 0;

	return clear_measured(dir, path, &bytes);
}

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
#include "rpc/cap.h"

#define MAX_LEVELS	64

/* What is done with a name of a directory, `depth` below the top directory. */
typedef int visitor(struct tree *, int dir, const char *name, size_t depth);

/* Visit every name of a directory until one fails: 0 or -errno. */
static int
directory_visit(int fd, visitor *visit, struct tree *tree, size_t depth)
{
	struct dirent *e;
	int error = 0;
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own == -1 ? NULL : fdopendir(own);

	if (dir == NULL)
		return -errno;
	while (error == 0 && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			error = visit(tree, fd, e->d_name, depth);
	closedir(dir);
	return error;
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

static int
entry_check(struct tree *tree, int dir, const char *name, size_t depth)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fchownat(dir, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW)
	    == -1)
		return -errno;
	mode_t mode = st.st_mode & 07777;
	if (++tree->entries > tree->max_entries || depth > MAX_LEVELS)
		return -EPERM;
	if (S_ISLNK(st.st_mode))
		return link_allowed(dir, name, depth) ? 0 : -EPERM;
	if (S_ISDIR(st.st_mode) && mode == 0755) {
		CLOSE int fd = store_open_below(dir, name,
		    O_RDONLY | O_DIRECTORY);
		return fd < 0 ? fd :
		    directory_visit(fd, entry_check, tree, depth + 1);
	}
	if (!S_ISREG(st.st_mode) || (mode != 0644 && mode != 0755))
		return -EPERM;
	/* Each of a file's names counts its share. */
	tree->bytes += (uint64_t)st.st_size / st.st_nlink;
	return tree->bytes > tree->max_bytes ? -EPERM : 0;
}

static int
entry_count(struct tree *tree, int dir, const char *name, size_t depth)
{
	(void)dir, (void)name, (void)depth;
	tree->entries++;
	return 0;
}

int
tree_check(int staging, uint32_t job, const char *top, bool is_file,
    struct tree *tree)
{
	char name[16];
	struct stat st;

	tree->entries = tree->bytes = 0;
	snprintf(name, sizeof(name), "%u", job);
	CLOSE int fd = store_open_below(staging, name, O_RDONLY | O_DIRECTORY);
	int error = fd < 0 ? fd : directory_visit(fd, entry_count, tree, 0);
	if (error < 0)
		return error;
	if (tree->entries != 1 ||
	    fstatat(fd, top, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    (is_file ? !S_ISREG(st.st_mode) : !S_ISDIR(st.st_mode)))
		return -EPERM;
	tree->entries = 0;
	if (is_file)
		return entry_check(tree, fd, top, 0);
	CLOSE int dir = store_open_below(fd, top, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	if ((st.st_mode & 07777) != 0755)
		return -EPERM;
	return fchown(dir, geteuid(), getegid()) == -1 ? -errno :
	    directory_visit(dir, entry_check, tree, 0);
}

static int
entry_remove(struct tree *tree, int dir, const char *name, size_t depth)
{
	(void)tree, (void)depth;
	return tree_remove(dir, name);
}

int
tree_empty(int dir)
{
	return directory_visit(dir, entry_remove, NULL, 0);
}

int
tree_remove(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	/* A directory without permissions must not defeat the clean-up. */
	if (fchmodat(dir, name, 0700, 0) == -1)
		return -errno;
	CLOSE int fd = store_open_below(dir, name, O_RDONLY | O_DIRECTORY);
	int error = fd < 0 ? fd : tree_empty(fd);
	if (error == 0 && unlinkat(dir, name, AT_REMOVEDIR) == -1)
		error = -errno;
	return error;
}

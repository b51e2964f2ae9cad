#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/view.h"
#include "rpc/cap.h"

/* Where the view is built: a directory that every system has. */
#define BUILD		"/tmp"
#define RDONLY		MOUNT_ATTR_RDONLY
#define NOEXEC		MOUNT_ATTR_NOEXEC
#define SAFE		(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

/* Create the directories that lead to BUILD/path, and path itself: a directory,
 * or an empty file for something that is none. */
static int
point_make(const char *path, mode_t type)
{
	char at[PATH_MAX];
	int n = snprintf(at, sizeof(at), BUILD "%s", path);

	if (n < 0 || (size_t)n >= sizeof(at))
		return -ENAMETOOLONG;
	for (char *p = at + sizeof(BUILD); (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(at, 0755) == -1 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	if (S_ISDIR(type))
		return mkdir(at, 0755) == -1 && errno != EEXIST ? -errno : 0;
	CLOSE int fd = open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	return fd == -1 ? -errno : 0;
}

/* A detached copy of the mounts that `from` leads to, with these attributes:
 * descriptor or -errno.  With all that is mounted below, because the kernel does
 * not show what a mount of another's hides. */
static int
tree_detach(const char *from, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree == -1 || syscall(SYS_mount_setattr, tree, "",
	    AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == -1)
		return -errno;	/* of the worker, which then ends */
	return tree;
}

/* Attach such a copy and close it, or pass on the -errno that stands for one. */
static int
tree_attach(int tree, const char *to)
{
	CLOSE int own = tree;
	struct stat st;
	char at[PATH_MAX];

	if (own < 0)
		return own;
	if (fstat(own, &st) == -1)
		return -errno;
	int error = point_make(to, st.st_mode);
	if (error < 0)
		return error;
	snprintf(at, sizeof(at), BUILD "%s", to);
	return syscall(SYS_move_mount, own, "", AT_FDCWD, at,
	    MOVE_MOUNT_F_EMPTY_PATH) == -1 ? -errno : 0;
}

/* Paths of the host at the same place; not those that the host has not. */
static int
paths_show(const char *const *path)
{
	int error = 0;

	for (; error == 0 && *path != NULL; path++) {
		int tree = tree_detach(*path, RDONLY | SAFE);
		if (tree != -ENOENT)
			error = tree_attach(tree, *path);
	}
	return error;
}

static int
home_make(void)
{
	int error = point_make("/home", S_IFDIR);

	if (error == 0 && mount("home", BUILD "/home", "tmpfs",
	    MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    "size=4m,nr_inodes=32,mode=700") == -1)
		error = -errno;
	return error;
}

static int
root_replace(void)
{
	if (chdir(BUILD) == -1 || syscall(SYS_pivot_root, ".", ".") == -1 ||
	    umount2(".", MNT_DETACH) == -1 || chdir("/") == -1 ||
	    mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY |
		MS_NOSUID | MS_NODEV, NULL) == -1)
		return -errno;
	return 0;
}

/* What only some kinds have; from NULL: the request's directory. */
static const struct part {
	unsigned int	 extra;
	const char	*from, *to;
	uint64_t	 attributes;
} parts[] = {
	{ KIND_STAGING, ".", "/staging", SAFE | NOEXEC },
	{ KIND_ORIGIN, NULL, "/origin", RDONLY | SAFE | NOEXEC },
	{ KIND_NULL, "/dev/null", "/dev/null", MOUNT_ATTR_NOSUID | NOEXEC },
};
#define PARTS	(sizeof(parts) / sizeof(parts[0]))

int
view_enter(const struct kind *kind, const char *origin)
{
	int trees[PARTS];

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -errno;
	/* All may lie where the view is about to hide them. */
	for (size_t i = 0; i < PARTS; i++)
		trees[i] = !(kind->extra & parts[i].extra) ? -1 :
		    tree_detach(parts[i].from != NULL ? parts[i].from : origin,
			parts[i].attributes);
	if (mount("view", BUILD, "tmpfs", MS_NOSUID | MS_NODEV,
	    "size=256k,nr_inodes=128,mode=755") == -1)
		return -errno;
	int error = point_make("/empty", S_IFDIR);
	if (error == 0)
		error = point_make("/staging", S_IFDIR);
	for (size_t i = 0; error == 0 && i < PARTS; i++)
		if (kind->extra & parts[i].extra)
			error = tree_attach(trees[i], parts[i].to);
	if (error == 0 && kind->extra & KIND_HOME)
		error = home_make();
	if (error == 0)
		error = paths_show(kind_libraries);
	if (error == 0)
		error = paths_show(kind->view);
	return error == 0 ? root_replace() : error;
}

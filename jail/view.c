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

/* A detached copy of the mount that `from` leads to, with these attributes:
 * descriptor or -errno.  "" is the working directory, which then needs no search
 * permission on what is above it. */
static int
tree_detach(const char *from, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };

	CLOSE int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree == -1 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH,
	    &attr, sizeof(attr)) == -1)
		return -errno;
	int out = tree;
	tree = -1;	/* the caller's now */
	return out;
}

/* Attach such a copy, or pass on the -errno that stands for one. */
static int
tree_attach(int tree, const char *to)
{
	struct stat st;
	char at[PATH_MAX];

	if (tree < 0)
		return tree;
	if (fstat(tree, &st) == -1)
		return -errno;
	int error = point_make(to, st.st_mode);
	if (error < 0)
		return error;
	snprintf(at, sizeof(at), BUILD "%s", to);
	return syscall(SYS_move_mount, tree, "", AT_FDCWD, at,
	    MOVE_MOUNT_F_EMPTY_PATH) == -1 ? -errno : 0;
}

/* A path of the host, at the same place; nothing, if the host has none. */
static int
path_show(const char *path, uint64_t attributes)
{
	CLOSE int tree = tree_detach(path, attributes);
	int error = tree_attach(tree, path);

	return error == -ENOENT ? 0 : error;
}

static int
rows_show(const struct view *row)
{
	int error = 0;

	for (size_t i = 0; error == 0 && kind_libraries[i] != NULL; i++)
		error = path_show(kind_libraries[i], RDONLY | SAFE);
	for (; error == 0 && row->path != NULL; row++)
		error = path_show(row->path,
		    row->mode == VIEW_READ ? RDONLY | SAFE :
		    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
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

int
view_enter(const struct kind *kind, const char *origin)
{
	CLOSE int staging = -1;
	CLOSE int directory = -1;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -errno;
	/* Both may lie where the view is about to hide them. */
	if (kind->extra & KIND_STAGING)
		staging = tree_detach("", SAFE | MOUNT_ATTR_NOEXEC);
	if (kind->extra & KIND_ORIGIN)
		directory = tree_detach(origin,
		    RDONLY | SAFE | MOUNT_ATTR_NOEXEC);
	if (mount("view", BUILD, "tmpfs", MS_NOSUID | MS_NODEV,
	    "size=256k,nr_inodes=128,mode=755") == -1)
		return -errno;
	int error = point_make("/empty", S_IFDIR);
	if (error == 0)
		error = kind->extra & KIND_STAGING ?
		    tree_attach(staging, "/staging") :
		    point_make("/staging", S_IFDIR);
	if (error == 0 && kind->extra & KIND_ORIGIN)
		error = tree_attach(directory, "/origin");
	if (error == 0 && kind->extra & KIND_HOME)
		error = home_make();
	if (error == 0)
		error = rows_show(kind->view);
	return error == 0 ? root_replace() : error;
}

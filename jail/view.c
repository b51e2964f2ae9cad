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

#include "jail/spawn.h"
#include "jail/view.h"

/* Where the view is built: a directory that every system has. */
#define BUILD		"/tmp"
#define RDONLY		MOUNT_ATTR_RDONLY
#define NOEXEC		MOUNT_ATTR_NOEXEC
#define SAFE		(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

/* Create the directories that lead to BUILD/path, and path itself: a directory,
 * or an empty file for something that is none.  at: BUILD/path. */
static void
point_make(const char *path, mode_t type, char at[PATH_MAX])
{
	int n = snprintf(at, PATH_MAX, BUILD "%s", path);

	if (n < 0 || n >= PATH_MAX)
		spawn_fail(-ENAMETOOLONG);
	for (char *p = at + sizeof(BUILD); (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		spawn_must(mkdir(at, 0755) == -1 && errno != EEXIST ? -1 : 0);
		*p = '/';
	}
	int made = S_ISDIR(type) ? mkdir(at, 0755) :
	    mknod(at, S_IFREG | 0444, 0);
	spawn_must(made == -1 && errno != EEXIST ? -1 : 0);
}

/* A detached copy of the mounts that `from` leads to, with these attributes; -1
 * if there is nothing.  With all that is mounted below, because the kernel does
 * not show what a mount of another's hides. */
static int
tree_detach(const char *from, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree == -1 && errno == ENOENT)
		return -1;
	spawn_must(tree);
	spawn_must(syscall(SYS_mount_setattr, tree, "",
	    AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)));
	return tree;
}

/* Attach such a copy, and close it. */
static void
tree_attach(int tree, const char *to)
{
	struct stat st;
	char at[PATH_MAX];

	spawn_must(fstat(tree, &st));
	point_make(to, st.st_mode, at);
	spawn_must(syscall(SYS_move_mount, tree, "", AT_FDCWD, at,
	    MOVE_MOUNT_F_EMPTY_PATH));
	close(tree);
}

/* Paths of the host at the same place; not those that the host has not. */
static void
paths_show(const char *const *path)
{
	for (; *path != NULL; path++) {
		int tree = tree_detach(*path, RDONLY | SAFE);
		if (tree != -1)
			tree_attach(tree, *path);
	}
}

void
view_enter(const struct kind *kind)
{
	int staging = -1;
	char at[PATH_MAX];

	spawn_must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	/* It may lie where the view is about to hide it. */
	if (kind->extra & KIND_STAGING)
		spawn_must(staging = tree_detach(".", SAFE | NOEXEC));
	spawn_must(mount("view", BUILD, "tmpfs", MS_NOSUID | MS_NODEV,
	    "size=256k,nr_inodes=128,mode=755"));
	point_make("/empty", S_IFDIR, at);
	point_make("/staging", S_IFDIR, at);
	if (staging != -1)
		tree_attach(staging, "/staging");
	if (kind->extra & KIND_NULL)
		tree_attach(tree_detach("/dev/null", MOUNT_ATTR_NOSUID |
		    NOEXEC), "/dev/null");
	if (kind->extra & KIND_HOME) {
		point_make("/home", S_IFDIR, at);
		spawn_must(mount("home", at, "tmpfs",
		    MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "size=4m,nr_inodes=128,mode=700"));
	}
	paths_show(kind_libraries);
	paths_show(kind->view);
	spawn_must(chdir(BUILD));
	spawn_must(syscall(SYS_pivot_root, ".", "."));
	spawn_must(umount2(".", MNT_DETACH));
	spawn_must(chdir("/"));
	spawn_must(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY |
	    MS_NOSUID | MS_NODEV, NULL));
}

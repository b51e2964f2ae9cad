#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/beneath.h"
#include "jail/landlock.h"

#define NAMESPACES							\
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |	\
	    CLONE_NEWUTS | CLONE_NEWCGROUP)
#define ATTACH		"/tmp"	/* a directory that every system has */

static int
root_enter(int dir)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY |
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
	int tree;

	/* Before the namespace is new: its working directory comes along. */
	if (fchdir(dir) == -1 || unshare(NAMESPACES) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    (tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)) == -1 ||
	    syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
	    &attr, sizeof(attr)) == -1 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, ATTACH,
	    MOVE_MOUNT_F_EMPTY_PATH) == -1 || close(tree) == -1 ||
	    chdir(ATTACH) == -1 || syscall(SYS_pivot_root, ".", ".") == -1 ||
	    umount2(".", MNT_DETACH) == -1 || chdir("/") == -1)
		return -errno;
	return 0;
}

/* A root of its own or Landlock: with neither, the directory would be a way to
 * all that the user can read. */
int
beneath_enter(int dir)
{
	int error = root_enter(dir);

	if (error < 0 && landlock_offered() == 0)
		return error;
	if (error < 0 && fchdir(dir) == -1)
		return -errno;
	close(dir);
	int inside = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return inside == dir ? 0 : inside == -1 ? -errno : -EBADF;
}

void
beneath_nothing(void)
{
	(void)unshare(NAMESPACES);
}

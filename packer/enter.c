/*
 * What a packer does before its policy holds: it gives away all but its source.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/jail.h"
#include "jail/landlock.h"
#include "packer/enter.h"
#include "packer/packer.h"
#include "packer/policy.h"

#define NAMESPACES							\
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |	\
	    CLONE_NEWUTS | CLONE_NEWCGROUP)
/* Open at once: a directory for each component of a path, and what it has. */
#define FILES_MAX	512
#define ATTACH		"/tmp"	/* a directory that every system has */

/* The source as the root, read-only, and nothing else.  A directory of outside
 * is a way out ("../.."): what is walked is opened anew, inside. */
static int
root_enter(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY |
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
	int tree;

	/* Before the namespace is new: its working directory comes along. */
	if (fchdir(PACKER_FD_SOURCE) == -1 || unshare(NAMESPACES) == -1 ||
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

void
packer_unjailed(int error)
{
	rpc_last_words(PACKER_FD_CHANNEL, RPC_DEATH_SETUP, -error);
	_exit(JAIL_EXIT_SETUP);
}

/* A root of its own or Landlock: with neither, the directory would be a way to
 * all that the user can read. */
static void
directory_enter(void)
{
	int error = root_enter();

	if (error < 0 && landlock_offered() == 0)
		packer_unjailed(error);
	if (error < 0 && fchdir(PACKER_FD_SOURCE) == -1)
		packer_unjailed(-errno);
	close(PACKER_FD_SOURCE);
	int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir != PACKER_FD_SOURCE)
		packer_unjailed(-EBADF);
	jail_enter(&packer_of_directory, PACKER_FD_CHANNEL, 0);
}

static void
file_enter(void)
{
	(void)unshare(NAMESPACES);	/* it opens nothing, with or without */
	jail_enter(&packer_of_file, PACKER_FD_CHANNEL, 0);
}

void
packer_enter(void)
{
	struct rlimit files;
	struct stat st;

	if (fstat(PACKER_FD_SOURCE, &st) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &files) == -1)
		packer_unjailed(-errno);
	if (files.rlim_max > FILES_MAX)
		files.rlim_cur = files.rlim_max = FILES_MAX;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1)
		packer_unjailed(-errno);
	if (S_ISDIR(st.st_mode))
		directory_enter();
	else
		file_enter();
}

/*
 * packer - packs one directory, or one file, as an archive.
 *
 * Holds	that directory, for reading, as its root; a file to write to,
 *		which it was started with; a channel to the cli.
 * Lacks	network, exec, keys, any other path, any way to create, rename
 *		or remove.
 * Trusts	the cli's request.  What it packs is its user's own, but names
 *		and contents may have come from anywhere: they meet libarchive
 *		and liblzma here.
 * Taken over	makes an archive of its choice out of what it was given to
 *		read.  Whoever installs that finds the publisher's signature on
 *		it, so a publisher who packs what others wrote should look.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "depot/walk.h"
#include "jail/jail.h"
#include "jail/landlock.h"
#include "packer/pack.h"
#include "packer/policy.h"

#define NAMESPACES							\
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |	\
	    CLONE_NEWUTS | CLONE_NEWCGROUP)
#define ATTACH		"/tmp"	/* a directory that every system has */
#define THREADS_MAX	64

RPC_PEER_SIDE(PACKER_RPC, rows)

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

static _Noreturn void
setup_failed(int error)
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
		setup_failed(error);
	if (error < 0 && fchdir(PACKER_FD_SOURCE) == -1)
		setup_failed(-errno);
	close(PACKER_FD_SOURCE);
	int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir != PACKER_FD_SOURCE)
		setup_failed(-EBADF);
	jail_enter(&packer_of_directory, PACKER_FD_CHANNEL, 0);
}

static void
file_enter(void)
{
	(void)unshare(NAMESPACES);	/* it opens nothing, with or without */
	jail_enter(&packer_of_file, PACKER_FD_CHANNEL, 0);
}

static bool
request_is_valid(const struct packer_pack_req *req)
{
	struct stat st;

	return fstat(PACKER_FD_SOURCE, &st) == 0 &&
	    (S_ISDIR(st.st_mode) ? req->format == PACKER_TAR_XZ :
	    req->format == PACKER_XZ) &&
	    req->threads >= 1 && req->threads <= THREADS_MAX &&
	    memchr(req->top, '\0', sizeof(req->top)) != NULL &&
	    req->top[0] != '\0' && strchr(req->top, '/') == NULL;
}

HEARD(packer_pack)
{
	static struct packer_pack_rep rep;

	if (!request_is_valid(req))
		return -EBADMSG;
	rpc->phase = PACKER_OVER;
	pack_archive(req, PACKER_FD_SOURCE, PACKER_FD_OUTPUT, &rep);
	return answer_packer_pack(rpc, serial, &rep, NULL);
}

int
main(void)
{
	struct stat st;
	struct rpc rpc;

	/* Too large a file is an error of write(), not the end. */
	signal(SIGXFSZ, SIG_IGN);
	/* So that libarchive takes names for UTF-8, as extended headers have
	 * them, and writes them as they are. */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setup_failed(-ENOENT);
	if (fstat(PACKER_FD_SOURCE, &st) == -1)
		setup_failed(-errno);
	if (S_ISDIR(st.st_mode))
		directory_enter();
	else
		file_enter();
	rpc_init(&rpc, PACKER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

/*
 * Acts on files: reading, leaving the root, making what lasts, reopening what
 * was lent, and mounts.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attack/acts.h"

#define PASSWD		"/etc/passwd"
#define DESCRIPTORS	64	/* those below are looked at */
/* As the extractor may create: its filter lets this pass. */
#define CREATE		(O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* Reading a byte is what counts, not having a descriptor. */
static int
file_read(int fd)
{
	char byte;

	if (fd == -1)
		return -errno;
	int error = act_result(read(fd, &byte, 1));
	close(fd);
	return error;
}

static int
file_opened(int fd)
{
	if (fd == -1)
		return -errno;
	close(fd);
	return 0;
}

/* The inner C library's open(), without its own ideas about the flags. */
static int
open_raw(int dir, const char *path, unsigned long flags, unsigned long mode)
{
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

int
act_passwd_read(const struct held *held)
{
	(void)held;
	return file_read(open_raw(AT_FDCWD, PASSWD, O_RDONLY | O_CLOEXEC, 0));
}

int
act_passwd_openat2(const struct held *held)
{
	const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC };

	(void)held;
	return file_read((int)syscall(SYS_openat2, AT_FDCWD, PASSWD, &how,
	    sizeof(how)));
}

int
act_passwd_high(const struct held *held)
{
	(void)held;
	return file_read(open_raw(AT_FDCWD, PASSWD,
	    UINT64_C(0xdeadbeef00000000) | O_RDONLY, 0));
}

int
act_root_list(const struct held *held)
{
	char entries[4096];
	int fd = open_raw(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	(void)held;
	return fd == -1 ? -errno :
	    act_result(syscall(SYS_getdents64, fd, entries, sizeof(entries)));
}

int
act_root_stat(const struct held *held)
{
	struct stat st;

	(void)held;
	return act_result(fstatat(AT_FDCWD, PASSWD, &st, 0));
}

int
act_root_up(const struct held *held)
{
	int error = -ENOENT;

	(void)held;
	for (int dir = 0; dir < DESCRIPTORS; dir++) {
		int fd = open_raw(dir, "../../../../../../../../.." PASSWD,
		    O_RDONLY | O_CLOEXEC, 0);
		if (fd != -1)
			return file_read(fd);
		if (errno != EBADF && errno != ENOTDIR)
			error = -errno;
	}
	return open_raw(AT_FDCWD, "../../../../../../../../.." PASSWD,
	    O_RDONLY | O_CLOEXEC, 0) != -1 ? 0 : error;
}

int
act_root_up_path(const struct held *held)
{
	(void)held;
	return file_opened(open_raw(AT_FDCWD,
	    "../../../../../../../../../etc",
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
}

int
act_root_fchdir(const struct held *held)
{
	int fd = open_raw(AT_FDCWD, "..", O_PATH | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC, 0);

	(void)held;
	for (int dir = 0; fd == -1 && dir < DESCRIPTORS; dir++)
		if (fchdir(dir) == 0)
			return 0;
	return act_result(fchdir(fd));
}

int
act_root_chroot(const struct held *held)
{
	(void)held;
	return act_result(chroot(".."));
}

/* With a mount of its own, if it takes one. */
int
act_root_pivot(const struct held *held)
{
	(void)held;
	if (syscall(SYS_pivot_root, ".", ".") == 0)
		return 0;
	if (errno != EINVAL || mount("t", "directory", "tmpfs", 0, NULL) == -1 ||
	    chdir("directory") == -1)
		return -errno;
	return act_result(syscall(SYS_pivot_root, ".", "."));
}

/* Where the root is a wall, .. of it is itself, and the file lies inside. */
int
act_create_outside(const struct held *held)
{
	struct stat st;
	int fd = open_raw(AT_FDCWD, "../escaped", CREATE, 0644);

	(void)held;
	if (fd == -1)
		return -errno;
	return fstatat(AT_FDCWD, "escaped", &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    -ENOENT : 0;
}

int
act_create_tmp(const struct held *held)
{
	char path[64];

	(void)held;
	snprintf(path, sizeof(path), "/tmp/airlock-attack-%d", getpid());
	int fd = open_raw(AT_FDCWD, path, CREATE, 0600);
	if (fd == -1)
		return -errno;
	unlink(path);
	return 0;
}

int
act_create_unnamed(const struct held *held)
{
	(void)held;
	return file_opened(open_raw(AT_FDCWD, ".", O_TMPFILE | O_WRONLY, 0600));
}

int
act_create_setuid(const struct held *held)
{
	struct stat st;
	int fd = open_raw(AT_FDCWD, "setuid", CREATE, 04755);

	(void)held;
	if (fd == -1 || fstat(fd, &st) == -1)
		return -errno;
	return st.st_mode & S_ISUID ? 0 : -EPERM;
}

int
act_mkdir_setgid(const struct held *held)
{
	struct stat st;

	(void)held;
	/* Without a filter mkdir() itself drops the bit. */
	if (syscall(SYS_mkdirat, AT_FDCWD, "setgid", 02777) == -1 ||
	    fstatat(AT_FDCWD, "setgid", &st, 0) == -1)
		return -errno;
	return st.st_mode & S_ISGID ? 0 :
	    act_result(chmod("setgid", 02777));
}

int
act_mkdir_outside(const struct held *held)
{
	struct stat st;

	(void)held;
	if (mkdirat(AT_FDCWD, "../outside", 0755) == -1)
		return -errno;
	return fstatat(AT_FDCWD, "outside", &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    -ENOENT : 0;
}

int
act_node_device(const struct held *held)
{
	(void)held;
	return act_result(mknodat(AT_FDCWD, "device", S_IFCHR | 0666,
	    1 << 8 | 3));
}

int
act_node_fifo(const struct held *held)
{
	(void)held;
	return act_result(mknodat(AT_FDCWD, "fifo", S_IFIFO | 0644, 0));
}

int
act_link_symbolic(const struct held *held)
{
	(void)held;
	if (symlinkat(PASSWD, AT_FDCWD, "link") == -1)
		return -errno;
	return file_read(open_raw(AT_FDCWD, "link", O_RDONLY | O_CLOEXEC, 0));
}

/* EXDEV: found, on another file system; EPERM: found, another's. */
int
act_link_hard(const struct held *held)
{
	(void)held;
	return act_result(linkat(AT_FDCWD, PASSWD, AT_FDCWD, "hard", 0));
}

int
act_link_descriptor(const struct held *held)
{
	char path[64];

	if (linkat(held->file, "", AT_FDCWD, "name", AT_EMPTY_PATH) == 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", held->file);
	return act_result(linkat(AT_FDCWD, path, AT_FDCWD, "name",
	    AT_SYMLINK_FOLLOW));
}

int
act_victim_read(const struct held *held)
{
	(void)held;
	return file_read(open_raw(AT_FDCWD, "victim", O_RDONLY | O_CLOEXEC, 0));
}

int
act_victim_write(const struct held *held)
{
	(void)held;
	return file_opened(open_raw(AT_FDCWD, "victim", O_WRONLY | O_CLOEXEC,
	    0));
}

int
act_victim_truncate(const struct held *held)
{
	(void)held;
	return act_result(truncate("victim", 0));
}

int
act_victim_unlink(const struct held *held)
{
	(void)held;
	return act_result(unlinkat(AT_FDCWD, "victim", 0));
}

int
act_victim_rename(const struct held *held)
{
	(void)held;
	return act_result(renameat2(AT_FDCWD, "victim", AT_FDCWD, "renamed",
	    RENAME_NOREPLACE));
}

int
act_victim_chmod(const struct held *held)
{
	(void)held;
	return act_result(fchmodat(AT_FDCWD, "victim", 04755, 0));
}

int
act_victim_xattr(const struct held *held)
{
	(void)held;
	return act_result(setxattr("victim", "user.attack", "1", 1, 0));
}

int
act_file_chmod(const struct held *held)
{
	return act_result(fchmod(held->file, 0666));
}

int
act_file_chmod2(const struct held *held)
{
	return act_result(syscall(NR_fchmodat2, held->file, "", 0666,
	    AT_EMPTY_PATH));
}

int
act_file_chown(const struct held *held)
{
	return act_result(fchown(held->file, getuid(), getgid()));
}

int
act_file_write(const struct held *held)
{
	return act_result(write(held->file, "x", 1));
}

int
act_file_setfl(const struct held *held)
{
	if (fcntl(held->file, F_SETFL, O_RDWR) == -1)
		return -errno;
	return act_result(write(held->file, "x", 1));
}

int
act_file_reopen(const struct held *held)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", held->file);
	int fd = open_raw(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	return act_result(pwrite(fd, "x", 1, 0));
}

int
act_file_handle(const struct held *held)
{
	struct {
		struct file_handle head;
		unsigned char	   bytes[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	(void)name_to_handle_at(held->file, "", &handle.head, &mount,
	    AT_EMPTY_PATH);
	return file_opened(open_by_handle_at(held->file, &handle.head,
	    O_RDWR | O_CLOEXEC));
}

int
act_file_lease(const struct held *held)
{
	return act_result(fcntl(held->file, F_SETLEASE, F_RDLCK));
}

int
act_file_lock(const struct held *held)
{
	return act_result(flock(held->file, LOCK_EX | LOCK_NB));
}

int
act_file_ioctl(const struct held *held)
{
	int flags = 0;

	return act_result(ioctl(held->file, FIONREAD, &flags));
}

int
act_file_splice(const struct held *held)
{
	int ends[2];
	loff_t at = 0;

	if (syscall(SYS_splice, held->file, &at, 0, NULL, (size_t)1, 0) == -1 &&
	    errno != EBADF && errno != EINVAL && errno != ESPIPE)
		return -errno;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -errno;
	return act_result(splice(held->file, &at, ends[1], NULL, 1, 0));
}

int
act_file_sendfile(const struct held *held)
{
	off_t at = 0;
	int null = 1;		/* /dev/null */

	return act_result(sendfile(null, held->file, &at, 1));
}

int
act_input_write(const struct held *held)
{
	return act_result(write(held->input, "x", 1));
}

int
act_input_map(const struct held *held)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
	    held->input, 0);

	if (p == MAP_FAILED)
		return -errno;
	*p = 'x';
	return 0;
}

static off_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 ? 0 : st.st_size;
}

int
act_slots_grow(const struct held *held)
{
	return act_result(ftruncate(held->slots, size_of(held->slots) + 4096));
}

int
act_slots_shrink(const struct held *held)
{
	return act_result(ftruncate(held->slots, 0));
}

int
act_slots_beyond(const struct held *held)
{
	if (lseek(held->slots, 0, SEEK_END) == -1)
		return -errno;
	return act_result(write(held->slots, "x", 1));
}

int
act_slots_seal(const struct held *held)
{
	return act_result(fcntl(held->slots, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
}

int
act_slots_punch(const struct held *held)
{
	return act_result(fallocate(held->slots, FALLOC_FL_PUNCH_HOLE |
	    FALLOC_FL_KEEP_SIZE, 0, 4096));
}

int
act_proc_self(const struct held *held)
{
	(void)held;
	return file_read(open_raw(AT_FDCWD, "/proc/self/maps", O_RDONLY |
	    O_CLOEXEC, 0));
}

static int
proc_open(const struct held *held, const char *file, unsigned long flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", held->pid, file);
	return open_raw(AT_FDCWD, path, flags | O_CLOEXEC, 0);
}

int
act_proc_other(const struct held *held)
{
	return file_read(proc_open(held, "environ", O_RDONLY));
}

int
act_proc_mem(const struct held *held)
{
	return file_opened(proc_open(held, "mem", O_RDWR));
}

int
act_proc_sys(const struct held *held)
{
	(void)held;
	return file_opened(open_raw(AT_FDCWD, "/proc/sys/kernel/core_pattern",
	    O_WRONLY | O_CLOEXEC, 0));
}

int
act_dev_mem(const struct held *held)
{
	(void)held;
	return file_opened(open_raw(AT_FDCWD, "/dev/mem", O_RDONLY, 0));
}

/* A terminal of its own, which it then controls. */
static int
terminal_open(void)
{
	char name[64];
	int number, unlock = 0;
	int fd = open_raw(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, 0);

	if (fd == -1 || ioctl(fd, TIOCSPTLCK, &unlock) == -1 ||
	    ioctl(fd, TIOCGPTN, &number) == -1)
		return -1;
	(void)setsid();
	snprintf(name, sizeof(name), "/dev/pts/%d", number);
	return open_raw(AT_FDCWD, name, O_RDWR, 0);
}

static int
terminal_push(unsigned long request)
{
	/* Standard input first: it may be one. */
	if (syscall(SYS_ioctl, 0, request, "x") == 0)
		return 0;
	int fd = terminal_open();
	return fd == -1 ? -errno : act_result(syscall(SYS_ioctl, fd, request,
	    "x"));
}

int
act_dev_tty(const struct held *held)
{
	(void)held;
	return terminal_push(TIOCSTI);
}

int
act_dev_tty_high(const struct held *held)
{
	(void)held;
	return terminal_push(UINT64_C(0x100000000) | TIOCSTI);
}

int
act_watch_inotify(const struct held *held)
{
	(void)held;
	int fd = inotify_init1(IN_CLOEXEC);
	return fd == -1 ? -errno :
	    act_result(inotify_add_watch(fd, "/", IN_CREATE));
}

int
act_watch_fanotify(const struct held *held)
{
	(void)held;
	return file_opened((int)syscall(SYS_fanotify_init, FAN_CLASS_NOTIF |
	    FAN_REPORT_FID, O_RDONLY));
}

int
act_mount_tmpfs(const struct held *held)
{
	(void)held;
	return act_result(mount("t", "directory", "tmpfs", 0, NULL));
}

int
act_mount_writable(const struct held *held)
{
	(void)held;
	return act_result(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
}

/* Lazily, so that a root in use goes too; or what is on top of it. */
int
act_mount_detach(const struct held *held)
{
	(void)held;
	if (umount2("/", MNT_DETACH) == 0)
		return 0;
	if (errno == EINVAL && mount("t", "directory", "tmpfs", 0, NULL) == 0)
		return act_result(umount2("directory", MNT_DETACH));
	return -errno;
}

int
act_mount_fsopen(const struct held *held)
{
	(void)held;
	return file_opened((int)syscall(SYS_fsopen, "tmpfs", 0));
}

int
act_mount_tree(const struct held *held)
{
	(void)held;
	return file_opened((int)syscall(SYS_open_tree, AT_FDCWD, ".",
	    OPEN_TREE_CLONE | AT_RECURSIVE));
}

int
act_mount_setattr(const struct held *held)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODIRATIME };

	(void)held;
	return act_result(syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attr,
	    sizeof(attr)));
}

/* With an argument that comes to be looked at: EINVAL, EFAULT. */
int
act_mount_list(const struct held *held)
{
	(void)held;
	int error = act_reached(syscall(NR_listmount, NULL, NULL, 0, 0),
	    EFAULT);
	return error == -EINVAL ? 0 : error;
}

int
act_quota(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_quotactl, QCMD(Q_SYNC, USRQUOTA), NULL,
	    0, NULL));
}

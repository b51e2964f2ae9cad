/*
 * ROOT's directories.  The manager holds them as descriptors and opens nothing
 * but beneath them, through no symbolic link.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "manager/manager.h"

int
root_open_below(int dir, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)(flags | O_CLOEXEC),
	    .mode = flags & O_CREAT ? 0644 : 0,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd == -1 ? -errno : fd;
}

/* A directory of ours: made if it is missing, refused if it is another's. */
static int
directory_open(int parent, const char *name, mode_t mode)
{
	struct stat st;

	if (mkdirat(parent, name, mode) == -1 && errno != EEXIST)
		return -errno;
	CLOSE int fd = root_open_below(parent, name, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == -1)
		return -errno;
	if ((st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	int out = fd;
	fd = -1;
	return out;
}

int
root_open(struct manager *m)
{
	struct { int *fd; const int *parent; const char *name; mode_t mode; }
	rows[] = {
		{ &m->depot, &m->root, "depot", 0755 },
		{ &m->public, &m->root, "public", 0755 },
		{ &m->state, &m->root, "state", 0755 },
		{ &m->receipts, &m->state, "receipts", 0755 },
		{ &m->quarantine, &m->public, ".airlock", 0700 },
		{ &m->staging, &m->depot, ".airlock/staging", 0711 },
	};

	CLOSE int self = directory_open(m->root, ".", 0755);
	if (self < 0)
		return self;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		*rows[i].fd = directory_open(*rows[i].parent, rows[i].name,
		    rows[i].mode);
		if (*rows[i].fd < 0)
			return *rows[i].fd;
	}
	return 0;
}

int
root_lock(struct manager *m, int32_t *holder)
{
	char pid[16] = "";

	if (m->lock == -1)
		m->lock = root_open_below(m->state, "lock", O_RDWR | O_CREAT);
	if (m->lock < 0)
		return m->lock;
	if (flock(m->lock, LOCK_EX | LOCK_NB) == -1) {
		ssize_t n = pread(m->lock, pid, sizeof(pid) - 1, 0);
		*holder = n > 0 ? atoi(pid) : 0;
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	}
	int n = snprintf(pid, sizeof(pid), "%d\n", getpid());
	if (ftruncate(m->lock, 0) == -1 ||
	    pwrite(m->lock, pid, (size_t)n, 0) != n)
		return -errno;
	return 0;
}

int
root_make_parents(int dir, const char *path)
{
	char at[DEPOT_PATH_MAX + 1];

	for (const char *p = path; (p = strchr(p, '/')) != NULL; p++) {
		memcpy(at, path, (size_t)(p - path));
		at[p - path] = '\0';
		if (mkdirat(dir, at, 0755) == -1 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

int
root_read(int dir, const char *path, size_t max, char **text, size_t *size)
{
	struct stat st;

	CLOSE int fd = root_open_below(dir, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	char *buffer = malloc(max + 1);
	if (buffer == NULL)
		return -ENOMEM;
	ssize_t n = pread(fd, buffer, max + 1, 0);
	if (n < 0 || (size_t)n > max) {
		free(buffer);
		return n < 0 ? -errno : -EFBIG;
	}
	buffer[n] = '\0';
	*text = buffer;
	*size = (size_t)n;
	return 0;
}

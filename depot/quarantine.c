/*
 * quarantine.c - files that came from outside.  Their names have an '@' where
 * more than the archive's own name is meant, which no path has: else the
 * signature of x/1 and an archive x/1.sig would be one file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/quarantine.h"
#include "rpc/cap.h"

#define SLICE		(1 << 20)	/* bytes at a time */

/* Is fd, just opened, the quarantined file?  It must have no name elsewhere. */
static int
file_check(const struct quarantined *q, int fd)
{
	struct stat own, st;

	if (fd < 0)
		return fd;
	if (fstat(q->fd, &own) == -1 || fstat(fd, &st) == -1)
		return -errno;
	return st.st_ino == own.st_ino && st.st_dev == own.st_dev &&
	    S_ISREG(own.st_mode) && own.st_nlink == 1 ? 0 : -EPERM;
}

int
quarantine_open(struct store *s, struct quarantined *q,
    const struct depot_path *path, bool signature, bool keep)
{
	const char *what = signature ? QUARANTINE_SIGNATURE : "";
	char flat[DEPOT_PATH_MAX + 1];
	struct stat st;

	*q = (struct quarantined){ .reader = { -1, -1, -1 } };
	depot_path_flat(path, flat);
	snprintf(q->name, sizeof(q->name), "%s%s", flat, what);
	q->fd = store_open_below(s->quarantine, q->name, O_RDWR | O_CREAT);
	int error = file_check(q, q->fd);
	/* Two archives in flight must not be one file. */
	if (error == 0 && flock(q->fd, LOCK_EX | LOCK_NB) == -1)
		error = -errno;
	for (int i = 0; error == 0 && i < 3; i++) {
		q->reader[i] = store_open_below(s->quarantine, q->name,
		    O_RDONLY);
		error = file_check(q, q->reader[i]);
	}
	if (error < 0 || fstat(q->fd, &st) == -1)
		return error < 0 ? error : -errno;
	if (st.st_size == 0 || !keep)
		return quarantine_restart(q);
	SHA256Init(&q->hash);
	q->rehash = (uint64_t)st.st_size;
	return 0;
}

int
quarantine_append(struct quarantined *q, const void *data, size_t size,
    uint64_t max)
{
	if (q->size > max || size > max - q->size)
		return -EFBIG;
	ssize_t n = pwrite(q->fd, data, size, (off_t)q->size);
	if (n != (ssize_t)size)
		return n == -1 ? -errno : -ENOSPC;
	SHA256Update(&q->hash, data, size);
	q->size += size;
	return 0;
}

int
quarantine_restart(struct quarantined *q)
{
	q->size = q->rehash = 0;
	SHA256Init(&q->hash);
	return ftruncate(q->fd, 0) == -1 ? -errno : 0;
}

int
quarantine_slice(struct quarantined *q, uint64_t max)
{
	static unsigned char slice[SLICE];
	size_t want = q->rehash > SLICE ? SLICE : (size_t)q->rehash;
	ssize_t n = pread(q->fd, slice, want, (off_t)q->size);

	if (n <= 0) {
		q->rehash = 0;
		return n < 0 ? -errno : 0;
	}
	SHA256Update(&q->hash, slice, (size_t)n);
	q->size += (uint64_t)n;
	q->rehash -= (uint64_t)n;
	/* Who left it here may have had another limit. */
	return q->size > max ? -EFBIG : q->rehash > 0;
}

void
quarantine_close(struct store *s, struct quarantined *q, bool keep)
{
	if (!keep && q->fd >= 0)
		unlinkat(s->quarantine, q->name, 0);
	cap_close_fd(&q->fd);
	for (int i = 0; i < 3; i++)
		cap_close_fd(&q->reader[i]);
}

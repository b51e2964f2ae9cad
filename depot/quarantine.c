#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/quarantine.h"
#include "rpc/cap.h"

#define SLICE		(1 << 20)	/* bytes at a time */
#define WORTH		(1 << 20)	/* bytes; a smaller one is fetched anew */

/* The tag's file: the struct as it is, never parsed. */
static int
tag_open(struct store *s, const struct quarantined *q, int flags)
{
	char name[STORE_NAME + 4];

	snprintf(name, sizeof(name), "%s.tag", q->name);
	return store_open_below(s->quarantine, name, flags);
}

static bool
tag_read(struct store *s, struct quarantined *q, const char *host)
{
	CLOSE int fd = tag_open(s, q, O_RDONLY);
	struct quarantine_tag *tag = &q->tag;

	if (fd >= 0 && pread(fd, tag, sizeof(*tag), 0) == sizeof(*tag) &&
	    memchr(tag->host, '\0', sizeof(tag->host)) != NULL &&
	    memchr(tag->validator, '\0', sizeof(tag->validator)) != NULL &&
	    strcmp(tag->host, host) == 0 && tag->validator[0] != '\0')
		return true;
	*tag = (struct quarantine_tag){ 0 };
	return false;
}

static int
readers_open(struct store *s, struct quarantined *q, const struct stat *own)
{
	struct stat st;

	for (int i = 0; i < 2; i++) {
		q->reader[i] = store_open_below(s->quarantine, q->name,
		    O_RDONLY);
		if (q->reader[i] < 0)
			return q->reader[i];
		if (fstat(q->reader[i], &st) == -1 ||
		    st.st_ino != own->st_ino || st.st_dev != own->st_dev)
			return -EPERM;
	}
	return 0;
}

int
quarantine_open(struct store *s, struct quarantined *q,
    const struct depot_path *path, bool signature, const char *host)
{
	struct stat st;

	*q = (struct quarantined){ .reader = { -1, -1 } };
	depot_path_flat(path, q->name);
	strcat(q->name, signature ? ".sig" : "");
	q->fd = store_open_below(s->quarantine, q->name, O_RDWR | O_CREAT);
	if (q->fd < 0)
		return q->fd;
	if (fstat(q->fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return -EPERM;
	sha256_init(&q->hash);
	if (st.st_size > 0 && tag_read(s, q, host))
		q->rehash = (uint64_t)st.st_size;
	else if (ftruncate(q->fd, 0) == -1)
		return -errno;
	return readers_open(s, q, &st);
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
	sha256_update(&q->hash, data, size);
	q->size += size;
	return 0;
}

int
quarantine_restart(struct quarantined *q)
{
	q->size = q->rehash = 0;
	sha256_init(&q->hash);
	return ftruncate(q->fd, 0) == -1 ? -errno : 0;
}

int
quarantine_slice(struct quarantined *q, int from, uint64_t max)
{
	static unsigned char slice[SLICE];
	size_t want = from >= 0 || q->rehash > SLICE ? SLICE :
	    (size_t)q->rehash;
	ssize_t n = pread(from >= 0 ? from : q->fd, slice, want,
	    (off_t)q->size);

	if (n <= 0) {
		q->rehash = 0;
		return n < 0 ? -errno : 0;
	}
	if (from >= 0) {
		int error = quarantine_append(q, slice, (size_t)n, max);
		return error < 0 ? error : 1;
	}
	sha256_update(&q->hash, slice, (size_t)n);
	q->size += (uint64_t)n;
	q->rehash -= (uint64_t)n;
	return q->rehash > 0;
}

void
quarantine_remember(struct store *s, const struct quarantined *q,
    uint64_t total)
{
	if (q->tag.validator[0] == '\0' || total < WORTH)
		return;
	CLOSE int fd = tag_open(s, q, O_WRONLY | O_CREAT | O_TRUNC);
	/* Without it the next run begins anew: nothing to mend here. */
	if (fd >= 0)
		(void)!write(fd, &q->tag, sizeof(q->tag));
}

void
quarantine_close(struct store *s, struct quarantined *q, bool keep)
{
	char tag[STORE_NAME + 4];

	snprintf(tag, sizeof(tag), "%s.tag", q->name);
	if (!keep && q->fd >= 0)
		unlinkat(s->quarantine, q->name, 0);
	if (!keep)
		unlinkat(s->quarantine, tag, 0);
	cap_close_fd(&q->fd);
	cap_close_fd(&q->reader[0]);
	cap_close_fd(&q->reader[1]);
}

int
quarantine_publish(struct store *s, const struct quarantined *q,
    const struct depot_path *path, bool signature)
{
	char to[STORE_NAME];
	int error = store_make_parents(s->public, path->text);

	snprintf(to, sizeof(to), "%s%s%s", path->text, depot_path_suffix(path),
	    signature ? ".sig" : "");
	if (error == 0 &&
	    renameat(s->quarantine, q->name, s->public, to) == -1)
		error = -errno;
	return error;
}

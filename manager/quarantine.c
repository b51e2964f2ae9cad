/*
 * public/.airlock: files that nobody has verified yet.  The manager alone holds
 * them writable, and hashes them in the pass that writes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/lines.h"
#include "manager/manager.h"

#define SLICE		(1 << 20)	/* bytes hashed or copied at a time */
#define TAG_MIN		(1 << 20)	/* a smaller file is fetched anew */
#define NAME_SIZE	(DEPOT_PATH_MAX + 16)

static void
file_name(const struct job *job, enum part part, char name[NAME_SIZE])
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(&job->archive->path, flat);
	snprintf(name, NAME_SIZE, "%s%s", flat,
	    part == PART_SIGNATURE ? ".sig" : "");
}

static void
public_name(const struct job *job, enum part part, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s%s%s", job->archive->path.text,
	    depot_path_suffix(&job->archive->path),
	    part == PART_SIGNATURE ? ".sig" : "");
}

/* What a server called the bytes that an earlier run left: only for the same
 * origin's ears. */
static void
tag_read(struct manager *m, struct job *job)
{
	struct quarantined *q = &job->file[PART_ARCHIVE];
	char name[NAME_SIZE + 4], text[512];
	struct slice word, value;

	file_name(job, PART_ARCHIVE, name);
	strcat(name, ".tag");
	CLOSE int fd = root_open_below(m->quarantine, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text), 0);
	struct lines lines = { text, n < 0 ? 0 : (size_t)n, 0 };
	if (lines_next(&lines, &word, &value) == 1 &&
	    value.size == strlen(job->at.host) &&
	    memcmp(value.text, job->at.host, value.size) == 0 &&
	    lines_next(&lines, &word, &value) == 1 &&
	    value.size < sizeof(q->validator))
		memcpy(q->validator, value.text, value.size);
}

void
quarantine_tag(struct manager *m, struct job *job)
{
	const struct quarantined *q = &job->file[PART_ARCHIVE];
	char name[NAME_SIZE + 4], text[512];
	size_t at = 0;

	file_name(job, PART_ARCHIVE, name);
	strcat(name, ".tag");
	if (q->validator[0] == '\0' || job->archive->total < TAG_MIN ||
	    lines_put(text, sizeof(text), &at, "host", job->at.host) < 0 ||
	    lines_put(text, sizeof(text), &at, "tag", q->validator) < 0) {
		unlinkat(m->quarantine, name, 0);
		return;
	}
	CLOSE int fd = root_open_below(m->quarantine, name,
	    O_WRONLY | O_CREAT | O_TRUNC);
	/* Without it the next run begins anew: nothing to mend here. */
	if (fd >= 0)
		(void)!write(fd, text, at);
}

static int
file_open(struct manager *m, struct job *job, enum part part)
{
	struct quarantined *q = &job->file[part];
	char name[NAME_SIZE];
	struct stat st;

	file_name(job, part, name);
	q->fd = root_open_below(m->quarantine, name, O_RDWR | O_CREAT);
	if (q->fd < 0)
		return q->fd;
	if (fstat(q->fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return -EPERM;
	sha256_init(&q->hash);
	q->size = 0;
	if (part == PART_ARCHIVE && st.st_size > 0)
		tag_read(m, job);
	if (q->validator[0] != '\0')
		q->rehash = (uint64_t)st.st_size;
	else if (ftruncate(q->fd, 0) == -1)
		return -errno;
	return 0;
}

/* Descriptions of the very same file for those who may only read it. */
static int
readers_open(struct manager *m, struct job *job)
{
	struct stat own, st;
	char name[NAME_SIZE];

	file_name(job, PART_ARCHIVE, name);
	if (fstat(job->file[PART_ARCHIVE].fd, &own) == -1)
		return -errno;
	for (int i = 0; i < 2; i++) {
		job->reader[i] = root_open_below(m->quarantine, name, O_RDONLY);
		if (job->reader[i] < 0)
			return job->reader[i];
		if (fstat(job->reader[i], &st) == -1)
			return -errno;
		if (st.st_ino != own.st_ino || st.st_dev != own.st_dev)
			return -EPERM;
	}
	return 0;
}

int
quarantine_open(struct manager *m, struct job *job)
{
	int error;

	/* The first origin is the one whose validator may be at hand. */
	if (job->check.user->download != NULL)
		(void)url_line(&job->at, job->check.user->download,
		    job->check.user->download_size, 0);
	for (int part = 0; part < PARTS; part++)
		if ((error = file_open(m, job, (enum part)part)) < 0)
			return error;
	return readers_open(m, job);
}

int
quarantine_append(struct manager *m, struct job *job, const void *data,
    size_t size)
{
	struct quarantined *q = &job->file[job->part];
	uint64_t max = job->part == PART_SIGNATURE ? GATE_MAX + 1 :
	    m->options.max_size;

	if (size > max - q->size)
		return -EFBIG;
	ssize_t n = pwrite(q->fd, data, size, (off_t)q->size);
	if (n != (ssize_t)size)
		return n == -1 ? -errno : -ENOSPC;
	sha256_update(&q->hash, data, size);
	q->size += size;
	return 0;
}

int
quarantine_restart(struct job *job)
{
	struct quarantined *q = &job->file[job->part];

	q->size = q->rehash = 0;
	sha256_init(&q->hash);
	return ftruncate(q->fd, 0) == -1 ? -errno : 0;
}

int
quarantine_slice(struct manager *m, struct job *job)
{
	static unsigned char slice[SLICE];
	struct quarantined *q = &job->file[job->part];
	int from = job->local != -1 ? job->local : q->fd;
	size_t want = job->local != -1 || q->rehash > SLICE ? SLICE :
	    (size_t)q->rehash;

	ssize_t n = want == 0 ? 0 : pread(from, slice, want, (off_t)q->size);
	if (n <= 0) {
		q->rehash = 0;
		cap_close_fd(&job->local);
		return n < 0 ? -errno : 0;
	}
	if (job->local != -1) {
		int error = quarantine_append(m, job, slice, (size_t)n);
		return error < 0 ? error : 1;
	}
	sha256_update(&q->hash, slice, (size_t)n);
	q->size += (uint64_t)n;
	q->rehash -= (uint64_t)n;
	return 1;
}

bool
quarantine_local(struct manager *m, struct job *job, enum part part)
{
	char name[NAME_SIZE];
	struct stat st;

	public_name(job, PART_ARCHIVE, name);
	CLOSE int archive = root_open_below(m->public, name,
	    O_RDONLY | O_NONBLOCK);
	public_name(job, PART_SIGNATURE, name);
	CLOSE int signature = root_open_below(m->public, name,
	    O_RDONLY | O_NONBLOCK);
	if (archive < 0 || signature < 0)
		return false;
	int *chosen = part == PART_ARCHIVE ? &archive : &signature;
	if (fstat(*chosen, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	cap_close_fd(&job->local);
	job->local = *chosen;
	*chosen = -1;
	job->archive->total = (uint64_t)st.st_size;
	return true;
}

int
quarantine_publish(struct manager *m, struct job *job)
{
	char from[NAME_SIZE], to[NAME_SIZE];
	int error = root_make_parents(m->public, job->archive->path.text);

	for (int part = PARTS - 1; error == 0 && part >= 0; part--) {
		file_name(job, (enum part)part, from);
		public_name(job, (enum part)part, to);
		if (renameat(m->quarantine, from, m->public, to) == -1)
			error = -errno;
	}
	return error;
}

void
quarantine_close(struct manager *m, struct job *job, bool keep)
{
	char name[NAME_SIZE + 4];

	cap_close_fd(&job->local);
	for (int part = 0; part < PARTS; part++) {
		file_name(job, (enum part)part, name);
		if (job->file[part].fd >= 0 && !(keep && part == PART_ARCHIVE))
			unlinkat(m->quarantine, name, 0);
		cap_close_fd(&job->file[part].fd);
		cap_close_fd(&job->reader[part]);
	}
	file_name(job, PART_ARCHIVE, name);
	strcat(name, ".tag");
	if (!keep)
		unlinkat(m->quarantine, name, 0);
}

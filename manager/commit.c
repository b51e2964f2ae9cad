/*
 * Commit: receipts, one sync of the file system for all archives that are ready,
 * then one rename each.  A crash before the rename leaves nothing that looks
 * installed; a crash after it, an archive with its receipt.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "depot/lines.h"
#include "manager/manager.h"

#define BATCH		64	/* archives of one sync at most */
#define BATCH_MS	500	/* or after so long */

struct receipt {
	char	text[4096];
	size_t	at;
	int	error;
};

static void
put(struct receipt *r, const char *word, const char *value)
{
	if (r->error == 0)
		r->error = lines_put(r->text, sizeof(r->text), &r->at, word,
		    value);
}

static void
put_number(struct receipt *r, const char *word, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	put(r, word, text);
}

static void
put_hex(struct receipt *r, const char *word, const uint8_t *bytes, size_t size)
{
	char text[2 * SHA256_SIZE + 1];

	sha256_hex(bytes, size, text);
	put(r, word, text);
}

static void
receipt_make(struct receipt *r, const struct manager *m, const struct job *job)
{
	const struct check *c = &job->check;
	const struct cli_key *primary = &c->user->keys[c->primary];

	put(r, "path", job->archive->path.text);
	put(r, "state", "verified");
	put_hex(r, "sha256", job->digest, sizeof(job->digest));
	put_number(r, "size", job->file[PART_ARCHIVE].size);
	put_hex(r, "key", c->fpr, c->fpr_size);
	put_hex(r, "primary-key", primary->fpr, primary->fpr_size);
	put_number(r, "signed", (uint64_t)c->created);
	put(r, "engine", "gpgme");
	put(r, "policy", "quorum 1");
	put_number(r, "jail-layers", c->layers);
	put_number(r, "jail-required", m->options.level);
	put_number(r, "entries", job->entries);
	put_number(r, "unpacked", job->bytes);
	put(r, "wanted", job->archive->wanted ? "yes" : "no");
	put_number(r, "installed", (uint64_t)time(NULL));
}

static int
receipt_write(struct manager *m, const struct job *job)
{
	struct receipt r = { .at = 0 };
	char flat[DEPOT_PATH_MAX + 1];

	receipt_make(&r, m, job);
	if (r.error < 0)
		return r.error;
	depot_path_flat(&job->archive->path, flat);
	CLOSE int fd = root_open_below(m->receipts, flat,
	    O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	ssize_t n = write(fd, r.text, r.at);
	return n == (ssize_t)r.at ? 0 : n == -1 ? -errno : -ENOSPC;
}

static void
receipt_remove(struct manager *m, const struct archive *a)
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(&a->path, flat);
	unlinkat(m->receipts, flat, 0);
}

static int
parent_sync(int dir, const char *path)
{
	char parent[DEPOT_PATH_MAX + 1];

	strcpy(parent, path);
	*strrchr(parent, '/') = '\0';
	CLOSE int fd = root_open_below(dir, parent, O_RDONLY | O_DIRECTORY);
	return fd < 0 ? fd : fsync(fd) == -1 ? -errno : 0;
}

/* The one instant at which an archive becomes installed. */
static int
tree_rename(struct manager *m, struct job *job)
{
	const struct depot_path *path = &job->archive->path;
	char from[STAGING_NAME + DEPOT_PATH_MAX];

	snprintf(from, sizeof(from), "%u/%s", job->staging, path->top);
	if (renameat2(m->staging, from, m->depot, path->text,
	    RENAME_NOREPLACE) == 0)
		return 0;
	/* A file system without the flag: the lock keeps other airlocks out,
	 * and rename() itself replaces no directory that is not empty. */
	if (errno == EINVAL &&
	    faccessat(m->depot, path->text, F_OK, AT_SYMLINK_NOFOLLOW) == -1 &&
	    renameat(m->staging, from, m->depot, path->text) == 0)
		return 0;
	return -errno;
}

static void
job_fail(struct manager *m, struct job *job, int error)
{
	receipt_remove(m, job->archive);
	archive_fail(m, job->archive, error == -ENOSPC || error == -EDQUOT ?
	    WHY_SPACE : error == -EEXIST ? WHY_FOREIGN : WHY_SYSTEM, 0, -error);
}

static bool
is_ready(const struct job *job)
{
	return job->archive != NULL && job->archive->state == CLI_EXTRACTED;
}

static void
batch_prepare(struct manager *m)
{
	for (struct job *j = m->jobs; j < m->jobs + MAX_JOBS; j++) {
		if (!is_ready(j))
			continue;
		int error = root_make_parents(m->depot, j->archive->path.text);
		if (error == 0)
			error = receipt_write(m, j);
		if (error < 0)
			job_fail(m, j, error);
	}
}

static void
batch_rename(struct manager *m)
{
	for (struct job *j = m->jobs; j < m->jobs + MAX_JOBS; j++) {
		if (!is_ready(j))
			continue;
		int error = tree_rename(m, j);
		if (error == 0)
			error = quarantine_publish(m, j);
		if (error == 0)
			error = parent_sync(m->depot, j->archive->path.text);
		if (error < 0)
			job_fail(m, j, error);
		else
			archive_finish(m, j->archive, WHY_INSTALLED);
	}
}

static void
batch_fail(struct manager *m, int error)
{
	for (struct job *j = m->jobs; j < m->jobs + MAX_JOBS; j++)
		if (is_ready(j))
			job_fail(m, j, error);
}

void
commit_advance(struct manager *m)
{
	unsigned int ready = 0, busy = 0;

	for (const struct job *j = m->jobs; j < m->jobs + MAX_JOBS; j++) {
		ready += is_ready(j);
		busy += j->archive != NULL && !is_ready(j);
	}
	if (ready == 0 || m->stopping)
		return;
	if (m->commit_since == 0)
		m->commit_since = rpc_now();
	bool more = busy > 0 || m->next_wanted < m->narchives;
	if (more && ready < BATCH / 2 &&
	    rpc_now() - m->commit_since < BATCH_MS)
		return;
	m->commit_since = 0;
	batch_prepare(m);
	/* Staging, depot, public and state are one file system as a rule; what
	 * is not is synced as well. */
	if (syncfs(m->depot) == -1 || syncfs(m->public) == -1 ||
	    syncfs(m->receipts) == -1)
		batch_fail(m, -errno);
	else
		batch_rename(m);
}

/*
 * The life of archives: which state may follow which, and what starts next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/archives.h"
#include "manager/manager.h"

#define TO(state)	(UINT32_C(1) << (state))
#define FAILURES	(TO(CLI_UNAVAILABLE) | TO(CLI_UNTRUSTED) |	\
	TO(CLI_MALFORMED) | TO(CLI_EXHAUSTED) | TO(CLI_VIOLATED) | TO(CLI_FAILED))

/* No byte reaches a decompressor but by way of VERIFIED (or, deliberately,
 * BLESSED), nor the depot but by way of EXTRACTED. */
static const uint32_t transitions[CLI_NSTATES] = {
	[CLI_NO_STATE]	  = TO(CLI_WANTED),
	[CLI_WANTED]	  = TO(CLI_DOWNLOADING) | TO(CLI_COMMITTED) | FAILURES,
	[CLI_DOWNLOADING] = TO(CLI_FETCHED) | FAILURES,
	[CLI_FETCHED]	  = TO(CLI_VERIFYING) | FAILURES,
	[CLI_VERIFYING]	  = TO(CLI_VERIFIED) | FAILURES,
	[CLI_VERIFIED]	  = TO(CLI_EXTRACTING) | FAILURES,
	[CLI_BLESSED]	  = TO(CLI_EXTRACTING) | FAILURES,
	[CLI_EXTRACTING]  = TO(CLI_EXTRACTED) | FAILURES,
	[CLI_EXTRACTED]	  = TO(CLI_COMMITTED) | FAILURES,
};

#define WHY_STATE(why, state, word, text) [why] = state,
static const enum cli_state why_state[CLI_NWHYS] = { CLI_REASONS(WHY_STATE) };

void
archive_set(struct manager *m, struct archive *a, enum cli_state state)
{
	(void)m;
	if (!(transitions[a->state] & TO(state)))
		abort();	/* our own mistake: stop before it spreads */
	a->state = state;
	a->now = a->total = 0;
	a->dirty = true;
}

void
archive_finish(struct manager *m, struct archive *a, enum cli_why why)
{
	struct job *job = a->job;

	a->why = why;
	archive_set(m, a, why_state[why]);
	m->unfinished--;
	if (job == NULL)
		return;
	a->job = NULL;
	fetch_stop(job);
	check_close(&job->check);
	if (job->extractor != NULL) {
		job->extractor->owner = NULL;
		worker_end(job->extractor, why);
	}
	/* A partial download is kept for the next run; a file that is complete
	 * and yet failed would only fail again. */
	quarantine_close(m, job, a->state == CLI_UNAVAILABLE ||
	    why == WHY_STOPPED || why == WHY_SPACE);
	staging_remove(m, job);
	*job = (struct job){ 0 };
}

void
archive_fail(struct manager *m, struct archive *a, enum cli_why why,
    uint32_t detail, int error)
{
	a->detail = detail;
	a->error = error;
	archive_finish(m, a, why);
}

/* FNV-1a: only to find paths, nothing is decided by it. */
static uint64_t
path_hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	while (*text != '\0')
		h = (h ^ (unsigned char)*text++) * UINT64_C(0x100000001b3);
	return h;
}

static struct archive *
archive_find(struct manager *m, const char *text, uint64_t hash)
{
	for (uint32_t i = 0; i < m->narchives; i++)
		if (m->archives[i]->hash == hash &&
		    strcmp(m->archives[i]->path.text, text) == 0)
			return m->archives[i];
	return NULL;
}

static int
archives_grow(struct manager *m)
{
	uint32_t n = m->narchives;

	if (n >= MAX_ARCHIVES)
		return -E2BIG;
	if ((n & (n - 1)) != 0)
		return 0;	/* room is doubled at each power of two */
	void *grown = reallocarray(m->archives, n == 0 ? 1 : 2 * (size_t)n,
	    sizeof(*m->archives));
	if (grown == NULL)
		return -ENOMEM;
	m->archives = grown;
	return 0;
}

struct archive *
archive_want(struct manager *m, const struct depot_path *path, bool wanted,
    enum cli_why *why)
{
	uint64_t hash = path_hash(path->text);
	struct archive *a = archive_find(m, path->text, hash);

	if (a != NULL) {
		a->wanted |= wanted;
		return a;
	}
	*why = WHY_MANY;
	if (archives_grow(m) < 0 || (a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	depot_path_copy(&a->path, path);
	a->hash = hash;
	a->number = m->narchives;
	a->wanted = wanted;
	m->archives[m->narchives++] = a;
	m->unfinished++;
	archive_set(m, a, CLI_WANTED);
	return a;
}

/* ---- dependencies ---- */

static enum cli_why
dependency_want(struct manager *m, const struct depot_path *path)
{
	struct depot_path bin;
	enum cli_why why = WHY_NONE;

	if (path->type != DEPOT_SRC)
		return archive_want(m, path, false, &why) == NULL ? why :
		    WHY_NONE;
	if (archives_bin(&bin, path, m->options.arch) < 0)
		return WHY_ARCHIVES;
	if (archive_want(m, &bin, false, &why) == NULL)
		return why;
	if (m->options.flags & CLI_SOURCE &&
	    archive_want(m, path, false, &why) == NULL)
		return why;
	return WHY_NONE;
}

/* What a pkg archive that lies at dir/top needs besides. */
enum cli_why
dependencies_want(struct manager *m, int dir, const char *top)
{
	struct archives list = { 0 };
	struct depot_path path;
	char name[DEPOT_PATH_MAX + sizeof("/archives")], *text;
	enum cli_why why = WHY_NONE;
	int more = 0;

	strcpy(stpcpy(name, top), "/archives");
	int error = root_read(dir, name, ARCHIVES_MAX, &text, &list.size);
	if (error < 0)
		return WHY_ARCHIVES;
	list.text = text;
	/* All lines are checked before one of them is wanted. */
	while ((more = archives_next(&list, &path)) > 0)
		continue;
	list.at = 0;
	while (more == 0 && why == WHY_NONE &&
	    archives_next(&list, &path) > 0)
		why = dependency_want(m, &path);
	free(text);
	return more < 0 ? WHY_ARCHIVES : why;
}

/* ---- what can start ---- */

static struct job *
job_new(struct manager *m, struct archive *a)
{
	unsigned int busy = 0;
	struct job *free_job = NULL;

	for (size_t i = 0; i < MAX_JOBS; i++) {
		if (m->jobs[i].archive == NULL)
			free_job = &m->jobs[i];
		else if (m->jobs[i].archive->state == CLI_DOWNLOADING)
			busy++;
	}
	if (free_job == NULL || busy >= m->options.jobs)
		return NULL;
	*free_job = (struct job){ .archive = a, .local = -1,
	    .file = { { .fd = -1 }, { .fd = -1 } }, .reader = { -1, -1 },
	    .check = { .data = -1, .signature = -1 } };
	a->job = free_job;
	return free_job;
}

/* Is it there already?  A directory without a receipt is somebody else's. */
static enum cli_why
archive_present(struct manager *m, const struct archive *a)
{
	char flat[DEPOT_PATH_MAX + 1];
	struct stat st;

	CLOSE int fd = root_open_below(m->depot, a->path.text, O_PATH);
	if (fd < 0)
		return fd == -ENOENT ? WHY_NONE : WHY_SYSTEM;
	depot_path_flat(&a->path, flat);
	return fstatat(m->receipts, flat, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    WHY_PRESENT : WHY_FOREIGN;
}

/* From WANTED to what is next: false if there is no room for it now. */
static bool
archive_begin(struct manager *m, struct archive *a)
{
	enum cli_why why = archive_present(m, a);

	if (why == WHY_PRESENT && a->path.type == DEPOT_PKG) {
		enum cli_why needs = dependencies_want(m, m->depot,
		    a->path.text);
		why = needs == WHY_NONE ? why : needs;
	}
	if (why == WHY_NONE && m->options.flags & CLI_DRY_RUN)
		why = WHY_DRY_RUN;
	if (why != WHY_NONE) {
		archive_finish(m, a, why);
		return true;
	}
	struct job *job = job_new(m, a);
	if (job == NULL)
		return false;
	struct user *user = user_find(m, a->path.user);
	job->check.user = user;
	archive_set(m, a, CLI_DOWNLOADING);
	if (user == NULL || user->why != WHY_NONE) {
		archive_fail(m, a, user == NULL ? WHY_MANY : user->why, 0, 0);
		return true;
	}
	int error = quarantine_open(m, job);
	if (error < 0)
		archive_fail(m, a, error == -ENOSPC ? WHY_SPACE : WHY_SYSTEM, 0,
		    error);
	else
		fetch_start(m, job);
	return true;
}

static bool
room_for(const struct manager *m, enum cli_state state)
{
	unsigned int busy = 0;

	for (size_t i = 0; i < MAX_JOBS; i++)
		busy += m->jobs[i].archive != NULL &&
		    m->jobs[i].archive->state == state;
	return busy < m->options.jobs;
}

static void
fetched_advance(struct manager *m, struct job *job)
{
	struct archive *a = job->archive;
	struct user *user = job->check.user;

	if (user->why != WHY_NONE)
		archive_fail(m, a, user->why, 0, 0);
	else if (user->listed && room_for(m, CLI_VERIFYING)) {
		archive_set(m, a, CLI_VERIFYING);
		check_start(&job->check);
	}
}

static void
verifying_advance(struct manager *m, struct job *job)
{
	struct archive *a = job->archive;

	if (!job->check.done)
		return;
	if (job->check.why != WHY_NONE)
		archive_fail(m, a, job->check.why, job->check.detail, 0);
	else
		archive_set(m, a, CLI_VERIFIED);
}

static void
job_advance(struct manager *m, struct job *job)
{
	switch (job->archive->state) {
	case CLI_DOWNLOADING:
		fetch_advance(m, job);
		break;
	case CLI_FETCHED:
		fetched_advance(m, job);
		break;
	case CLI_VERIFYING:
		verifying_advance(m, job);
		break;
	case CLI_VERIFIED:
		if (room_for(m, CLI_EXTRACTING))
			extract_start(m, job);
		break;
	default:
		break;		/* waits for its worker, or for the commit */
	}
}

void
archives_advance(struct manager *m)
{
	if (m->run_serial == 0)
		return;
	for (size_t i = 0; i < MAX_JOBS; i++)
		if (m->jobs[i].archive != NULL)
			job_advance(m, &m->jobs[i]);
	commit_advance(m);
	while (!m->stopping && m->next_wanted < m->narchives &&
	    archive_begin(m, m->archives[m->next_wanted]))
		m->next_wanted++;
	for (uint32_t i = 0; m->stopping && i < m->narchives; i++)
		if (m->archives[i]->state < CLI_COMMITTED)
			archive_finish(m, m->archives[i], WHY_STOPPED);
}

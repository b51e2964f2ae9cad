/*
 * Extraction: a fresh staging directory, one extractor's child, and afterwards a
 * look at what it made (tree.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extractor/extractor.h"
#include "manager/manager.h"

#define MAX_DEPTH	64	/* components of an entry's path */

RPC_MANAGER_SIDE(EXTRACTOR_RPC, extractor_rows)

static void
template_ended(struct worker *w)
{
	w->m->extractor = NULL;
}

/* Started before the first archive needs it; again, if it has died. */
int
extract_template(struct manager *m)
{
	CLOSE int nothing = buffer_seal("", 0);

	if (m->extractor == NULL)
		m->extractor = worker_template(m, LAUNCHER_AN_EXTRACTOR,
		    nothing);
	if (m->extractor == NULL)
		return -EAGAIN;
	m->extractor->ended = template_ended;
	return 0;
}

void
staging_name(const struct job *job, char name[STAGING_NAME])
{
	snprintf(name, STAGING_NAME, "%u", job->staging);
}

void
staging_remove(struct manager *m, struct job *job)
{
	char name[STAGING_NAME];

	if (job->staging == 0)
		return;
	staging_name(job, name);
	(void)tree_remove(m->staging, name);	/* else the next run's */
	job->staging = 0;
}

/* Empty, and the extractor's own: its uid differs from ours if we are root. */
static int
staging_make(struct manager *m, struct job *job)
{
	const uid_t uid = LAUNCHER_UID_BASE +
	    LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR);
	char name[STAGING_NAME];

	job->staging = ++m->last_staging;
	staging_name(job, name);
	if (mkdirat(m->staging, name, 0700) == -1 ||
	    (geteuid() == 0 && fchownat(m->staging, name, uid, uid,
		AT_SYMLINK_NOFOLLOW) == -1))
		return -errno;
	return 0;
}

static enum cli_why
outcome_why(uint32_t outcome)
{
	static const enum cli_why whys[] = {
		[EXTRACTOR_CORRUPT] = WHY_CORRUPT,
		[EXTRACTOR_ABSOLUTE] = WHY_ABSOLUTE,
		[EXTRACTOR_DOTDOT] = WHY_DOTDOT,
		[EXTRACTOR_NAME] = WHY_NAME,
		[EXTRACTOR_DEPTH] = WHY_DEPTH,
		[EXTRACTOR_TOPDIR] = WHY_TOPDIR,
		[EXTRACTOR_THROUGH_LINK] = WHY_THROUGH_LINK,
		[EXTRACTOR_LINK_OUT] = WHY_LINK_OUT,
		[EXTRACTOR_REPLACES] = WHY_REPLACES,
		[EXTRACTOR_TYPE] = WHY_TYPE,
		[EXTRACTOR_HEADERS] = WHY_HEADERS,
		[EXTRACTOR_BYTES] = WHY_BYTES,
		[EXTRACTOR_ENTRIES] = WHY_ENTRIES,
		[EXTRACTOR_RATIO] = WHY_RATIO,
		[EXTRACTOR_EMPTY] = WHY_EMPTY,
		[EXTRACTOR_SPACE] = WHY_SPACE,
		[EXTRACTOR_SYSTEM] = WHY_SYSTEM,
	};

	return outcome < sizeof(whys) / sizeof(whys[0]) ? whys[outcome] :
	    WHY_NONE;
}

static int
answered_extractor_extract(struct rpc *rpc, void *context,
    const struct extractor_extract_rep *rep, struct cap *caps)
{
	struct worker *w = rpc->owner;
	struct job *job = w->owner;

	(void)context, (void)caps;
	if (rep->outcome != EXTRACTOR_DONE &&
	    outcome_why(rep->outcome) == WHY_NONE)
		return -EBADMSG;
	if (job == NULL)
		return 0;
	job->outcome = rep->outcome;
	job->archive->detail = (uint32_t)rep->entry;
	job->archive->error = rep->error;
	w->answered = true;
	return 0;
}

static int
heard_extractor_progress(struct rpc *rpc,
    const struct extractor_progress_req *req, struct cap *caps, uint32_t serial)
{
	struct worker *w = rpc->owner;
	struct job *job = w->owner;

	(void)caps, (void)serial;
	/* Only more bytes are progress, and they have an end. */
	if (job == NULL || req->bytes <= job->archive->now ||
	    req->bytes > w->m->options.max_bytes)
		return 0;
	rpc_extend(rpc, job, SILENCE_MS);
	job->archive->now = req->bytes;
	job->archive->dirty = true;
	return 0;
}

/* The extractor is gone: what is in staging does not change any more. */
static void
extractor_ended(struct worker *w)
{
	struct job *job = w->owner;
	uint32_t detail = 0;

	if (job == NULL)
		return;
	struct archive *a = job->archive;
	job->extractor = NULL;
	if (!w->answered) {
		enum cli_why why = worker_why(w, &detail);
		archive_fail(w->m, a, why, detail, 0);
		return;
	}
	enum cli_why why = outcome_why(job->outcome);
	if (why == WHY_NONE)
		why = tree_check(w->m, job);
	if (why == WHY_NONE && a->path.type == DEPOT_PKG) {
		char top[STAGING_NAME + DEPOT_PATH_MAX];
		snprintf(top, sizeof(top), "%u/%s", job->staging, a->path.top);
		why = dependencies_want(w->m, w->m->staging, top);
	}
	if (why != WHY_NONE)
		archive_fail(w->m, a, why, a->detail, a->error);
	else
		archive_set(w->m, a, CLI_EXTRACTED);
}

void
extract_start(struct manager *m, struct job *job)
{
	struct extractor_extract_req req = {
		.format = depot_path_is_file(&job->archive->path) ?
		    EXTRACTOR_XZ : EXTRACTOR_TAR_XZ,
		.max_depth = MAX_DEPTH,
		.size = job->check.size,
		.max_bytes = m->options.max_bytes,
		.max_entries = m->options.max_entries,
		.max_ratio = m->options.max_ratio,
	};
	const struct cap archive = { job->reader[1] };

	archive_set(m, job->archive, CLI_EXTRACTING);
	int error = staging_make(m, job);
	if (error < 0) {
		archive_fail(m, job->archive, error == -ENOSPC ? WHY_SPACE :
		    WHY_SYSTEM, 0, -error);
		return;
	}
	if (extract_template(m) == 0)
		job->extractor = worker_fork(m->extractor, job->staging,
		    RPC_ROWS(extractor_rows));
	if (job->extractor == NULL) {
		archive_fail(m, job->archive, WHY_JAIL, 0, 0);
		return;
	}
	job->extractor->owner = job;
	job->extractor->ended = extractor_ended;
	job->extractor->rpc.phase = EXTRACTOR_IDLE;
	strcpy(req.top, job->archive->path.top);
	/* A failure to ask is seen at its end. */
	if (ask_extractor_extract(&job->extractor->rpc, &req, &archive,
	    SILENCE_MS, job) < 0)
		worker_end(job->extractor, WHY_DIED);
}

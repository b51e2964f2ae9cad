/*
 * Extraction: a fresh staging directory, one extractor's child, and afterwards a
 * look at what it made (depot/tree.c).
 */
#include <errno.h>
#include <string.h>

#include "depot/tree.h"
#include "extractor/extractor.h"
#include "manager/manager.h"

#define MAX_DEPTH	64	/* components of an entry's path */

RPC_MANAGER_SIDE(EXTRACTOR_RPC, extractor_rows)

/* What a refusal is called; an outcome that is not here is a lie. */
static const enum cli_why whys[] = {
	[EXTRACTOR_DONE] = WHY_INSTALLED,
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

static void
template_ended(struct worker *w)
{
	(void)w;
	manager.extractor = NULL;
}

/* Started before the first archive needs it; again, if it has died. */
void
extract_template(void)
{
	CLOSE int nothing = buffer_seal("", 0);

	if (manager.extractor != NULL)
		return;
	manager.extractor = worker_template(&manager.workers,
	    LAUNCHER_AN_EXTRACTOR, nothing);
	if (manager.extractor == NULL)
		return;
	manager.extractor->owner = &manager;
	manager.extractor->ended = template_ended;
}

ANSWERED(extractor_extract)
{
	struct worker *w = rpc->owner;
	struct job *job = context;

	if (rep->outcome >= sizeof(whys) / sizeof(whys[0]) ||
	    whys[rep->outcome] == WHY_NONE)
		return -EBADMSG;
	job->outcome = rep->outcome;
	job->detail = (uint32_t)rep->entry;
	job->error = rep->error;
	w->answered = true;
	return 0;
}

HEARD(extractor_progress)
{
	const struct worker *w = rpc->owner;
	struct job *job = w->owner;

	/* Only more bytes are progress, and they have an end. */
	if (job == NULL || req->bytes <= job->now ||
	    req->bytes > manager.options.max_bytes)
		return 0;
	rpc_extend(rpc, job, SILENCE_MS);
	job->now = req->bytes;
	job->dirty = true;
	return 0;
}

/* The extractor is gone: what is in staging does not change any more. */
static void
extractor_ended(struct worker *w)
{
	struct tree tree = { .max_entries = manager.options.max_entries,
	    .max_bytes = manager.options.max_bytes };
	struct job *job = w->owner;
	uint32_t detail;

	job->extractor = NULL;
	if (!w->answered) {
		enum cli_why why = why_of(w, &detail);
		job_end(job, why, detail, 0);
		return;
	}
	if (job->outcome != EXTRACTOR_DONE) {
		job_end(job, whys[job->outcome], job->detail, job->error);
		return;
	}
	int error = tree_check(manager.store.staging, job->staging,
	    job->path.top, depot_path_is_file(&job->path), &tree);
	job->entries = tree.entries;
	job->bytes = tree.bytes;
	if (error == -EPERM)
		job_end(job, WHY_TREE, 0, 0);
	else if (error < 0)
		job_fail(job, error);
	else
		job_set(job, CLI_EXTRACTED);
}

void
extract_start(struct job *job)
{
	const struct cli_open_req *o = &manager.options;
	struct extractor_extract_req req = { .max_depth = MAX_DEPTH,
	    .format = depot_path_is_file(&job->path) ? EXTRACTOR_XZ :
		EXTRACTOR_TAR_XZ, .size = job->check.size,
	    .max_bytes = o->max_bytes, .max_entries = o->max_entries,
	    .max_ratio = o->max_ratio };
	const struct cap archive = { job->file[PART_ARCHIVE].reader[1] };

	job_set(job, CLI_EXTRACTING);
	job->staging = ++manager.last_staging;
	int error = store_stage(&manager.store, job->staging,
	    LAUNCHER_UID_BASE + LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR));
	if (error < 0) {
		job_fail(job, error);
		return;
	}
	extract_template();
	if (manager.extractor != NULL)
		job->extractor = worker_fork(manager.extractor, job->staging,
		    RPC_ROWS(extractor_rows));
	if (job->extractor == NULL) {
		job_end(job, WHY_JAIL, 0, 0);
		return;
	}
	job->extractor->owner = job;
	job->extractor->ended = extractor_ended;
	strcpy(req.top, job->path.top);
	/* A failure to ask is seen at its end. */
	if (ask_extractor_extract(&job->extractor->rpc, &req, &archive,
	    SILENCE_MS, job) < 0)
		worker_end(job->extractor, WORKER_DIED);
}

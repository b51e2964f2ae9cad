/*
 * Extraction: a fresh staging directory, one extractor's child, and afterwards a
 * look at what it made (depot/tree.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "depot/tree.h"
#include "extractor/extractor.h"
#include "manager/manager.h"

#define MAX_DEPTH	64	/* components of an entry's path */

RPC_MANAGER_SIDE(EXTRACTOR_RPC, extractor_rows)

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
	    LAUNCHER_AN_EXTRACTOR, nothing, &manager, template_ended);
}

ANSWERED(extractor_extract)
{
	struct worker *w = rpc->owner;
	struct job *job = context;

	if (rep->outcome != EXTRACTOR_DONE &&
	    (rep->outcome < WHY_ARCHIVES || rep->outcome > WHY_SYSTEM))
		return -EBADMSG;
	job->outcome = rep->outcome;
	memcpy(job->manifest, rep->manifest, sizeof(job->manifest));
	job->detail = (uint32_t)rep->entry;
	job->error = rep->error;
	w->answered = true;
	return 0;
}

HEARD(extractor_progress)
{
	const struct worker *w = rpc->owner;
	struct job *job = w->owner;

	/* Only more is progress, and it has an end. */
	if (job == NULL || req->work <= job->now || req->work >
	    job->req.max_bytes + job->req.max_entries)
		return 0;
	rpc_extend(rpc, job, manager.options.silence);
	job->now = req->work;
	job->dirty = true;
	return 0;
}

/* It is not installed; what it lists counts from now on. */
static void
catalog_extracted(struct job *job)
{
	char name[32];

	snprintf(name, sizeof(name), "%u/%s", CLI_STAGING(job->req.archive),
	    job->path.top);
	CLOSE int fd = store_open_below(manager.store.staging, name, O_RDONLY);
	/* Any file of the publisher's could be passed off as one. */
	enum cli_why why = !job->check.bound ? WHY_UNBOUND :
	    fd < 0 || catalog_accept(&job->check, fd) < 0 ? WHY_SYSTEM :
	    WHY_INSTALLED;
	job_end(job, why, 0, 0);
}

/* The extractor is gone: what is in staging does not change any more. */
static void
extractor_ended(struct worker *w)
{
	struct job *job = w->owner;
	struct tree tree = { .max_bytes = job->req.max_bytes,
	    .max_entries = job->req.max_entries };

	enum cli_why why = w->answered ?
	    (enum cli_why)job->outcome : worker_why(w, &job->detail);
	if (why != WHY_INSTALLED) {
		job_end(job, why, job->detail, job->error);
		return;
	}
	int error = tree_check(manager.store.staging,
	    CLI_STAGING(job->req.archive), job->path.top,
	    depot_path_is_file(&job->path), &tree);
	job->entries = tree.entries;
	job->bytes = tree.bytes;
	if (error == -EPERM)
		job_end(job, WHY_TREE, 0, 0);
	else if (error < 0)
		job_fail(job, error);
	else if (job->path.type == DEPOT_CATALOG)
		catalog_extracted(job);
	else
		job_set(job, CLI_EXTRACTED);
}

void
extract_start(struct job *job)
{
	struct extractor_extract_req req = { .max_depth = MAX_DEPTH,
	    .format = depot_path_is_file(&job->path) ? EXTRACTOR_XZ :
		job->path.type == DEPOT_PKG ? EXTRACTOR_PKG :
		EXTRACTOR_TAR_XZ, .size = job->check.size,
	    .max_bytes = job->req.max_bytes,
	    .max_entries = job->req.max_entries,
	    .max_ratio = job->req.max_ratio };
	const struct cap archive = { job->file[PART_ARCHIVE].reader[ENGINES] };

	job_set(job, CLI_EXTRACTING);
	extract_template();
	struct worker *w = worker_fork(manager.extractor,
	    CLI_STAGING(job->req.archive), RPC_ROWS(extractor_rows), job,
	    extractor_ended);
	if (w == NULL) {
		job_end(job, WHY_JAIL, 0, 0);
		return;
	}
	strcpy(req.top, job->path.top);
	(void)ask_extractor_extract(&w->rpc, &req, &archive,
	    manager.options.silence, job);
}

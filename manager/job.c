/*
 * The life of an archive: which state may follow which, and what starts next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manager/manager.h"
#include "trust/receipt.h"

#define BATCH		(CLI_INSTALLS / 2)	/* that one sync waits for */
#define BATCH_MS	500	/* and how long */

/* The only successor of each state; failure may follow any.  No byte reaches a
 * decompressor but by way of VERIFIED (or, waived deliberately, BLESSED), nor
 * the depot but by way of EXTRACTED. */
static const enum cli_state successor[CLI_NSTATES] = {
	[CLI_NO_STATE]	  = CLI_WANTED,
	[CLI_WANTED]	  = CLI_DOWNLOADING,
	[CLI_DOWNLOADING] = CLI_FETCHED,
	[CLI_FETCHED]	  = CLI_VERIFYING,
	[CLI_VERIFYING]	  = CLI_VERIFIED,
	[CLI_VERIFIED]	  = CLI_EXTRACTING,
	[CLI_BLESSED]	  = CLI_EXTRACTING,
	[CLI_EXTRACTING]  = CLI_EXTRACTED,
	[CLI_EXTRACTED]	  = CLI_COMMITTED,
};

void
job_set(struct job *job, enum cli_state state)
{
	/* Without a publisher's key, there is nothing to verify with. */
	bool blesses = state == CLI_BLESSED && job->state == CLI_FETCHED &&
	    job->check.user == NULL && (job->req.flags & CLI_WAIVED);

	if (successor[job->state] != state && !blesses)
		abort();	/* our own mistake: stop before it spreads */
	job->state = state;
	job->now = job->total = 0;
	job->dirty = true;
}

void
workers_disown(const void *owner)
{
	struct worker *w = manager.workers.worker;

	for (; w < manager.workers.worker + WORKERS_MAX; w++)
		if (w->all != NULL && w->owner == owner) {
			w->owner = NULL;
			worker_end(w, WHY_STOPPED);
		}
}

void
job_end(struct job *job, enum cli_why why, uint32_t detail, int error)
{
	/* A partial download is kept for the next run, and evidence; what else
	 * is complete and yet refused is not. */
	bool good = why == WHY_INSTALLED || why == WHY_BLESSED ||
	    why == WHY_SPLIT;
	bool keeps = (why >= WHY_NO_NAME && why <= WHY_STALLED) ||
	    why == WHY_STOPPED || why == WHY_SPACE;
	job->state = CLI_NO_STATE;
	fetch_stop(job);
	workers_disown(job);
	workers_disown(&job->check);
	cap_close_fd(&job->check.signature);
	for (int part = 0; part < PARTS; part++)
		quarantine_close(&manager.store, &job->file[part],
		    job->file[part].size > 0 &&
		    (good || (part == PART_ARCHIVE && keeps)));
	job_answer(job, why, detail, error);
}

void
job_fail(struct job *job, int error)
{
	job_end(job, error == -ENOSPC || error == -EDQUOT ? WHY_SPACE :
	    error == -EEXIST ? WHY_FOREIGN : WHY_SYSTEM, 0, -error);
}

/* ---- what can start ---- */

static bool
has_room(enum cli_state state)
{
	unsigned int busy = 0;

	FOR_JOBS(job)
		busy += job->state == state;
	return busy < manager.options.jobs;
}

static void
job_begin(struct job *job)
{
	struct user *user = trust_user(&manager.trust, job->path.user);
	enum cli_why why = user != NULL ? user->why :
	    job->req.flags & CLI_WAIVED ? WHY_NONE : WHY_NO_KEY;
	int error = 0;

	job->check.user = user;
	job->check.path = job->path.text;
	if (why == WHY_NONE && user != NULL && job->req.line != 0)
		why = catalog_vouch(&job->check, job->req.line, job->listed);
	if (why != WHY_NONE) {
		job_end(job, why, 0, 0);
		return;
	}
	job_set(job, CLI_DOWNLOADING);
	if (user == NULL || job->check.done)
		part_archive(job);
	for (int part = 0; error == 0 && part < PARTS; part++)
		error = quarantine_open(&manager.store, &job->file[part],
		    &job->path, part == PART_SIGNATURE,
		    (job->req.flags & CLI_COPIED) || (part == PART_ARCHIVE &&
			job->req.tag.validator[0] != '\0'));
	struct quarantined *q = &job->file[PART_ARCHIVE];
	if (error < 0)
		job_fail(job, error);
	else if (q->rehash > 0)
		q->tag = job->req.tag;
}

static void
job_verify(struct job *job)
{
	const struct user *user = job->check.user;

	memcpy(job->check.data, job->file[PART_ARCHIVE].reader,
	    sizeof(job->check.data));
	job->check.size = job->file[PART_ARCHIVE].size;
	if (user == NULL)
		job_set(job, CLI_BLESSED);
	else if (user->why != WHY_NONE)
		job_end(job, user->why, 0, 0);
	else if (user->listed && has_room(CLI_VERIFYING)) {
		job_set(job, CLI_VERIFYING);
		if (!job->check.done)
			check_start(&job->check);
	}
}

static void
job_done(struct job *job)
{
	job_end(job, job->check.user == NULL ? WHY_BLESSED : WHY_INSTALLED, 0,
	    0);
}

static void
job_advance(struct job *job)
{
	switch (job->state) {
	case CLI_WANTED:
		if (has_room(CLI_DOWNLOADING))
			job_begin(job);
		break;
	case CLI_DOWNLOADING:
		fetch_advance(job);
		break;
	case CLI_FETCHED:
		job_verify(job);
		break;
	case CLI_VERIFYING:
		if (job->check.done && job->check.why == WHY_NONE)
			job_set(job, CLI_VERIFIED);
		else if (job->check.done)
			job_end(job, job->check.why, job->check.detail, 0);
		break;
	case CLI_VERIFIED:
	case CLI_BLESSED:
		if (job->req.flags & CLI_KEEP_PACKED)
			job_done(job);
		else if (has_room(CLI_EXTRACTING))
			extract_start(job);
		break;
	default:
		break;		/* waits for its worker, the commit or the cli */
	}
}

/* ---- commit: all that is ready at once, between two syncs ---- */

static int
job_receipt(struct job *job)
{
	const struct receipt receipt = { .path = &job->path,
	    .staging = CLI_STAGING(job->req.archive),
	    .digest = job->digest, .manifest = job->manifest,
	    .level = manager.workers.lowest, .entries = job->entries,
	    .bytes = job->bytes, .exceptions = job->req.exceptions,
	    .serial = job->req.serial,
	    .wanted = job->req.flags & CLI_WANTED_BY_NAME,
	    .check = &job->check };

	return receipt_write(&manager.store, &receipt);
}

/* What is ready goes on to the disk, or it all fails. */
static void
jobs_sync(void)
{
	int error = store_sync(&manager.store);

	FOR_JOBS(job)
		if (job->state == CLI_EXTRACTED && error < 0)
			job_fail(job, error);
}

/* The rename that installs it. */
static void
job_commit(struct job *job)
{
	int error = store_commit(&manager.store, &job->path,
	    CLI_STAGING(job->req.archive));

	if (error < 0) {
		store_receipt_remove(&manager.store, &job->path);
		job_fail(job, error);
	}
}

static void
jobs_commit(void)
{
	FOR_JOBS(job) {
		int error = job->state == CLI_EXTRACTED ? job_receipt(job) : 0;
		/* Half a receipt is none; what is installed keeps its own. */
		if (error < 0 && error != -EEXIST)
			store_receipt_remove(&manager.store, &job->path);
		if (error < 0)
			job_fail(job, error);
	}
	jobs_sync();
	FOR_JOBS(job)
		if (job->state == CLI_EXTRACTED)
			job_commit(job);
	/* What is told to be installed survives the loss of power. */
	jobs_sync();
	FOR_JOBS(job)
		if (job->state == CLI_EXTRACTED)
			job_done(job);
}

void
jobs_advance(void)
{
	unsigned int ready = 0, busy = 0;

	FOR_JOBS(job) {
		if (manager.stopping && job->state < CLI_COMMITTED)
			job_end(job, WHY_STOPPED, 0, 0);
		/* Several steps at once, if nothing has to be waited for. */
		enum cli_state before;
		do {
			before = job->state;
			job_advance(job);
		} while (job->state != before);
		ready += job->state == CLI_EXTRACTED;
		busy += job->state != CLI_NO_STATE &&
		    job->state < CLI_EXTRACTED;
	}
	if (ready == 0)
		manager.commit_since = rpc_now();
	else if (busy == 0 || ready >= BATCH ||
	    rpc_now() - manager.commit_since >= BATCH_MS) {
		jobs_commit();
		manager.commit_since = rpc_now();
	}
}

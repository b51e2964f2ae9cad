/*
 * Fetching: for each origin a fetcher, and a dialer that makes its connections.
 *
 * They have a line of their own (rpc/line.h), on which a fetcher can name no
 * place: to which origin it leads is said here, to the dialer.  The fetcher says
 * what it received; whether a redirect is followed and when enough is enough is
 * decided here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "dialer/dialer.h"
#include "manager/manager.h"

#define MAX_HOPS	5
#define MAX_RESTARTS	5
#define CONNECTIONS	6	/* of one fetcher at a time, as browsers do */
#define DIAL_MS		10000	/* for each address */
/* A transfer's number as the context of a call. */
#define CONTEXT(transfer) ((void *)(uintptr_t)(transfer))

RPC_MANAGER_SIDE(FETCHER_RPC, fetcher_rows)
RPC_MANAGER_SIDE(DIALER_RPC, dialer_rows)

/* How long a fetcher may show no progress: it tries again by itself, with
 * pauses of up to 8 seconds, and perhaps on a new connection. */
static uint64_t
patience(void)
{
	return SILENCE_MS + ((uint64_t)manager.options.retries + 1) *
	    ((uint64_t)manager.options.stall + 8000 + DIALER_CONNECT_MS);
}

/* It makes progress, with one of its transfers: the others wait for that. */
static void
fetcher_extend(struct fetcher *f)
{
	FOR_JOBS(job)
		if (job->fetcher == f)
			rpc_extend(&f->worker->rpc, CONTEXT(job->transfer),
			    patience());
}

static uint64_t
part_max(const struct job *job)
{
	return job->part == PART_SIGNATURE ? GATE_MAX + 1 : job->req.max_size;
}

static void
part_too_large(struct job *job)
{
	job_end(job, job->part == PART_SIGNATURE ? WHY_GATE : WHY_SIZE,
	    GATE_LARGE, 0);
}

/* NULL: a transfer that is not wanted any more. */
static struct job *
job_of(const struct fetcher *f, uint32_t transfer)
{
	FOR_JOBS(job)
		if (job->fetcher == f && job->transfer == transfer)
			return job;
	return NULL;
}

void
fetch_stop(struct job *job)
{
	if (job->fetcher != NULL)
		job->fetcher->transfers--;
	job->fetcher = NULL;
}

/* ---- the two parts of an archive ---- */

void
part_archive(struct job *job)
{
	job->part = PART_ARCHIVE;
	job->at = job->req.from;
	job->hops = 0;
}

/* Is it something else than the lockfile or the catalog says? */
static bool
is_other(const struct job *job)
{
	return ((job->req.flags & CLI_LOCKED) &&
		memcmp(job->digest, job->req.digest, SHA256_SIZE) != 0) ||
	    (job->check.listed &&
		memcmp(job->digest, job->listed, SHA256_SIZE) != 0);
}

static void
part_done(struct job *job)
{
	struct quarantined *q = &job->file[job->part];

	fetch_stop(job);
	if (job->part == PART_SIGNATURE) {
		SHA256Final(job->check.digest, &q->hash);
		enum cli_why why = check_gate(&job->check, q->fd);
		if (why != WHY_NONE)
			job_end(job, why, job->check.detail, 0);
		else
			part_archive(job);
		return;
	}
	SHA256Final(job->digest, &q->hash);
	if (is_other(job))
		job_end(job, WHY_DIGEST, 0, 0);
	else
		job_set(job, CLI_FETCHED);
}

static void
part_failed(struct job *job, enum cli_why why, uint32_t detail)
{
	if (job->part != PART_SIGNATURE || why != WHY_NOT_FOUND) {
		job_end(job, why, detail, 0);
		return;
	}
	/* Is it just the signature that is missing?  Ask for the archive. */
	job->is_unsigned = true;
	part_archive(job);
}

/* Bytes that are here already: an earlier run's, or the cli's copy, which is
 * whole. */
static void
part_slice(struct job *job)
{
	struct quarantined *q = &job->file[job->part];
	int more = quarantine_slice(q, part_max(job));

	job->now = q->size;
	job->dirty = true;
	manager.busy = true;
	if (more == -EFBIG)
		part_too_large(job);
	else if (more < 0)
		job_fail(job, more);
	else if (more == 0 && (job->req.flags & CLI_COPIED))
		part_done(job);
}

/* ---- fetchers ---- */

static void
fetcher_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	uint32_t detail;
	enum cli_why why = worker_why(w, &detail);

	workers_disown(f);	/* its dialer */
	FOR_JOBS(job)
		if (job->fetcher == f)
			job_end(job, why, detail, 0);
	slots_unmap(&f->slots);
	*f = (struct fetcher){ 0 };
}

/* Its fetcher can do nothing without it, and ends for the same reason. */
static void
dialer_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	uint32_t detail;

	f->worker->rpc.death = w->rpc.death;
	worker_end(f->worker, worker_why(w, &detail));
}

static bool
dialer_open(struct fetcher *f, const struct cap *line)
{
	struct dialer_open_req req = { .port = f->origin.port,
	    .timeout = DIAL_MS, .connections = CONNECTIONS,
	    .configured = f->configured };
	struct worker *w = worker_spawn(&manager.workers, LAUNCHER_A_DIALER,
	    manager.certificates, RPC_ROWS(dialer_rows), f, dialer_ended);

	if (w == NULL)
		return false;
	memcpy(req.host, f->origin.host, sizeof(req.host));
	(void)ask_dialer_open(&w->rpc, &req, line, WORKER_MS, NULL);
	return true;
}

ANSWERED(dialer_open)
{
	return rep->outcome == DIALER_CONNECTED ? 0 : -EBADMSG;
}

/* caps: the slots, and its end of the line. */
static bool
fetcher_start(struct fetcher *f, const struct cap *caps)
{
	const struct url_place *origin = &f->origin;
	struct fetcher_open_req req = { .scheme = origin->scheme,
	    .port = origin->port, .connections = CONNECTIONS,
	    .retries = manager.options.retries,
	    .stall = manager.options.stall };

	f->worker = worker_spawn(&manager.workers, LAUNCHER_A_FETCHER,
	    manager.certificates, RPC_ROWS(fetcher_rows), f, fetcher_ended);
	if (f->worker == NULL)
		return false;
	f->worker->rpc.phase = FETCHER_OPENED;
	memcpy(req.host, origin->host, sizeof(req.host));
	(void)ask_fetcher_open(&f->worker->rpc, &req, caps, WORKER_MS, NULL);
	return true;
}

static struct fetcher *
fetcher_open(struct fetcher *f, const struct url_place *origin,
    bool configured)
{
	int line[2] = { -1, -1 }, error = rpc_pair(line);
	struct cap caps[] = { { buffer_create(SLOTS_SIZE) }, { line[0] } };
	struct cap far = { line[1] };

	*f = (struct fetcher){ .origin = *origin, .configured = configured };
	if (error == 0)
		error = slots_map(&f->slots, caps[0].fd);
	bool opened = error == 0 && dialer_open(f, &far) &&
	    fetcher_start(f, caps);
	cap_drop(&caps[0]);
	cap_drop(&caps[1]);
	cap_drop(&far);
	if (opened)
		return f;
	workers_disown(f);
	slots_unmap(&f->slots);
	return NULL;
}

ANSWERED(fetcher_open)
{
	return rep->outcome == FETCHER_DONE ? 0 : -EBADMSG;
}

/* Where the user has named the host its dialer goes further: not for others. */
static bool
fetcher_serves(const struct fetcher *f, const struct url_place *at,
    bool configured)
{
	const struct url_place *o = &f->origin;

	return f->worker->cause == WHY_NONE && f->configured == configured &&
	    o->scheme == at->scheme && o->port == at->port &&
	    strcmp(o->host, at->host) == 0;
}

/* The origin's fetcher, started if need be; NULL: not now. */
static struct fetcher *
fetcher_find(const struct url_place *at, bool configured)
{
	struct fetcher *room = NULL, *idle = NULL;

	for (size_t i = 0; i < MAX_FETCHERS; i++) {
		struct fetcher *f = &manager.fetchers[i];
		if (f->worker == NULL)
			room = f;
		else if (fetcher_serves(f, at, configured))
			return f;
		else if (f->transfers == 0)
			idle = f;
	}
	if (room == NULL && idle != NULL)
		worker_end(idle->worker, WHY_STOPPED);
	return room == NULL ? NULL : fetcher_open(room, at, configured);
}

static void
part_get(struct job *job)
{
	struct quarantined *q = &job->file[job->part];
	struct fetcher_get_req req = { .transfer = ++manager.last_transfer,
	    .offset = q->size, .max = part_max(job) };
	struct fetcher *f = fetcher_find(&job->at,
	    strcmp(job->at.host, job->req.from.host) == 0);

	if (f == NULL)
		return;		/* the next round tries again */
	job->most[job->part] = MAX(job->most[job->part], q->size);
	if (strcmp(q->tag.host, job->at.host) == 0)
		memcpy(req.validator, q->tag.validator, sizeof(req.validator));
	memcpy(req.target, job->at.target, sizeof(req.target));
	if (job->part == PART_SIGNATURE && job->hops == 0)
		strncat(req.target, ".sig",
		    sizeof(req.target) - strlen(req.target) - 1);
	if (ask_fetcher_get(&f->worker->rpc, &req, NULL, patience(),
	    CONTEXT(req.transfer)) < 0)
		return;
	job->fetcher = f;
	job->transfer = req.transfer;
	f->transfers++;
}

void
fetch_advance(struct job *job)
{
	if (job->file[job->part].rehash > 0 || (job->req.flags & CLI_COPIED))
		part_slice(job);
	else if (job->fetcher == NULL)
		part_get(job);
}

/* ---- what a fetcher delivers ---- */

HEARD(fetcher_head)
{
	const struct worker *w = rpc->owner;
	struct job *job = job_of(w->owner, req->transfer);

	/* Opaque to us; only this origin's fetcher will see it again. */
	if (!has_end(req->validator, sizeof(req->validator)))
		return -EBADMSG;
	if (job == NULL)
		return 0;
	struct quarantined *q = &job->file[job->part];
	int error = req->restart ? quarantine_restart(q) : 0;
	/* An honest server's file changes now and then; who begins anew without
	 * an end makes no progress. */
	if (req->restart && job->restarts++ < MAX_RESTARTS)
		job->most[job->part] = 0;
	job->total = req->claimed_total;
	memcpy(q->tag.validator, req->validator, sizeof(q->tag.validator));
	memcpy(q->tag.host, job->at.host, sizeof(q->tag.host));
	if (error < 0)
		job_fail(job, error);
	else if (job->is_unsigned)
		job_end(job, WHY_NO_SIGNATURE, 0, 0);
	else if (req->claimed_total > part_max(job))
		part_too_large(job);
	return 0;
}

HEARD(fetcher_deliver)
{
	static unsigned char copy[SLOT_SIZE];
	struct fetcher_deliver_rep rep = { .slot = req->slot };
	const struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	const unsigned char *slot = slots_at(&f->slots, req->slot);
	struct job *job = job_of(f, req->transfer);

	if (slot == NULL || req->length == 0 || req->length > SLOT_SIZE)
		return -EBADMSG;
	rep.stop = job == NULL;
	if (job != NULL) {
		struct quarantined *q = &job->file[job->part];
		/* Once; only the copy is looked at, since the fetcher may write
		 * to the slot all the while. */
		memcpy(copy, slot, req->length);
		int error = quarantine_append(q, copy, req->length,
		    part_max(job));
		job->now = q->size;
		job->dirty = true;
		/* Bytes that were here before are no progress, nor are those
		 * for nobody: else a fetcher could go on for ever. */
		if (q->size > job->most[job->part]) {
			job->most[job->part] = q->size;
			fetcher_extend(f);
		}
		if (error == -EFBIG)
			part_too_large(job);
		else if (error < 0)
			job_fail(job, error);
		rep.stop = error < 0;
	}
	return answer_fetcher_deliver(rpc, serial, &rep, NULL);
}

/* ---- how a transfer ends ---- */

static void
redirect(struct job *job, const struct fetcher_get_rep *rep)
{
	const struct url_place *to = &rep->to;
	bool allowed = to->scheme == URL_HTTPS ||
	    (to->scheme == URL_HTTP && job->at.scheme == URL_HTTP);

	/* What host and target are, who is sent there looks at. */
	if (!allowed || ++job->hops > MAX_HOPS || to->port == 0 ||
	    to->port > UINT16_MAX || !has_end(to->host, sizeof(to->host)) ||
	    !has_end(to->target, sizeof(to->target)))
		part_failed(job, WHY_REDIRECT, rep->status);
	else
		job->at = *to;
}

ANSWERED(fetcher_get)
{
	const struct worker *w = rpc->owner;
	struct job *job = job_of(w->owner, rep->transfer);

	if (CONTEXT(rep->transfer) != context)
		return -EBADMSG;
	if (job == NULL)
		return 0;
	if (rep->outcome != FETCHER_DONE &&
	    (rep->outcome < WHY_ADDRESS || rep->outcome > WHY_STALLED))
		return -EBADMSG;
	fetch_stop(job);
	if (rep->outcome == FETCHER_DONE)
		part_done(job);
	else if (rep->outcome == FETCHER_REDIRECT)
		redirect(job, rep);
	else
		part_failed(job, (enum cli_why)rep->outcome, rep->status);
	return 0;
}

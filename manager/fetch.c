/*
 * Fetching: one fetcher an origin, one dialer a connection.
 *
 * The fetcher says what it received; where it is connected to, whether a
 * redirect is followed and when enough is enough is decided here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dialer/dialer.h"
#include "manager/manager.h"

#define MAX_HOPS	5
#define CONNECTIONS	6	/* of one fetcher at a time, as browsers do */
#define DIAL_MS		10000	/* for each address */
#define DIALS_MS	60000	/* for all of them */
/* A transfer's number as the context of a call. */
#define CONTEXT(transfer) ((void *)(uintptr_t)(transfer))

RPC_MANAGER_SIDE(FETCHER_RPC, fetcher_rows)
RPC_MANAGER_SIDE(DIALER_RPC, dialer_rows)

/* How long a fetcher may show no progress: it tries again by itself, with
 * pauses of up to 8 seconds. */
static uint64_t
patience(void)
{
	return SILENCE_MS + DIALS_MS + ((uint64_t)manager.options.retries + 1) *
	    ((uint64_t)manager.options.stall + 8000);
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
	return job->part == PART_SIGNATURE ? GATE_MAX + 1 :
	    manager.options.max_size;
}

static void
part_too_large(struct job *job)
{
	job_end(job, job->part == PART_ARCHIVE ? WHY_SIZE : WHY_GATE,
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

static void
part_done(struct job *job)
{
	struct quarantined *q = &job->file[job->part];
	uint32_t detail = 0;

	fetch_stop(job);
	if (job->part == PART_ARCHIVE) {
		sha256_final(&q->hash, job->digest);
		job_set(job, CLI_FETCHED);
		return;
	}
	enum cli_why why = check_gate(&job->check, q->fd, SIZE_MAX, &detail);
	if (why != WHY_NONE) {
		job_end(job, why, detail, 0);
		return;
	}
	job->part = PART_ARCHIVE;
	job->at = job->source;
	job->target[0] = '\0';
	job->hops = 0;
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
	job->part = PART_ARCHIVE;
}

/* Bytes that are here already: a copy of public/, or an earlier run's. */
static void
part_slice(struct job *job)
{
	struct quarantined *q = &job->file[job->part];
	int from = job->local[job->part];
	int more = quarantine_slice(q, from, part_max(job));

	job->now = q->size;
	job->dirty = true;
	manager.busy = true;
	if (more == -EFBIG)
		part_too_large(job);
	else if (more < 0)
		job_fail(job, more);
	else if (more == 0 && from != -1)
		part_done(job);
}

/* ---- fetchers ---- */

static void
fetcher_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	uint32_t detail;
	enum cli_why why = worker_why(w, &detail);

	/* It can be had only with its directory. */
	if (why == WHY_JAIL && f->origin.scheme == URL_FILE)
		why = WHY_NO_ORIGIN;
	workers_disown(f);	/* its dialers */
	FOR_JOBS(job)
		if (job->fetcher == f)
			job_end(job, why, detail, 0);
	slots_unmap(&f->slots);
	*f = (struct fetcher){ 0 };
}

static struct fetcher *
fetcher_open(struct fetcher *f, const struct url *origin)
{
	struct fetcher_open_req req = { .scheme = origin->scheme,
	    .port = origin->port, .connections = CONNECTIONS,
	    .retries = manager.options.retries,
	    .stall = manager.options.stall };
	bool is_file = origin->scheme == URL_FILE;
	struct cap slots = { slots_create() };

	if (slots.fd >= 0 && slots_map(&f->slots, slots.fd) == 0)
		f->worker = worker_spawn(&manager.workers, is_file ?
		    LAUNCHER_A_FILE_FETCHER : LAUNCHER_A_FETCHER,
		    manager.certificates, is_file ? origin->path : "",
		    RPC_ROWS(fetcher_rows));
	if (f->worker != NULL) {
		f->origin = *origin;
		f->worker->owner = f;
		f->worker->ended = fetcher_ended;
		f->worker->rpc.phase = FETCHER_OPENED;
		memcpy(req.host, origin->host, sizeof(req.host));
		(void)ask_fetcher_open(&f->worker->rpc, &req, &slots, WORKER_MS,
		    NULL);
	}
	cap_drop(&slots);
	if (f->worker != NULL)
		return f;
	slots_unmap(&f->slots);
	return NULL;
}

ANSWERED(fetcher_open)
{
	return rep->outcome == FETCHER_DONE ? 0 : -EBADMSG;
}

static bool
fetcher_serves(const struct fetcher *f, const struct url *url)
{
	return f->worker->cause == WHY_NONE &&
	    url_same_origin(&f->origin, url) && (url->scheme != URL_FILE ||
		strcmp(f->origin.path, url->path) == 0);
}

/* The origin's fetcher, started if need be; NULL: not now. */
static struct fetcher *
fetcher_find(const struct url *url)
{
	struct fetcher *room = NULL, *idle = NULL;

	for (size_t i = 0; i < MAX_FETCHERS; i++) {
		struct fetcher *f = &manager.fetchers[i];
		if (f->worker == NULL)
			room = f;
		else if (fetcher_serves(f, url))
			return f;
		else if (f->transfers == 0)
			idle = f;
	}
	if (room == NULL && idle != NULL)
		worker_end(idle->worker, WHY_STOPPED);
	return room == NULL ? NULL : fetcher_open(room, url);
}

static void
part_get(struct job *job)
{
	struct quarantined *q = &job->file[job->part];
	struct fetcher_get_req req = { .transfer = ++manager.last_transfer,
	    .offset = q->size, .max = part_max(job) };
	struct fetcher *f = fetcher_find(&job->at);

	if (f == NULL)
		return;		/* the next round tries again */
	f->configured |= strcmp(job->at.host, job->source.host) == 0;
	if (strcmp(q->tag.host, job->at.host) == 0)
		memcpy(req.validator, q->tag.validator, sizeof(req.validator));
	if (job->target[0] != '\0')
		memcpy(req.target, job->target, sizeof(req.target));
	else
		snprintf(req.target, sizeof(req.target), "%s/%s%s%s",
		    job->at.scheme == URL_FILE ? "" : job->at.path,
		    job->path.text, depot_path_suffix(&job->path),
		    job->part == PART_SIGNATURE ? ".sig" : "");
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
	if (job->local[job->part] != -1 || job->file[job->part].rehash > 0)
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
	if (memchr(req->validator, '\0', sizeof(req->validator)) == NULL)
		return -EBADMSG;
	fetcher_extend(w->owner);
	if (job == NULL)
		return 0;
	struct quarantined *q = &job->file[job->part];
	int error = req->restart ? quarantine_restart(q) : 0;
	job->total = req->claimed_total;
	memcpy(q->tag.validator, req->validator, sizeof(q->tag.validator));
	memcpy(q->tag.host, job->at.host, sizeof(q->tag.host));
	if (error < 0)
		job_fail(job, error);
	else if (job->is_unsigned)
		job_end(job, WHY_NO_SIGNATURE, 0, 0);
	else if (req->claimed_total > part_max(job))
		part_too_large(job);
	else if (job->part == PART_ARCHIVE)
		quarantine_remember(&manager.store, q, job->total);
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
	fetcher_extend(f);
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
	bool allowed = rep->scheme == URL_HTTPS ||
	    (rep->scheme == URL_HTTP && job->at.scheme == URL_HTTP);

	if (!allowed || ++job->hops > MAX_HOPS || rep->port == 0 ||
	    rep->port > UINT16_MAX || !url_host_valid(rep->host) ||
	    !url_target_valid(rep->target, sizeof(rep->target))) {
		part_failed(job, WHY_REDIRECT, rep->status);
		return;
	}
	job->at = (struct url){ .scheme = (enum url_scheme)rep->scheme,
	    .port = (uint16_t)rep->port };
	memcpy(job->at.host, rep->host, sizeof(job->at.host));
	memcpy(job->target, rep->target, sizeof(job->target));
}

ANSWERED(fetcher_get)
{
	const struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	struct job *job = job_of(f, rep->transfer);

	if (CONTEXT(rep->transfer) != context)
		return -EBADMSG;
	if (job == NULL)
		return 0;
	if (rep->outcome != FETCHER_DONE &&
	    (rep->outcome < WHY_NO_CONNECTION || rep->outcome > WHY_STALLED))
		return -EBADMSG;
	fetch_stop(job);
	if (rep->outcome == FETCHER_DONE)
		part_done(job);
	else if (rep->outcome == FETCHER_REDIRECT)
		redirect(job, rep);
	else if (rep->outcome == FETCHER_CONNECT && f->connect_why != WHY_NONE)
		part_failed(job, f->connect_why, 0);
	else
		part_failed(job, (enum cli_why)rep->outcome, rep->status);
	return 0;
}

/* ---- connections ---- */

static int
connect_answer(struct worker *dialer, struct cap *socket)
{
	const struct fetcher_connect_rep rep = { .connected = socket != NULL };
	struct fetcher *f = dialer->owner;

	f->dialing--;
	dialer->answered = true;
	return answer_fetcher_connect(&f->worker->rpc, dialer->serial, &rep,
	    socket);
}

static void
dialer_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	uint32_t detail;

	if (w->answered)
		return;
	f->connect_why = worker_why(w, &detail);
	(void)connect_answer(w, NULL);
}

HEARD(fetcher_connect)
{
	struct dialer_dial_req dial = { .timeout = DIAL_MS };
	const struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	const struct fetcher_connect_rep no = { 0 };

	fetcher_extend(f);
	if (f->dialing == CONNECTIONS)
		return -EBADMSG;	/* it was told how many it may have */
	struct worker *dialer = f->origin.scheme == URL_FILE ? NULL :
	    worker_spawn(&manager.workers, LAUNCHER_A_DIALER,
		manager.certificates, "", RPC_ROWS(dialer_rows));
	if (dialer == NULL)
		return answer_fetcher_connect(rpc, serial, &no, NULL);
	f->dialing++;
	dialer->owner = f;
	dialer->ended = dialer_ended;
	dialer->serial = serial;
	memcpy(dial.host, f->origin.host, sizeof(dial.host));
	dial.port = f->origin.port;
	(void)ask_dialer_dial(&dialer->rpc, &dial, NULL, DIALS_MS, NULL);
	return 0;
}

/* Where does it really lead?  The kernel knows; the dialer only claims. */
static bool
peer_allowed(const struct fetcher *f, int fd)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &len) == -1)
		return false;
	switch (url_reach(&peer)) {
	case URL_REACH_PUBLIC:
		return true;
	case URL_REACH_PRIVATE:
		return f->configured;
	case URL_REACH_LOOPBACK:
	case URL_REACH_LINK:
		/* A name that leads here was rebound. */
		return f->configured && url_host_local_name(f->origin.host);
	default:
		return false;
	}
}

ANSWERED(dialer_dial)
{
	struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	bool connected = rep->outcome == DIALER_CONNECTED;

	if (connected != (caps[0].fd != -1) || (!connected &&
	    (rep->outcome < WHY_NO_NAME || rep->outcome > WHY_TIMEOUT)))
		return -EBADMSG;
	if (connected && peer_allowed(f, caps[0].fd))
		return connect_answer(w, caps);
	f->connect_why = connected ? WHY_ADDRESS : (enum cli_why)rep->outcome;
	return connect_answer(w, NULL);
}

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
#include <unistd.h>

#include "dialer/dialer.h"
#include "manager/manager.h"

#define MAX_HOPS	5
#define CONNECTIONS	6	/* of one fetcher at a time, as browsers do */
#define DIAL_MS		10000	/* for each address */
#define DIALS_MS	60000	/* for all of them */

RPC_MANAGER_SIDE(FETCHER_RPC, fetcher_rows)
RPC_MANAGER_SIDE(DIALER_RPC, dialer_rows)

static void *
transfer_context(uint32_t transfer)
{
	return (void *)(uintptr_t)transfer;
}

/* How long a fetcher may go without any sign of progress: it tries again by
 * itself, with pauses. */
static uint64_t
patience(const struct manager *m)
{
	return SILENCE_MS + 2 * (uint64_t)m->options.stall;
}

static struct job *
job_of(const struct fetcher *f, uint32_t transfer)
{
	struct manager *m = f->worker->m;

	for (struct job *j = m->jobs; j < m->jobs + MAX_JOBS; j++)
		if (j->archive != NULL && j->fetcher == f &&
		    j->transfer == transfer)
			return j;
	return NULL;	/* one that is not wanted any more */
}

void
fetch_stop(struct job *job)
{
	if (job->fetcher != NULL)
		job->fetcher->transfers--;
	job->fetcher = NULL;
}

static void
fail(struct job *job, enum cli_why why, uint32_t detail, int error)
{
	struct archive *a = job->archive;

	if (error == -ENOSPC || error == -EDQUOT)
		why = WHY_SPACE;
	archive_fail(job->check.user->m, a, why, detail, -error);
}

/* ---- what is fetched, and from where ---- */

static void
origin_use(struct job *job, const struct url *url)
{
	job->at = *url;
	job->target[0] = '\0';
	job->hops = 0;
}

/* The next origin or mirror, from job->mirror on: false if there is none. */
static bool
origin_next(struct job *job)
{
	const struct user *user = job->check.user;
	struct url url;

	if (user->download == NULL || url_line(&url, user->download,
	    user->download_size, job->mirror) != 1)
		return false;
	origin_use(job, &url);
	return true;
}

/* This origin is of no use: on to the next, or give up. */
static void
origin_failed(struct job *job, enum cli_why why, uint32_t detail)
{
	int error = quarantine_restart(job);

	job->not_found |= why == WHY_NOT_FOUND;
	job->file[job->part].validator[0] = '\0';
	job->mirror++;
	if (error < 0)
		fail(job, WHY_SYSTEM, 0, error);
	else if (origin_next(job))
		return;		/* fetch_advance() asks it */
	else if (job->part == PART_SIGNATURE && job->not_found) {
		/* Is it just the signature that is missing? */
		job->part = PART_ARCHIVE;
		job->is_unsigned = true;
		job->mirror = 0;
		(void)origin_next(job);
	} else
		fail(job, job->not_found ? WHY_NOT_FOUND : why, detail, 0);
}

static void
target_make(const struct job *job, char target[FETCHER_TARGET])
{
	const struct depot_path *path = &job->archive->path;

	if (job->target[0] != '\0')
		strcpy(target, job->target);
	else
		snprintf(target, FETCHER_TARGET, "%s/%s%s%s",
		    job->at.scheme == URL_FILE ? "" : job->at.path, path->text,
		    depot_path_suffix(path),
		    job->part == PART_SIGNATURE ? ".sig" : "");
}

/* ---- fetchers ---- */

static void
dials_end(struct manager *m, const struct fetcher *f)
{
	for (struct worker *w = m->workers; w < m->workers + MAX_WORKERS; w++)
		if (w->used && w->rpc.rows == dialer_rows && w->owner == f) {
			w->owner = NULL;
			worker_end(w, WHY_STOPPED);
		}
}

static void
fetcher_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	uint32_t detail;
	enum cli_why why = worker_why(w, &detail);

	dials_end(w->m, f);
	for (struct job *j = w->m->jobs; j < w->m->jobs + MAX_JOBS; j++)
		if (j->archive != NULL && j->fetcher == f)
			archive_fail(w->m, j->archive, why, detail, 0);
	slots_unmap(&f->slots);
	*f = (struct fetcher){ 0 };
}

static int
fetcher_open(struct manager *m, struct fetcher *f, const struct url *origin)
{
	struct fetcher_open_req req = { .scheme = origin->scheme,
	    .port = origin->port, .connections = CONNECTIONS,
	    .retries = m->options.retries, .stall = m->options.stall };
	bool is_file = origin->scheme == URL_FILE;

	struct cap slots = { slots_create() };
	int error = slots.fd < 0 ? slots.fd : slots_map(&f->slots, slots.fd);
	f->worker = error < 0 ? NULL : worker_spawn(m, is_file ?
	    LAUNCHER_A_FILE_FETCHER : LAUNCHER_A_FETCHER, m->certificates,
	    is_file ? origin->path : "", RPC_ROWS(fetcher_rows));
	if (f->worker != NULL) {
		memcpy(req.host, origin->host, sizeof(req.host));
		f->worker->owner = f;
		f->worker->ended = fetcher_ended;
		f->worker->rpc.phase = FETCHER_OPENED;
		f->origin = *origin;
		error = ask_fetcher_open(&f->worker->rpc, &req, &slots,
		    REPLY_MS, NULL);
	} else if (error == 0)
		error = -EAGAIN;
	cap_drop(&slots);
	return error;
}

static int
answered_fetcher_open(struct rpc *rpc, void *context,
    const struct fetcher_open_rep *rep, struct cap *caps)
{
	(void)rpc, (void)context, (void)caps;
	return rep->outcome == FETCHER_DONE ? 0 : -EBADMSG;
}

static bool
fetcher_serves(const struct fetcher *f, const struct url *url)
{
	return f->worker != NULL && f->worker->why == WHY_NONE &&
	    url_same_origin(&f->origin, url) &&
	    (url->scheme != URL_FILE || strcmp(f->origin.path, url->path) == 0);
}

/* The origin's fetcher, started if need be; NULL if there is no room now. */
static struct fetcher *
fetcher_find(struct manager *m, const struct url *url)
{
	struct fetcher *room = NULL, *idle = NULL;

	for (struct fetcher *f = m->fetchers; f < m->fetchers + MAX_FETCHERS;
	    f++) {
		if (fetcher_serves(f, url))
			return f;
		if (f->worker == NULL)
			room = f;
		else if (f->transfers == 0)
			idle = f;
	}
	if (room == NULL && idle != NULL)
		worker_end(idle->worker, WHY_STOPPED);	/* for the next try */
	if (room == NULL || fetcher_open(m, room, url) < 0)
		return NULL;
	return room;
}

static void
fetch_get(struct manager *m, struct job *job)
{
	const struct quarantined *q = &job->file[job->part];
	struct fetcher_get_req req = { .transfer = ++m->last_transfer,
	    .offset = q->size, .max = job->part == PART_SIGNATURE ?
		GATE_MAX + 1 : m->options.max_size };
	struct fetcher *f = fetcher_find(m, &job->at);
	struct url origin;

	if (f == NULL)
		return;
	/* The user has written this host into the `download` file. */
	f->configured |= url_line(&origin, job->check.user->download,
	    job->check.user->download_size, job->mirror) == 1 &&
	    strcmp(origin.host, job->at.host) == 0;
	memcpy(req.validator, q->validator, sizeof(req.validator));
	target_make(job, req.target);
	if (ask_fetcher_get(&f->worker->rpc, &req, NULL, patience(m),
	    transfer_context(req.transfer)) < 0)
		return;
	job->fetcher = f;
	job->transfer = req.transfer;
	f->transfers++;
}

/* ---- what a fetcher delivers ---- */

static int
heard_fetcher_head(struct rpc *rpc, const struct fetcher_head_req *req,
    struct cap *caps, uint32_t serial)
{
	struct worker *w = rpc->owner;
	struct job *job = job_of(w->owner, req->transfer);
	int error = 0;

	(void)caps, (void)serial;
	if (memchr(req->validator, '\0', sizeof(req->validator)) == NULL)
		return -EBADMSG;
	for (const char *p = req->validator; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return -EBADMSG;
	if (job == NULL)
		return 0;
	rpc_extend(rpc, transfer_context(req->transfer), patience(w->m));
	if (job->is_unsigned) {
		fail(job, WHY_NO_SIGNATURE, 0, 0);
		return 0;
	}
	struct quarantined *q = &job->file[job->part];
	if (req->restart)
		error = quarantine_restart(job);
	memcpy(q->validator, req->validator, sizeof(q->validator));
	job->archive->total = req->claimed_total;
	if (error < 0)
		fail(job, WHY_SYSTEM, 0, error);
	else if (job->part == PART_ARCHIVE) {
		quarantine_tag(w->m, job);
		if (req->claimed_total > w->m->options.max_size)
			fail(job, WHY_SIZE, 0, 0);
	}
	return 0;
}

static int
heard_fetcher_deliver(struct rpc *rpc, const struct fetcher_deliver_req *req,
    struct cap *caps, uint32_t serial)
{
	static unsigned char copy[SLOT_SIZE];
	struct fetcher_deliver_rep rep = { .slot = req->slot };
	struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	const unsigned char *slot = slots_at(&f->slots, req->slot);
	struct job *job = job_of(f, req->transfer);

	(void)caps;
	if (slot == NULL || req->length == 0 || req->length > SLOT_SIZE)
		return -EBADMSG;
	if (job != NULL) {
		/* Once, and only the copy is looked at: the fetcher may write
		 * to the slot all the while. */
		memcpy(copy, slot, req->length);
		int error = quarantine_append(w->m, job, copy, req->length);
		job->archive->now = job->file[job->part].size;
		job->archive->dirty = true;
		rpc_extend(rpc, transfer_context(req->transfer),
		    patience(w->m));
		if (error == -EFBIG && job->part == PART_SIGNATURE)
			fail(job, WHY_GATE, GATE_LARGE, 0);
		else if (error == -EFBIG)
			fail(job, WHY_SIZE, 0, 0);
		else if (error < 0)
			fail(job, WHY_SYSTEM, 0, error);
	}
	rep.stop = job == NULL || job->archive == NULL;
	return answer_fetcher_deliver(rpc, serial, &rep, NULL);
}

/* ---- how a transfer ends ---- */

static void
part_done(struct manager *m, struct job *job)
{
	uint8_t sig[GATE_MAX + 1];
	uint32_t detail = 0;

	fetch_stop(job);
	if (job->part == PART_ARCHIVE) {
		sha256_final(&job->file[PART_ARCHIVE].hash, job->digest);
		job->check.data = cap_take(&(struct cap){ job->reader[0] });
		job->reader[0] = -1;
		job->check.size = job->file[PART_ARCHIVE].size;
		archive_set(m, job->archive, CLI_FETCHED);
		return;
	}
	ssize_t n = pread(job->file[PART_SIGNATURE].fd, sig, sizeof(sig), 0);
	enum cli_why why = n < 0 ? WHY_SYSTEM :
	    check_gate(&job->check, sig, (size_t)n, &detail);
	if (why != WHY_NONE) {
		fail(job, why, detail, 0);
		return;
	}
	job->part = PART_ARCHIVE;
	job->mirror = 0;
	if (origin_next(job))
		return;		/* fetch_advance() goes on */
	if (!quarantine_local(m, job, PART_ARCHIVE))
		fail(job, WHY_NO_ORIGIN, 0, 0);
}

static void
redirect(struct job *job, const struct fetcher_get_rep *rep)
{
	struct url to = { .scheme = (enum url_scheme)rep->scheme,
	    .port = (uint16_t)rep->port };
	bool allowed = rep->scheme == FETCHER_HTTPS ||
	    (rep->scheme == FETCHER_HTTP && job->at.scheme == URL_HTTP);

	if (!allowed || ++job->hops > MAX_HOPS || rep->port == 0 ||
	    rep->port > UINT16_MAX || !url_host_valid(rep->host) ||
	    !url_target_valid(rep->target, sizeof(rep->target))) {
		origin_failed(job, WHY_REDIRECT, 0);
		return;
	}
	memcpy(to.host, rep->host, sizeof(to.host));
	job->at = to;
	memcpy(job->target, rep->target, sizeof(job->target));
}

static int
answered_fetcher_get(struct rpc *rpc, void *context,
    const struct fetcher_get_rep *rep, struct cap *caps)
{
	static const enum cli_why whys[] = {
		[FETCHER_NOT_FOUND] = WHY_NOT_FOUND,
		[FETCHER_FORBIDDEN] = WHY_FORBIDDEN,
		[FETCHER_SERVER] = WHY_SERVER,
		[FETCHER_CERTIFICATE] = WHY_CERTIFICATE,
		[FETCHER_TLS] = WHY_TLS,
		[FETCHER_CONNECT] = WHY_TIMEOUT,
		[FETCHER_NETWORK] = WHY_CUT_OFF,
		[FETCHER_STALLED] = WHY_STALLED,
		[FETCHER_STOPPED] = WHY_STALLED,
	};
	struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;

	(void)caps;
	if (transfer_context(rep->transfer) != context)
		return -EBADMSG;
	struct job *job = job_of(f, rep->transfer);
	if (job == NULL)
		return 0;
	if (rep->outcome == FETCHER_DONE) {
		part_done(w->m, job);
		return 0;
	}
	fetch_stop(job);
	if (rep->outcome == FETCHER_REDIRECT)
		redirect(job, rep);
	else if (rep->outcome == FETCHER_CONNECT && f->connect_why != WHY_NONE)
		origin_failed(job, f->connect_why, 0);
	else if (rep->outcome < sizeof(whys) / sizeof(whys[0]) &&
	    whys[rep->outcome] != WHY_NONE)
		origin_failed(job, whys[rep->outcome], rep->status);
	else
		return -EBADMSG;
	return 0;
}

/* Begin, or go on with, whatever of a download does not wait for a worker. */
void
fetch_advance(struct manager *m, struct job *job)
{
	struct quarantined *q = &job->file[job->part];

	if (job->fetcher != NULL)
		return;
	if (job->local == -1 && q->rehash == 0) {
		fetch_get(m, job);
		return;
	}
	bool copies = job->local != -1;
	int more = quarantine_slice(m, job);
	job->archive->now = q->size;
	job->archive->dirty = true;
	if (more == -EFBIG)
		fail(job, job->part == PART_ARCHIVE ? WHY_SIZE : WHY_GATE,
		    GATE_LARGE, 0);
	else if (more < 0)
		fail(job, WHY_SYSTEM, 0, more);
	else if (more == 0 && copies) {
		part_done(m, job);
		if (job->archive != NULL && job->part == PART_ARCHIVE &&
		    job->archive->state == CLI_DOWNLOADING &&
		    !quarantine_local(m, job, PART_ARCHIVE))
			fail(job, WHY_OFFLINE, 0, 0);
	}
}

void
fetch_start(struct manager *m, struct job *job)
{
	if (quarantine_local(m, job, PART_SIGNATURE)) {
		int error;
		for (int part = PARTS - 1; part >= 0; part--) {
			job->part = (enum part)part;
			if ((error = quarantine_restart(job)) < 0) {
				fail(job, WHY_SYSTEM, 0, error);
				return;
			}
		}
	} else if (m->options.flags & CLI_OFFLINE)
		fail(job, WHY_OFFLINE, 0, 0);
	else if (!origin_next(job))
		fail(job, WHY_NO_ORIGIN, 0, 0);
}

/* ---- connections ---- */

static void dialer_ended(struct worker *);

static int
heard_fetcher_connect(struct rpc *rpc, const struct fetcher_connect_req *req,
    struct cap *caps, uint32_t serial)
{
	struct dialer_dial_req dial = { .timeout = DIAL_MS };
	struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	const struct fetcher_connect_rep no = { 0 };

	(void)req, (void)caps;
	for (struct job *j = w->m->jobs; j < w->m->jobs + MAX_JOBS; j++)
		if (j->archive != NULL && j->fetcher == f)
			rpc_extend(rpc, transfer_context(j->transfer),
			    patience(w->m) + DIALS_MS);
	struct worker *dialer = f->origin.scheme == URL_FILE ? NULL :
	    worker_spawn(w->m, LAUNCHER_A_DIALER, w->m->certificates, "",
		RPC_ROWS(dialer_rows));
	if (dialer == NULL)
		return answer_fetcher_connect(rpc, serial, &no, NULL);
	dialer->owner = f;
	dialer->ended = dialer_ended;
	dialer->serial = serial;
	memcpy(dial.host, f->origin.host, sizeof(dial.host));
	dial.port = f->origin.port;
	return ask_dialer_dial(&dialer->rpc, &dial, NULL, DIALS_MS, NULL) < 0 ?
	    answer_fetcher_connect(rpc, serial, &no, NULL) : 0;
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

static enum cli_why
dial_why(uint32_t outcome)
{
	static const enum cli_why whys[] = {
		[DIALER_NO_NAME] = WHY_NO_NAME,
		[DIALER_NO_RESOLVER] = WHY_NO_NETWORK,
		[DIALER_REFUSED] = WHY_REFUSED,
		[DIALER_TIMEOUT] = WHY_TIMEOUT,
		[DIALER_UNREACHABLE] = WHY_NO_NETWORK,
	};

	return outcome < sizeof(whys) / sizeof(whys[0]) ? whys[outcome] :
	    WHY_NONE;
}

static int
answered_dialer_dial(struct rpc *rpc, void *context,
    const struct dialer_dial_rep *rep, struct cap *caps)
{
	struct worker *w = rpc->owner;
	struct fetcher *f = w->owner;
	struct fetcher_connect_rep answer = { 0 };
	bool has_socket = caps[0].fd != -1;

	(void)context;
	if (has_socket != (rep->outcome == DIALER_CONNECTED) ||
	    (!has_socket && dial_why(rep->outcome) == WHY_NONE))
		return -EBADMSG;
	if (f == NULL)
		return 0;
	w->answered = true;
	if (!has_socket)
		f->connect_why = dial_why(rep->outcome);
	else if (!peer_allowed(f, caps[0].fd))
		f->connect_why = WHY_ADDRESS;
	else
		answer.connected = 1;
	return answer_fetcher_connect(&f->worker->rpc, w->serial, &answer,
	    answer.connected ? caps : NULL) < 0 ? -EPIPE : 0;
}

static void
dialer_ended(struct worker *w)
{
	struct fetcher *f = w->owner;
	const struct fetcher_connect_rep no = { 0 };

	if (f == NULL || w->answered)
		return;
	f->connect_why = worker_why(w, NULL);
	(void)answer_fetcher_connect(&f->worker->rpc, w->serial, &no, NULL);
}

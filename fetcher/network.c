/*
 * One loop: hear manager and dialer, start what can be started, let libcurl work,
 * judge what has ended, wait.
 *
 * libcurl asks for a socket in the middle of its work and cannot be kept
 * waiting, while the dialer's answer takes as long as it takes.  So sockets
 * are asked for beforehand, and transfers are held back until there is one;
 * where libcurl wants one all the same, because the server closed an idle
 * connection, the attempt fails, does not count, and is made again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "fetcher/attempt.h"
#include "fetcher/network.h"
#include "fetcher/retry.h"
#include "fetcher/tls.h"

#define FLUSH_AFTER	UINT64_C(1000)	/* ms that a byte may lie in a slot */
#define WAIT_LONGEST	UINT64_C(10000)	/* ms */

/* A transfer's attempts; as long as the transfer has the same index. */
struct work {
	struct attempt	attempt;
	struct retry	retry;
	bool		whole;		/* do not ask for a part again */
	uint64_t	total;		/* as told, or RESPONSE_UNKNOWN */
	uint64_t	order;		/* of the transfer that it is for */
	uint64_t	due;		/* when it has rested */
};

static struct network {
	struct session		*session;
	struct connections	 connections;
	struct attempt_with	 with;
	struct work		 works[SESSION_TRANSFERS];
	bool			 again;		/* more to do before waiting */
} network;

int
network_init(int input)
{
	struct attempt_with *with = &network.with;
	int error = tls_init(input);

	if (error < 0)
		return error;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	/* It opens a socket to see whether there is IPv6, once. */
	(void)curl_version();
	with->multi = curl_multi_init();
	with->share = curl_share_init();
	if (with->multi == NULL || with->share == NULL ||
	    curl_share_setopt(with->share, CURLSHOPT_SHARE,
	    CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
		return -ENOMEM;
	return 0;
}

/* The origin is known.  libcurl is told an address that leads nowhere (RFC
 * 5737), so that it resolves nothing; a literal IPv6 address it would not. */
static int
network_open(struct network *n)
{
	const struct fetcher_open_req *o = &n->session->origin;
	char line[FETCHER_HOST + 32];

	connections_init(&n->connections, n->session);
	n->with.session = n->session;
	n->with.connections = &n->connections;
	if (strchr(o->host, ':') != NULL)
		return 0;
	snprintf(line, sizeof(line), "%s:%u:192.0.2.1", o->host, o->port);
	n->with.resolve = curl_slist_append(NULL, line);
	return n->with.resolve == NULL ? -ENOMEM : 0;
}

/* ---- transfers ---- */

static struct work *
work_of(struct network *n, struct transfer *t)
{
	struct work *w = &n->works[t - n->session->transfers];

	if (w->order != t->order) {
		w->order = t->order;
		w->retry = (struct retry){ 0 };
		w->whole = false;
		w->total = RESPONSE_UNKNOWN;
	}
	return w;
}

/* libcurl has nothing to do with it any more. */
static void
work_stop(struct network *n, struct work *w)
{
	attempt_stop(&w->attempt);
	n->connections.starved = false;
	n->again = true;
}

static void
work_end(struct network *n, struct work *w, enum fetcher_outcome outcome)
{
	session_end(n->session, w->attempt.transfer, outcome);
}

static uint32_t
random_get(void)
{
	uint32_t random = 0;

	/* Without it all fetchers rest equally long, which is no harm. */
	(void)!getrandom(&random, sizeof(random), 0);
	return random;
}

/* Again later, if that is still allowed; else it ends with outcome. */
static void
work_retry(struct network *n, struct work *w, enum fetcher_outcome outcome,
    uint64_t wanted)
{
	struct transfer *t = w->attempt.transfer;
	uint64_t began = w->attempt.began;
	uint64_t progress = t->offset > began ? t->offset - began : 0;

	if (!retry_allowed(&w->retry, n->session->origin.retries, progress)) {
		work_end(n, w, outcome);
		return;
	}
	t->state = TRANSFER_RESTING;
	w->due = rpc_now() + retry_delay(&w->retry, wanted, random_get());
}

static void
work_start(struct network *n, struct transfer *t)
{
	struct work *w = work_of(n, t);

	w->attempt.with = &n->with;
	w->attempt.transfer = t;
	w->attempt.request = (struct request){
		.ranged = t->offset > 0 && t->req.validator[0] != '\0' &&
		    !w->whole,
		.offset = t->offset,
		.total = w->total,
	};
	t->state = TRANSFER_ACTIVE;
	if (attempt_start(&w->attempt, w) < 0) {
		work_stop(n, w);
		work_retry(n, w, FETCHER_NETWORK, 0);
	}
}

/* ---- what has ended ---- */

/* The body ended; did it end where it was to end? */
static void
body_ended(struct network *n, struct work *w, CURLcode code)
{
	const struct attempt *a = &w->attempt;

	w->total = a->judgement.total;
	if (code == CURLE_OK && (w->total == RESPONSE_UNKNOWN ||
	    w->total == a->transfer->offset))
		work_end(n, w, FETCHER_DONE);
	else
		work_retry(n, w, FETCHER_NETWORK, 0);
}

static void
nothing_came(struct network *n, struct work *w, CURLcode code)
{
	enum fetcher_outcome outcome = attempt_failure(code);

	if (w->attempt.socketless) {
		n->connections.starved = true;
		w->attempt.transfer->state = TRANSFER_WAITING;
	} else if (outcome == FETCHER_CERTIFICATE)
		work_end(n, w, outcome);
	else
		work_retry(n, w, outcome, 0);
}

/* The server sent another part than the one asked for.  Once: perhaps it cannot
 * do parts.  Twice: it is of no use. */
static void
lie_heard(struct network *n, struct work *w)
{
	if (w->whole || !w->attempt.request.ranged) {
		work_end(n, w, FETCHER_NETWORK);
		return;
	}
	w->whole = true;
	w->attempt.transfer->state = TRANSFER_WAITING;
}

static void
work_ended(struct network *n, struct work *w, CURLcode code)
{
	struct judgement judgement = w->attempt.judgement;
	uint64_t wanted = attempt_retry_after(&w->attempt);

	w->attempt.transfer->rep.library = (uint32_t)code;
	work_stop(n, w);
	switch (judgement.verdict) {
	case RESPONSE_CONTINUE:
	case RESPONSE_RESTART:
		body_ended(n, w, code);
		break;
	case RESPONSE_RETRY:
		work_retry(n, w, judgement.outcome, wanted);
		break;
	case RESPONSE_LIE:
		lie_heard(n, w);
		break;
	case RESPONSE_END:
		work_end(n, w, judgement.outcome);
		break;
	case RESPONSE_MOVED:	/* became END when its header was complete */
	case RESPONSE_NONE:
		nothing_came(n, w, code);
		break;
	}
}

static void
network_collect(struct network *n)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(n->with.multi, &left)) != NULL) {
		char *context = NULL;
		CURLcode code = msg->data.result;
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &context);
		work_ended(n, (struct work *)(void *)context, code);
	}
}

/* ---- time and room ---- */

static void
transfer_stalled(struct network *n, struct work *w, uint64_t now)
{
	struct connections *c = &n->connections;

	/* One that is still while others move is stuck by itself.  Where all
	 * is still the way may be dead, and libcurl would go it again. */
	if (now - c->heard >= n->session->origin.stall)
		connections_shutdown(c);
	w->attempt.transfer->rep.library = CURLE_OPERATION_TIMEDOUT;
	work_stop(n, w);
	work_retry(n, w, FETCHER_STALLED, 0);
}

static void
transfer_look(struct network *n, struct transfer *t, uint64_t now)
{
	struct work *w = work_of(n, t);

	if (t->stopped) {
		if (t->state == TRANSFER_ACTIVE)
			work_stop(n, w);
		session_end(n->session, t, FETCHER_STOPPED);
	} else if (t->state == TRANSFER_RESTING && now >= w->due)
		t->state = TRANSFER_WAITING;
	else if (t->state != TRANSFER_ACTIVE)
		return;
	else if (!w->attempt.paused) {
		if (now - w->attempt.last >= n->session->origin.stall)
			transfer_stalled(n, w, now);
	} else if (session_room(n->session, t) >= SLOT_SIZE) {
		attempt_resume(&w->attempt);
		n->again = true;
	} else
		/* What others have in half filled slots is needed now. */
		session_flush(n->session, UINT64_MAX);
}

static void
transfers_look(struct network *n)
{
	uint64_t now = rpc_now();

	for (size_t i = 0; i < SESSION_TRANSFERS; i++) {
		struct transfer *t = &n->session->transfers[i];
		if (t->state != TRANSFER_FREE && t->state != TRANSFER_ENDING)
			transfer_look(n, t, now);
	}
	if (now >= FLUSH_AFTER)
		session_flush(n->session, now - FLUSH_AFTER);
}

static void
transfers_start(struct network *n)
{
	struct connections *c = &n->connections;
	uint32_t active = session_count(n->session, TRANSFER_ACTIVE);
	struct transfer *t;

	if (n->session->stocked > 0)
		c->starved = false;
	for (; active < connections_capacity(c) &&
	    (t = session_oldest(n->session, TRANSFER_WAITING)) != NULL;
	    active++)
		work_start(n, t);
}

/* No connection at all: each of those that wait has failed once more. */
static void
transfers_refuse(struct network *n)
{
	struct transfer *t;

	if (n->session->refused == 0 || !connections_refused(&n->connections))
		return;
	while ((t = session_oldest(n->session, TRANSFER_WAITING)) != NULL) {
		struct work *w = work_of(n, t);
		w->attempt.transfer = t;
		w->attempt.began = t->offset;
		work_retry(n, w, n->session->refusal, 0);
	}
}

static void
network_turn(struct network *n)
{
	int running;

	do {
		n->again = n->connections.changed = false;
		transfers_refuse(n);
		transfers_look(n);
		transfers_start(n);
		connections_ask(&n->connections);
		curl_multi_perform(n->with.multi, &running);
		network_collect(n);
		/* libcurl 7.88 leaves a socket that it just got out of what it
		 * waits for, and sleeps 200 ms: it is called once more. */
	} while (n->again || n->connections.changed);
}

static void
earlier(uint64_t *first, uint64_t when)
{
	if (when < *first)
		*first = when;
}

/* Until the next thing that only time brings, ms. */
static int
network_timeout(const struct network *n)
{
	const struct session *s = n->session;
	uint64_t now = rpc_now(), first = now + WAIT_LONGEST;
	uint64_t partial = session_partial_since(s);

	if (partial != 0)
		earlier(&first, partial + FLUSH_AFTER);
	for (size_t i = 0; i < SESSION_TRANSFERS; i++) {
		const struct work *w = &n->works[i];
		if (s->transfers[i].state == TRANSFER_RESTING)
			earlier(&first, w->due);
		if (s->transfers[i].state == TRANSFER_ACTIVE &&
		    !w->attempt.paused)
			earlier(&first, w->attempt.last + s->origin.stall);
	}
	return first > now ? (int)(first - now) : 0;
}

int
network_serve(struct session *s)
{
	struct network *n = &network;
	struct curl_waitfd fds[] = {
		{ .fd = s->rpc.fd, .events = CURL_WAIT_POLLIN },
		{ .events = CURL_WAIT_POLLIN },
	};
	int error = 0;

	n->session = s;
	while (error == 0 && !s->open)
		error = session_wait(s);
	if (error == 0)
		error = network_open(n);
	while (error == 0 && (error = session_receive(s)) == 0) {
		network_turn(n);
		fds[1].fd = s->line.fd;
		if (curl_multi_poll(n->with.multi, fds, s->line.fd == -1 ? 1 : 2,
		    network_timeout(n), NULL) != CURLM_OK)
			error = -ENOMEM;
	}
	return error == -EPIPE ? 0 : error;
}

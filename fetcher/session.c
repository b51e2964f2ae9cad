#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "depot/url.h"
#include "fetcher/session.h"

RPC_PEER_SIDE(FETCHER_RPC, rows)
RPC_MANAGER_SIDE(LINE_RPC, line_rows)

/* Without the channel this process is nothing.  _exit(), because libraries are
 * in the middle of something further up the stack. */
static void
sent(int error)
{
	if (error < 0)
		_exit(EXIT_FAILURE);
}

void
session_init(struct session *s, int channel)
{
	*s = (struct session){ .line = { .fd = -1 } };
	rpc_init(&s->rpc, channel, RPC_ROWS(rows), s);
}

/* All that has been said: 0, or -errno. */
static int
channel_drain(struct rpc *rpc)
{
	int error;

	while ((error = rpc_receive(rpc, MSG_DONTWAIT)) > 0)
		continue;
	return error;
}

int
session_receive(struct session *s)
{
	int error = channel_drain(&s->line);

	/* That the dialer has ended is for the manager to tell: it knows why. */
	if (error == -EPIPE)
		rpc_close(&s->line);
	else if (error < 0)
		return error;
	return channel_drain(&s->rpc);
}

int
session_wait(struct session *s)
{
	int error = rpc_receive(&s->rpc, 0);

	return error > 0 ? session_receive(s) : error;
}

/* ---- what the manager says ---- */

static bool
has_end(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* Visible ASCII and blanks: it is going to be a line of a request. */
static bool
is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return *text == '\0';
}

static bool
origin_valid(const struct fetcher_open_req *req)
{
	return (req->scheme == FETCHER_HTTPS ||
	    req->scheme == FETCHER_HTTP) && req->connections >= 1 &&
	    req->connections <= SESSION_CONNECTIONS && req->port <= 65535 &&
	    req->stall > 0 && has_end(req->host, sizeof(req->host));
}

static int
heard_fetcher_open(struct rpc *rpc, const struct fetcher_open_req *req,
    struct cap *caps, uint32_t serial)
{
	const struct fetcher_open_rep rep = { .outcome = FETCHER_DONE };
	struct session *s = rpc->owner;

	if (!origin_valid(req))
		return -EBADMSG;
	int error = slots_map(&s->memory, caps[0].fd);
	if (error < 0)
		return error;
	rpc_init(&s->line, cap_take(&caps[1]), RPC_ROWS(line_rows), s);
	s->origin = *req;
	s->open = true;
	rpc->phase = FETCHER_OPENED;
	return answer_fetcher_open(rpc, serial, &rep, NULL);
}

/* A server may have named it, by a redirect that nobody has looked at yet. */
static bool
is_somewhere(const struct session *s, const char *target)
{
	return url_host_valid(s->origin.host) &&
	    url_target_valid(target, FETCHER_TARGET);
}

static int
heard_fetcher_get(struct rpc *rpc, const struct fetcher_get_req *req,
    struct cap *caps, uint32_t serial)
{
	struct session *s = rpc->owner;
	struct transfer *t = session_oldest(s, TRANSFER_FREE);

	(void)caps;
	if (t == NULL || !has_end(req->target, sizeof(req->target)) ||
	    !has_end(req->validator, sizeof(req->validator)))
		return -EBADMSG;
	*t = (struct transfer){ .state = TRANSFER_WAITING, .serial = serial,
	    .order = ++s->orders, .offset = req->offset, .req = *req,
	    .rep = { .transfer = req->transfer } };
	/* Whoever said so is not asked for the rest of it. */
	if (!is_plain(t->req.validator))
		t->req.validator[0] = '\0';
	if (!is_somewhere(s, req->target))
		session_end(s, t, FETCHER_REDIRECT);
	return 0;
}

/* ---- what the dialer says ---- */

static int
answered_line_connect(struct rpc *rpc, void *context,
    const struct line_connect_rep *rep, struct cap *caps)
{
	bool connected = rep->outcome == WHY_INSTALLED;
	struct session *s = rpc->owner;

	(void)context;
	if (connected != (caps[0].fd != -1) || (!connected &&
	    rep->outcome != WHY_REDIRECT && (rep->outcome < WHY_ADDRESS ||
	    rep->outcome > WHY_TIMEOUT)))
		return -EBADMSG;
	s->asked--;
	if (connected)
		s->stock[s->stocked++] = cap_take(&caps[0]);
	else {
		s->refused++;
		s->refusal = (enum fetcher_outcome)rep->outcome;
	}
	return 0;
}

static void
answer_ended(struct session *s, struct transfer *t)
{
	if (t->state != TRANSFER_ENDING || t->unacknowledged > 0)
		return;
	sent(answer_fetcher_get(&s->rpc, t->serial, &t->rep, NULL));
	t->state = TRANSFER_FREE;
}

static int
answered_fetcher_deliver(struct rpc *rpc, void *context,
    const struct fetcher_deliver_rep *rep, struct cap *caps)
{
	struct session *s = rpc->owner;
	struct slot *slot = context;
	struct transfer *t = slot->transfer;

	(void)caps;
	if (rep->slot != (uint32_t)(slot - s->slots))
		return -EBADMSG;
	slot->transfer = NULL;
	t->unacknowledged--;
	if (rep->stop)
		t->stopped = true;
	answer_ended(s, t);
	return 0;
}

/* ---- transfers ---- */

static void
slot_submit(struct session *s, struct slot *slot)
{
	struct transfer *t = slot->transfer;
	const struct fetcher_deliver_req req = { .transfer = t->req.transfer,
	    .slot = (uint32_t)(slot - s->slots), .length = slot->length };

	t->slot = NULL;
	t->unacknowledged++;
	sent(ask_fetcher_deliver(&s->rpc, &req, NULL, 0, slot));
}

struct transfer *
session_oldest(struct session *s, enum transfer_state state)
{
	struct transfer *oldest = NULL;

	for (size_t i = 0; i < SESSION_TRANSFERS; i++) {
		struct transfer *t = &s->transfers[i];
		if (t->state == state &&
		    (oldest == NULL || t->order < oldest->order))
			oldest = t;
	}
	return oldest;
}

uint32_t
session_count(const struct session *s, enum transfer_state state)
{
	uint32_t n = 0;

	for (size_t i = 0; i < SESSION_TRANSFERS; i++)
		n += s->transfers[i].state == state;
	return n;
}

void
session_head(struct session *s, struct transfer *t, bool restart,
    uint64_t claimed_total, const char *validator)
{
	struct fetcher_head_req req = { .transfer = t->req.transfer,
	    .restart = restart, .claimed_total = claimed_total };

	/* What the last response left belongs before this line. */
	if (t->slot != NULL)
		slot_submit(s, t->slot);
	strncpy(req.validator, validator, sizeof(req.validator) - 1);
	if (restart)
		t->offset = 0;
	sent(send_fetcher_head(&s->rpc, &req));
}

void
session_end(struct session *s, struct transfer *t, enum fetcher_outcome outcome)
{
	t->rep.outcome = outcome;
	t->state = TRANSFER_ENDING;
	if (t->slot != NULL && t->stopped) {
		t->slot->transfer = NULL;
		t->slot = NULL;
	}
	if (t->slot != NULL)
		slot_submit(s, t->slot);
	answer_ended(s, t);
}

/* ---- slots ---- */

static bool
slot_take(struct session *s, struct transfer *t)
{
	for (size_t i = 0; i < SLOT_COUNT; i++)
		if (s->slots[i].transfer == NULL) {
			s->slots[i] = (struct slot){ .transfer = t };
			t->slot = &s->slots[i];
			return true;
		}
	return false;
}

size_t
session_room(struct session *s, const struct transfer *t)
{
	size_t room = t->slot == NULL ? 0 : SLOT_SIZE - t->slot->length;

	for (size_t i = 0; i < SLOT_COUNT; i++)
		if (s->slots[i].transfer == NULL)
			room += SLOT_SIZE;
	return room;
}

void
session_deliver(struct session *s, struct transfer *t, const void *bytes,
    size_t size)
{
	const unsigned char *from = bytes;

	while (size > 0) {
		if (t->slot == NULL) {
			if (!slot_take(s, t))
				_exit(EXIT_FAILURE);	/* there was room */
			t->slot->since = rpc_now();
		}
		struct slot *slot = t->slot;
		size_t part = SLOT_SIZE - slot->length;
		if (part > size)
			part = size;
		memcpy(slots_at(&s->memory, (uint32_t)(slot - s->slots)) +
		    slot->length, from, part);
		slot->length += (uint32_t)part;
		t->offset += part;
		from += part;
		size -= part;
		if (slot->length == SLOT_SIZE)
			slot_submit(s, slot);
	}
}

void
session_flush(struct session *s, uint64_t before)
{
	for (size_t i = 0; i < SESSION_TRANSFERS; i++) {
		struct slot *slot = s->transfers[i].slot;
		if (slot != NULL && slot->since <= before)
			slot_submit(s, slot);
	}
}

uint64_t
session_partial_since(const struct session *s)
{
	uint64_t since = 0;

	for (size_t i = 0; i < SESSION_TRANSFERS; i++) {
		const struct slot *slot = s->transfers[i].slot;
		if (slot != NULL && (since == 0 || slot->since < since))
			since = slot->since;
	}
	return since;
}

/* ---- connections ---- */

void
session_connection_ask(struct session *s)
{
	const struct line_connect_req req = { 0 };

	/* What cannot be asked is not answered: the manager ends us soon. */
	(void)ask_line_connect(&s->line, &req, NULL, 0, NULL);
	s->asked++;
}

int
session_connection_take(struct session *s)
{
	if (s->stocked == 0)
		return -1;
	int fd = s->stock[0];
	s->stocked--;
	memmove(s->stock, s->stock + 1, s->stocked * sizeof(s->stock[0]));
	return fd;
}

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetcher/connection.h"

/* Streams at a time: one slot for each, so that each can make progress. */
#define STREAMS		SLOT_COUNT

void
connections_init(struct connections *c, struct session *s)
{
	*c = (struct connections){ .session = s,
	    .limit = s->origin.connections,
	    /* Without TLS nothing is negotiated. */
	    .protocol = s->origin.scheme == FETCHER_HTTP ? CONNECTION_ONE :
		CONNECTION_UNKNOWN };
}

/* A server speaks when it is spoken to: silence is good.  An end means that it
 * grew tired of waiting, and so do words, which are its complaint. */
static bool
socket_fresh(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
	    (errno == EAGAIN || errno == EWOULDBLOCK);
}

enum connection_outcome
connection_take(struct connections *c, int *fd)
{
	enum connection_outcome outcome = CONNECTION_NONE;
	int next;

	while ((next = session_connection_take(c->session)) != -1) {
		if (c->open < SESSION_CONNECTIONS && socket_fresh(next)) {
			c->fds[c->open++] = next;
			c->changed = true;
			*fd = next;
			return CONNECTION_TAKEN;
		}
		close(next);
		outcome = CONNECTION_DEAD;
	}
	if (outcome == CONNECTION_NONE)
		c->starved = true;
	return outcome;
}

void
connection_close(struct connections *c, int fd)
{
	for (uint32_t i = 0; i < c->open; i++)
		if (c->fds[i] == fd) {
			c->fds[i] = c->fds[--c->open];
			break;
		}
	close(fd);
}

uint32_t
connections_capacity(const struct connections *c)
{
	if (c->starved)
		return 0;
	return c->protocol == CONNECTION_MANY && c->open > 0 ? STREAMS :
	    c->open + c->session->stocked;
}

static uint32_t
wanted(const struct connections *c)
{
	const struct session *s = c->session;
	uint32_t waiting = session_count(s, TRANSFER_WAITING);

	if (waiting == 0)
		return 0;
	if (c->starved)
		return c->open + 1;
	/* The first one tells what one connection can carry. */
	return c->protocol != CONNECTION_ONE ? 1 :
	    waiting + session_count(s, TRANSFER_ACTIVE);
}

void
connections_ask(struct connections *c)
{
	struct session *s = c->session;
	uint32_t want = wanted(c);

	/* Idle ones, and libcurl would rather have another: they are of no use
	 * to anybody. */
	if (want > c->limit && c->starved && c->open > 0 &&
	    session_count(s, TRANSFER_ACTIVE) == 0) {
		connections_shutdown(c);
		c->starved = false;
	}
	while (c->open + s->stocked + s->asked < want &&
	    c->open + s->stocked + s->asked < c->limit)
		session_connection_ask(s);
}

bool
connections_refused(struct connections *c)
{
	struct session *s = c->session;
	uint32_t left = c->open + s->stocked + s->asked;

	s->refused = 0;
	c->limit = left > 0 ? left : s->origin.connections;
	return left == 0;
}

void
connections_shutdown(struct connections *c)
{
	for (uint32_t i = 0; i < c->open; i++)
		shutdown(c->fds[i], SHUT_RDWR);
}

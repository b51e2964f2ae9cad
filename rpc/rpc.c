#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "rpc/rpc.h"

#define ANSWER	UINT32_C(0x80000000)	/* in header.number */

struct header {
	uint32_t number;
	uint32_t serial;	/* of the request; 0: none is expected */
};

union control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(int) * CAP_MAX)];
};

/* A record as it came: body is aligned for any struct. */
struct record {
	struct header	header;
	size_t		size;	/* of the body */
	size_t		ncaps;
	struct cap	caps[CAP_MAX];
	_Alignas(8) unsigned char body[RPC_MAX_BODY];
};

uint64_t
rpc_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void
rpc_init(struct rpc *rpc, int fd, const struct rpc_row *rows, size_t nrows,
    void *owner)
{
	*rpc = (struct rpc){ .fd = fd, .owner = owner, .rows = rows,
	    .nrows = nrows, .phase = 1 };
}

void
rpc_close(struct rpc *rpc)
{
	cap_close_fd(&rpc->fd);
}

int
rpc_pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return -errno;
	return 0;
}

static int
record_send(int fd, const struct header *header, const void *body, size_t size,
    const struct cap *caps, size_t ncaps)
{
	union control control = { 0 };
	struct iovec iov[2] = {
		{ (void *)(uintptr_t)header, sizeof(*header) },
		{ (void *)(uintptr_t)body, size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (ncaps > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * ncaps);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * ncaps);
		for (size_t i = 0; i < ncaps; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &caps[i].fd,
			    sizeof(int));
	}
	ssize_t n;
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == -1 ? -errno : 0;
}

/* Take every descriptor that came, so that none leaks, then complain. */
static int
record_caps(struct msghdr *msg, struct record *r)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	    c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n && r->ncaps < CAP_MAX; i++)
			memcpy(&r->caps[r->ncaps++].fd,
			    CMSG_DATA(c) + i * sizeof(int), sizeof(int));
	}
	return msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EBADMSG : 0;
}

/* 1: a record; 0: none is waiting; -EPIPE: the peer is gone; or -errno. */
static int
record_receive(int fd, int flags, struct record *r)
{
	union control control;
	struct iovec iov[2] = {
		{ &r->header, sizeof(r->header) },
		{ r->body, sizeof(r->body) },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2,
	    .msg_control = &control, .msg_controllen = sizeof(control) };

	r->ncaps = 0;
	for (size_t i = 0; i < CAP_MAX; i++)
		r->caps[i] = CAP_INIT;
	ssize_t n;
	do
		n = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n == -1)
		return errno == ECONNRESET ? -EPIPE : -errno;
	int error = record_caps(&msg, r);
	if (error < 0)
		return error;
	/* An empty record cannot be told from the end of the conversation. */
	if (n == 0)
		return -EPIPE;
	if ((size_t)n < sizeof(r->header))
		return -EBADMSG;
	r->size = (size_t)n - sizeof(r->header);
	return 1;
}

/* Exactly the promised number and kinds, or none where that is allowed. */
static int
caps_match(const struct record *r, uint32_t caps)
{
	if (r->ncaps == 0 && (caps & CAPS_OPTIONAL))
		return 0;
	if (r->ncaps != cap_count(caps))
		return -EBADMSG;
	for (size_t i = 0; i < r->ncaps; i++)
		if (cap_check(r->caps[i].fd, cap_kind(caps, i)) < 0)
			return -EBADMSG;
	return 0;
}

static struct rpc_pending *
pending_find(struct rpc *rpc, uint32_t serial, uint32_t number)
{
	for (size_t i = 0; i < RPC_MAX_PENDING; i++)
		if (rpc->pending[i].serial == serial &&
		    rpc->pending[i].number == number)
			return &rpc->pending[i];
	return NULL;
}

static int
dispatch_answer(struct rpc *rpc, struct record *r)
{
	uint32_t number = r->header.number & ~ANSWER;
	const struct rpc_row *row = &rpc->rows[number];
	struct rpc_pending *p;

	if (row->role != RPC_I_ASK || r->header.serial == 0 ||
	    (p = pending_find(rpc, r->header.serial, number)) == NULL ||
	    r->size != row->rep_size || caps_match(r, row->rep_caps) < 0)
		return -EBADMSG;
	void *context = p->context;
	*p = (struct rpc_pending){ 0 };
	return row->answered(rpc, context, r->body, r->caps);
}

static int
dispatch_request(struct rpc *rpc, struct record *r)
{
	const struct rpc_row *row = &rpc->rows[r->header.number];
	int expects = row->role == RPC_I_ANSWER;

	if ((row->role != RPC_I_ANSWER && row->role != RPC_I_HEAR) ||
	    expects != (r->header.serial != 0) || !(row->phases & rpc->phase) ||
	    r->size != row->req_size || caps_match(r, row->req_caps) < 0)
		return -EBADMSG;
	return row->heard(rpc, r->body, r->caps, r->header.serial);
}

/* What every peer may say at any time. */
static int
dispatch_word(struct rpc *rpc, const struct record *r)
{
	_Static_assert(sizeof(rpc->ready) == sizeof(rpc->death), "words");

	if (r->ncaps != 0 || r->size != sizeof(rpc->death))
		return -EBADMSG;
	if (r->header.number == RPC_DEATH)
		memcpy(&rpc->death, r->body, sizeof(rpc->death));
	else if (rpc->ready.layers == 0)	/* later it might be a lie */
		memcpy(&rpc->ready, r->body, sizeof(rpc->ready));
	return 0;
}

static int
dispatch(struct rpc *rpc, struct record *r)
{
	uint32_t number = r->header.number & ~ANSWER;

	if (r->header.number == RPC_DEATH || r->header.number == RPC_READY)
		return dispatch_word(rpc, r);
	if (number >= rpc->nrows)
		return -EBADMSG;
	return r->header.number & ANSWER ? dispatch_answer(rpc, r) :
	    dispatch_request(rpc, r);
}

int
rpc_receive(struct rpc *rpc, int flags)
{
	struct record r;

	if (rpc->fd == -1)
		return -EPIPE;
	int error = record_receive(rpc->fd, flags, &r);
	if (error > 0 && (error = dispatch(rpc, &r)) == 0)
		error = 1;
	for (size_t i = 0; i < CAP_MAX; i++)
		cap_drop(&r.caps[i]);
	return error;
}

int
rpc_serve(struct rpc *rpc)
{
	int error;

	while ((error = rpc_receive(rpc, 0)) > 0)
		continue;
	return error == -EPIPE ? 0 : error;
}

int
rpc_ask(struct rpc *rpc, uint32_t number, const void *req,
    const struct cap *caps, uint64_t timeout, void *context)
{
	const struct rpc_row *row = &rpc->rows[number];
	struct rpc_pending *p = pending_find(rpc, 0, 0);

	if (p == NULL)
		return -EAGAIN;
	if (++rpc->serial == 0)
		rpc->serial = 1;
	struct header header = { number, rpc->serial };
	/* Even if it cannot be sent: then the deadline will say so. */
	*p = (struct rpc_pending){ rpc->serial, number,
	    timeout == 0 ? 0 : rpc_now() + timeout, context };
	return record_send(rpc->fd, &header, req, row->req_size, caps,
	    caps == NULL ? 0 : cap_count(row->req_caps));
}

int
rpc_answer(struct rpc *rpc, uint32_t number, uint32_t serial, const void *rep,
    const struct cap *caps)
{
	const struct rpc_row *row = &rpc->rows[number];
	struct header header = { number | ANSWER, serial };

	return record_send(rpc->fd, &header, rep, row->rep_size, caps,
	    caps == NULL ? 0 : cap_count(row->rep_caps));
}

int
rpc_send(struct rpc *rpc, uint32_t number, const void *req)
{
	struct header header = { number, 0 };

	return record_send(rpc->fd, &header, req, rpc->rows[number].req_size,
	    NULL, 0);
}

uint64_t
rpc_deadline(const struct rpc *rpc)
{
	uint64_t first = 0;

	for (size_t i = 0; i < RPC_MAX_PENDING; i++) {
		uint64_t deadline = rpc->pending[i].deadline;
		if (deadline != 0 && (first == 0 || deadline < first))
			first = deadline;
	}
	return first;
}

void
rpc_extend(struct rpc *rpc, void *context, uint64_t timeout)
{
	for (size_t i = 0; i < RPC_MAX_PENDING; i++)
		if (rpc->pending[i].serial != 0 &&
		    rpc->pending[i].context == context)
			rpc->pending[i].deadline = rpc_now() + timeout;
}

static void
word_send(int fd, uint32_t number, uint32_t first, uint32_t second)
{
	const struct {
		struct header	header;
		uint32_t	words[2];
	} record = { { number, 0 }, { first, second } };

	/* write() on this socket type makes one record. */
	if (write(fd, &record, sizeof(record)) == -1)
		return;		/* nobody listens: the end itself is seen */
}

void
rpc_last_words(int fd, enum rpc_death_cause cause, int nr)
{
	word_send(fd, RPC_DEATH, cause, (uint32_t)nr);
}

void
rpc_say_ready(int fd, uint32_t layers)
{
	word_send(fd, RPC_READY, layers, 0);
}

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "rpc/rpc.h"

#define ANSWER	UINT32_C(0x80000000)	/* in header.number */

/* One SCM_RIGHTS message, whose data has the form of struct cap[]. */
union control {
	struct cmsghdr	message;
	char		bytes[CMSG_SPACE(sizeof(struct cap) * CAP_MAX)];
};
_Static_assert(sizeof(struct cap) == sizeof(int), "capabilities");

/* A record as it came: body is aligned for any struct. */
struct record {
	struct rpc_header	header;
	size_t		size;	/* of the body */
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

/* caps: those of the packed set `kinds`, or NULL for none. */
static int
record_send(const struct rpc *rpc, struct rpc_header header, const void *body,
    size_t size, const struct cap *caps, uint32_t kinds)
{
	union control control = { 0 };
	struct iovec iov[2] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)body, size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	size_t n = 0;

	while (caps != NULL && n < CAP_MAX && CAP_KIND(kinds, n) != CAP_NONE)
		n++;
	if (n > 0) {
		control.message = (struct cmsghdr){ CMSG_LEN(n * sizeof(*caps)),
		    SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.message), caps, n * sizeof(*caps));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(*caps));
	}
	/* Nothing that a jailed peer does or leaves undone may block us. */
	int flags = rpc->is_jailed ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
	return TEMP_FAILURE_RETRY(sendmsg(rpc->fd, &msg, flags)) == -1 ?
	    -errno : 0;
}

/* 1: a record; 0: none is waiting; -EPIPE: the peer is gone; or -errno.  What
 * came with it is in r->caps in any case, so that no descriptor leaks. */
static int
record_receive(int fd, int flags, struct record *r)
{
	union control control = { 0 };
	struct iovec iov[2] = {
		{ &r->header, sizeof(r->header) },
		{ r->body, sizeof(r->body) },
	};
	/* Not CMSG_SPACE: the kernel fills the padding with a descriptor more. */
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2,
	    .msg_control = &control,
	    .msg_controllen = CMSG_LEN(sizeof(r->caps)) };

	memset(r->caps, -1, sizeof(r->caps));
	ssize_t n;
	/* A peer that ends with something unread is told first, and once; what
	 * it said before, its last words, can be read after that. */
	do
		n = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);
	while (n == -1 && (errno == EINTR || errno == ECONNRESET));
	if (n == -1)
		return errno == EAGAIN ? 0 : -errno;
	if (control.message.cmsg_type == SCM_RIGHTS)
		memcpy(r->caps, CMSG_DATA(&control.message),
		    control.message.cmsg_len - CMSG_LEN(0));
	/* An empty record cannot be told from the end of the conversation. */
	if (n == 0)
		return -EPIPE;
	if ((size_t)n < sizeof(r->header) ||
	    msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EBADMSG;
	r->size = (size_t)n - sizeof(r->header);
	return 1;
}

/* Exactly the promised number and kinds, or none where that is allowed. */
static bool
caps_match(const struct record *r, uint32_t caps)
{
	bool none = r->caps[0].fd == -1 && (caps & CAPS_OPTIONAL);

	for (size_t i = 0; i < CAP_MAX; i++) {
		enum cap_kind kind = none ? CAP_NONE : CAP_KIND(caps, i);
		if (kind == CAP_NONE ? r->caps[i].fd != -1 :
		    !cap_check(r->caps[i].fd, kind))
			return false;
	}
	return true;
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
	    r->size != row->rep_size || !caps_match(r, row->rep_caps))
		return -EBADMSG;
	void *context = p->context;
	*p = (struct rpc_pending){ 0 };
	return row->answered(rpc, context, r->body, r->caps);
}

static int
dispatch_request(struct rpc *rpc, struct record *r)
{
	const struct rpc_row *row = &rpc->rows[r->header.number];
	bool expects = row->role == RPC_I_ANSWER;

	if ((row->role != RPC_I_ANSWER && row->role != RPC_I_HEAR) ||
	    expects != (r->header.serial != 0) || !(row->phases & rpc->phase) ||
	    r->size != row->req_size || !caps_match(r, row->req_caps))
		return -EBADMSG;
	return row->heard(rpc, r->body, r->caps, r->header.serial);
}

/* What any peer may say: once that its jail is closed, and why it ends. */
static int
dispatch_word(struct rpc *rpc, const struct record *r)
{
	bool is_ready = r->header.number == RPC_READY;
	_Static_assert(sizeof(rpc->ready) == sizeof(rpc->death), "words");

	if (r->size != sizeof(rpc->death) || !caps_match(r, CAPS0) ||
	    (is_ready && rpc->ready.layers != 0))
		return -EBADMSG;
	memcpy(is_ready ? (void *)&rpc->ready : (void *)&rpc->death, r->body,
	    sizeof(rpc->death));
	return 0;
}

static int
dispatch(struct rpc *rpc, struct record *r)
{
	uint32_t number = r->header.number;

	if (number == RPC_DEATH || number == RPC_READY)
		return dispatch_word(rpc, r);
	if ((number & ~ANSWER) >= rpc->nrows ||
	    (rpc->is_jailed && rpc->ready.layers == 0))
		return -EBADMSG;
	return number & ANSWER ? dispatch_answer(rpc, r) :
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
rpc_ask(struct rpc *rpc, uint32_t number, const void *req,
    const struct cap *caps, uint64_t timeout, void *context)
{
	const struct rpc_row *row = &rpc->rows[number];
	struct rpc_pending *p = pending_find(rpc, 0, 0);

	if (p == NULL)
		return -EBUSY;
	if (++rpc->serial == 0)
		rpc->serial = 1;
	*p = (struct rpc_pending){ rpc->serial, number,
	    timeout == 0 ? UINT64_MAX : rpc_now() + timeout, context };
	return record_send(rpc, (struct rpc_header){ number, rpc->serial }, req,
	    row->req_size, caps, row->req_caps);
}

int
rpc_answer(struct rpc *rpc, uint32_t number, uint32_t serial, const void *rep,
    const struct cap *caps)
{
	const struct rpc_row *row = &rpc->rows[number];

	return record_send(rpc, (struct rpc_header){ number | ANSWER, serial }, rep,
	    row->rep_size, caps, row->rep_caps);
}

int
rpc_send(struct rpc *rpc, uint32_t number, const void *req)
{
	return record_send(rpc, (struct rpc_header){ number, 0 }, req,
	    rpc->rows[number].req_size, NULL, CAPS0);
}

uint64_t
rpc_deadline(const struct rpc *rpc)
{
	uint64_t first = UINT64_MAX;

	for (const struct rpc_pending *p = rpc->pending;
	    rpc->fd != -1 && p < rpc->pending + RPC_MAX_PENDING; p++)
		if (p->serial != 0 && p->deadline < first)
			first = p->deadline;
	return first;
}

void
rpc_extend(struct rpc *rpc, void *context, uint64_t timeout)
{
	for (struct rpc_pending *p = rpc->pending;
	    p < rpc->pending + RPC_MAX_PENDING; p++)
		if (p->serial != 0 && p->context == context)
			p->deadline = rpc_now() + timeout;
}

/*
 * liar_record.h - records sent and taken by hand: rpc/ would refuse to lie.
 */
#ifndef TESTS_LIAR_RECORD_H
#define TESTS_LIAR_RECORD_H

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rpc/rpc.h"

#define ANSWER		UINT32_C(0x80000000)	/* in a record's number */
#define MANY_FDS	16

struct record {
	uint32_t	number, serial;
	_Alignas(8) unsigned char body[2 * RPC_MAX_BODY];
};

/* What was asked, and what an honest worker would answer to it. */
struct question {
	int		 channel;
	struct record	 asked;
	int		 fds[CAP_MAX];
	uint32_t	 number, serial;	/* of the answer */
	size_t		 size;			/* of its body */
	_Alignas(8) unsigned char body[RPC_MAX_BODY];
	int		 fd;			/* -1: none goes with it */
};

/* A record of any size with any descriptors; blocks; 0 or -1. */
static inline int
say(int channel, uint32_t number, uint32_t serial, const void *body,
    size_t size, const int *fds, size_t nfds)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) *
	    MANY_FDS)];
	struct record record = { .number = number, .serial = serial };
	struct iovec iov = { &record, 8 + size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(record.body, body, size);
	if (nfds > 0) {
		memset(control, 0, sizeof(control));
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
	}
	return sendmsg(channel, &msg, MSG_NOSIGNAL) == -1 ? -1 : 0;
}

/* The next record, and up to CAP_MAX descriptors; ends with the manager. */
static inline void
hear(int channel, struct record *record, int *fds)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) *
	    CAP_MAX)];
	struct iovec iov = { record, sizeof(*record) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = sizeof(control) };

	if (recvmsg(channel, &msg, 0) <= 0)
		_exit(0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	for (int i = 0; i < CAP_MAX; i++)
		fds[i] = -1;
	if (c != NULL)
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
}

/* No numbers that a worker has. */
#define HEARD_END	(UINT32_MAX - 1)
#define HEARD_NOTHING	UINT32_MAX

/* The number of what a worker says next, but that its jail is closed; what
 * descriptors come with it are lost. */
static inline uint32_t
hear_worker(int channel, struct record *record, int timeout_ms)
{
	struct pollfd said = { channel, POLLIN, 0 };
	ssize_t n;

	do {
		if (poll(&said, 1, timeout_ms) != 1)
			return HEARD_NOTHING;
		n = recv(channel, record, sizeof(*record), 0);
		/* One that ends with something unread: told first, and once. */
	} while ((n == -1 && errno == ECONNRESET) ||
	    (n > 0 && record->number == RPC_READY));
	return n > 0 ? record->number : HEARD_END;
}

static inline void
question_hear(struct question *q, int channel)
{
	q->channel = channel;
	hear(channel, &q->asked, q->fds);
	q->number = q->asked.number | ANSWER;
	q->serial = q->asked.serial;
	q->fd = -1;
}

static inline void
question_answer(const struct question *q)
{
	say(q->channel, q->number, q->serial, q->body, q->size, &q->fd,
	    q->fd != -1);
}

#define QUESTION_SET(q, rep)	/* the honest answer is this struct */	\
	(memcpy((q)->body, &(rep), sizeof(rep)), (q)->size = sizeof(rep))

static inline void
wait_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* A flood comes as fast as it can, half a second or so; then it only has to go
 * on, and need not keep a processor busy. */
static inline void
flood_pace(void)
{
	static unsigned int said;

	if (said < 50000)
		said++;
	else
		wait_ms(1);
}

static inline _Noreturn void
wait_for_ever(void)
{
	for (;;)
		wait_ms(1000);
}

#endif /* TESTS_LIAR_RECORD_H */

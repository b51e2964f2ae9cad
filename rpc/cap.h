/*
 * cap.h - a capability: an open descriptor, and what its holder may do with it.
 *
 * A descriptor that arrived from another process is a claim.  cap_check() asks
 * the kernel what it really is (type, access mode, seals) before anyone uses
 * it.  Passing a descriptor shares the open file description, offset and flags
 * included, so whoever lends one opens a description for that peer alone.
 */
#ifndef RPC_CAP_H
#define RPC_CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cap_kind {
	CAP_NONE = 0,
	CAP_FILE,	/* regular file or memfd, read-only description */
	CAP_SEALED,	/* memfd sealed against write, grow and shrink */
	CAP_BUFFER,	/* memfd sealed against grow and shrink, writable */
	CAP_CHANNEL,	/* SOCK_SEQPACKET AF_UNIX socket */
	CAP_STREAM,	/* SOCK_STREAM AF_INET or AF_INET6 socket */
	CAP_PIDFD,	/* refers to one process, gone or not */
};

/* What one record carries, packed: at most three kinds, and whether a record
 * may come without any of them (an answer that says "no"). */
#define CAPS0		UINT32_C(0)
#define CAPS1(a)	((uint32_t)(a))
#define CAPS2(a, b)	((uint32_t)(a) | (uint32_t)(b) << 8)
#define CAPS3(a, b, c)	(CAPS2(a, b) | (uint32_t)(c) << 16)
#define CAPS_OPTIONAL	(UINT32_C(1) << 31)
#define CAP_MAX		3
/* The i-th kind of such a set, i < CAP_MAX; CAP_NONE after the last. */
#define CAP_KIND(caps, i)	((enum cap_kind)((caps) >> (8 * (i)) & 0x7f))

struct cap {
	int	fd;	/* -1: no capability */
};

#define CAP_INIT ((struct cap){ .fd = -1 })

/* Does the kernel agree that fd is of that kind? */
bool	cap_check(int fd, enum cap_kind);
/* Give the descriptor to the caller; the capability is empty afterwards. */
int	cap_take(struct cap *);
/* Close it, if there is one. */
void	cap_drop(struct cap *);

/* Closes *fd at the end of its scope: `CLOSE int fd = -1;`. */
void	cap_close_fd(int *fd);
#define CLOSE __attribute__((cleanup(cap_close_fd)))

#endif /* RPC_CAP_H */

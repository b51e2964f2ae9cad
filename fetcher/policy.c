#include <errno.h>
#include <sys/socket.h>

#include "fetcher/policy.h"
#include "jail/inner.h"

#define BITS32	UINT64_C(0xffffffff)

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };

/* Of a descriptor: glibc's fstat(). */
static const struct jail_rule channel[] = {
	JAIL_RULES_CHANNEL, JAIL_RULES_POLL,
	JAIL_ALLOW_IF(newfstatat, 3, BITS32, AT_EMPTY_PATH),
};

static const struct jail_rule end[] = { JAIL_RULES_END, JAIL_RULES_CLOCK };

/*
 * No address and no MSG_FASTOPEN: with either, a socket whose connection was
 * reset could be sent to somebody else.  The kernel reads flags as 32 bits, the
 * address as a pointer.
 */
static const struct jail_rule sockets[] = {
	JAIL_ALLOW_IF2(sendto, 3, BITS32 & ~(uint64_t)MSG_NOSIGNAL, 0,
	    4, UINT64_MAX, 0),
	JAIL_ALLOW(recvfrom),
	JAIL_ALLOW(getpeername),
	JAIL_ALLOW(getsockname),
	JAIL_ALLOW(shutdown),
};

/* What libraries try, and do without. */
static const struct jail_rule refused[] = {
	/* libcurl 7.88 connects what it was told is connected (curl issue
	 * 10626), and goes on when this is said to be under way. */
	JAIL_REFUSE(connect, EINPROGRESS),
	JAIL_REFUSE(setsockopt, EPERM),	/* TCP_NODELAY: the dialer did it */
	JAIL_REFUSE(socketpair, EPERM),	/* a way to wake libcurl: unused */
	JAIL_REFUSE(openat, EPERM),
	JAIL_ALLOW(getpid),	/* the TLS library's: was there a fork? */
};

static const struct jail_group network[] = {
	JAIL_GROUP("its memory, and the slots", memory),
	JAIL_GROUP("the manager, the line, and waiting for them", channel),
	JAIL_GROUP("its end, time, randomness", end),
	JAIL_GROUP("sockets that the dialer connected", sockets),
	JAIL_GROUP("what the libraries do without", refused),
	{ NULL, NULL, 0 }
};

const struct jail_policy fetcher_policy = {
	.name = "fetcher",
	.root = JAIL_ROOT_EMPTY,
	.groups = network,
	.file_size = RLIM_INFINITY,
};

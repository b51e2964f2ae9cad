#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "dialer/policy.h"
#include "jail/inner.h"
#include "jail/landlock.h"

/* What the resolver of the C library reads, where the launcher's view shows it;
 * nothing else on the host can be read. */
static const struct jail_path paths[] = {
	{ "/etc/resolv.conf", LANDLOCK_READ_FILE },
	{ "/etc/hosts", LANDLOCK_READ_FILE },
	{ "/etc/nsswitch.conf", LANDLOCK_READ_FILE },
	{ "/etc/host.conf", LANDLOCK_READ_FILE },
	{ "/etc/gai.conf", LANDLOCK_READ_FILE },
	{ NULL, 0 }
};

static const struct jail_rule memory[] = { JAIL_RULES_MEMORY };

static const struct jail_rule channel[] = {
	JAIL_RULES_CHANNEL, JAIL_RULES_POLL,
};

static const struct jail_rule end[] = { JAIL_RULES_END, JAIL_RULES_CLOCK };

/* To read: O_CREAT, O_TRUNC, O_PATH and the other access modes are not among
 * these bits.  O_LARGEFILE is 0 to a 64-bit program, not to its kernel. */
#define OPEN_FLAGS	((uint64_t)O_CLOEXEC)
static const struct jail_rule files[] = {
	JAIL_ALLOW_IF(openat, 2, 0xffffffff & ~OPEN_FLAGS, 0),
	JAIL_RULES_STAT,
};

/*
 * The kernel reads family and type as 32 bits.  The type's higher bits are
 * SOCK_CLOEXEC and SOCK_NONBLOCK.  No raw socket, no other family: netlink and
 * the name service daemons' sockets are things that the C library tries first
 * and does without.  No protocol but the type's own, TCP or UDP: the kernel
 * loads code for others (SCTP, SMC) when it is asked for them.
 */
#define SOCKET(family, type)						\
	{ .nr = SYS_socket, .test = {					\
	    { JAIL_MASKED_EQ, 0, 0xffffffff, (family) },		\
	    { JAIL_MASKED_EQ, 1, 0xf, (type) },				\
	    { JAIL_MASKED_EQ, 2, 0xffffffff, 0 } } }
/* What a dialer asks of its sockets, and the C library's resolver of its own.
 * Others attach filters, join groups or have connect() put off. */
#define OPTION(level, option)						\
	JAIL_ALLOW_IF2(setsockopt, 1, 0xffffffff, (level),		\
	    2, 0xffffffff, (option))
static const struct jail_rule sockets[] = {
	SOCKET(AF_INET, SOCK_STREAM), SOCKET(AF_INET, SOCK_DGRAM),
	SOCKET(AF_INET6, SOCK_STREAM), SOCKET(AF_INET6, SOCK_DGRAM),
	JAIL_REFUSE_IF(socket, EAFNOSUPPORT, 0, 0xffffffff, AF_UNIX),
	JAIL_REFUSE_IF(socket, EAFNOSUPPORT, 0, 0xffffffff, AF_NETLINK),
	JAIL_ALLOW(connect),
	JAIL_ALLOW(getpeername),
	OPTION(IPPROTO_TCP, TCP_NODELAY), OPTION(IPPROTO_IP, IP_RECVERR),
	OPTION(IPPROTO_IPV6, IPV6_RECVERR),
};

/* getaddrinfo(): questions over UDP, long answers over TCP; getsockname() tells
 * which of our addresses an answer would be reached from (RFC 6724). */
static const struct jail_rule resolver[] = {
	JAIL_ALLOW(sendto),
	JAIL_ALLOW(sendmmsg),
	JAIL_ALLOW(writev),
	JAIL_ALLOW(recvfrom),
	JAIL_ALLOW(getsockname),
	JAIL_ALLOW(uname),
	JAIL_REFUSE(ioctl, ENOTTY),	/* the size of an answer: it guesses */
};

static const struct jail_group groups[] = {
	JAIL_GROUP("its memory", memory),
	JAIL_GROUP("the manager, the line, and waiting for them", channel),
	JAIL_GROUP("its end, time, randomness", end),
	JAIL_GROUP("the resolver's files, to read", files),
	JAIL_GROUP("connections out, none in", sockets),
	JAIL_GROUP("name servers", resolver),
	{ NULL, NULL, 0 }
};

const struct jail_policy dialer_policy = {
	.name = "dialer",
	.root = JAIL_ROOT_KEEP,
	.net = JAIL_NET_CONNECT,
	.paths = paths,
	.groups = groups,
	.file_size = RLIM_INFINITY,
};

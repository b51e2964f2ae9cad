/*
 * Acts on sockets: those that it makes, the one that it was handed, and its
 * channel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attack/acts.h"

#define HIGH_HALF	UINT64_C(0x100000000)
#define SO_PEER_PIDFD	77	/* Linux 6.5 */
#define PROTO_SCTP	132
#define PROTO_MPTCP	262

static int
socket_try(unsigned long family, int type, int protocol)
{
	int fd = (int)syscall(SYS_socket, family, type | SOCK_CLOEXEC,
	    protocol);

	if (fd == -1)
		return -errno;
	close(fd);
	return 0;
}

static struct sockaddr_in
somebody(const struct held *held)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_port = htons(held->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

#define SOCKET_ACT(name, family, type, protocol)			\
	int								\
	act_##name(const struct held *held)				\
	{								\
		(void)held;						\
		return socket_try((family), (type), (protocol));	\
	}
SOCKET_ACT(socket_tcp, AF_INET, SOCK_STREAM, 0)
SOCKET_ACT(socket_udp, AF_INET, SOCK_DGRAM, 0)
SOCKET_ACT(socket_tcp6, AF_INET6, SOCK_STREAM, 0)
SOCKET_ACT(socket_raw, AF_INET, SOCK_RAW, IPPROTO_TCP)
SOCKET_ACT(socket_unix, AF_UNIX, SOCK_STREAM, 0)
SOCKET_ACT(socket_unix_high, HIGH_HALF | AF_UNIX, SOCK_DGRAM, 0)
SOCKET_ACT(socket_netlink, AF_NETLINK, SOCK_RAW, 0)
SOCKET_ACT(socket_packet, AF_PACKET, SOCK_RAW, 0)
SOCKET_ACT(socket_alg, AF_ALG, SOCK_SEQPACKET, 0)
SOCKET_ACT(socket_vsock, AF_VSOCK, SOCK_STREAM, 0)

/* These three are protocols of the internet families.  The kernel says
 * EPROTONOSUPPORT after it has looked for them, and perhaps loaded code for
 * them. */
static int
protocol_try(int type, int protocol)
{
	int error = socket_try(AF_INET, type, protocol);

	return error == -EPROTONOSUPPORT || error == -ESOCKTNOSUPPORT ||
	    error == -ENOPROTOOPT ? 0 : error;
}

int
act_socket_ping(const struct held *held)
{
	(void)held;
	return protocol_try(SOCK_DGRAM, IPPROTO_ICMP);
}

int
act_socket_mptcp(const struct held *held)
{
	(void)held;
	return protocol_try(SOCK_STREAM, PROTO_MPTCP);
}

int
act_socket_sctp(const struct held *held)
{
	(void)held;
	return protocol_try(SOCK_STREAM, PROTO_SCTP);
}

/* Whichever this kernel has; one that it has not is EAFNOSUPPORT. */
int
act_socket_others(const struct held *held)
{
	static const int rare[] = { AF_KEY, AF_CAN, AF_TIPC, AF_BLUETOOTH,
	    AF_RDS, AF_PPPOX, AF_LLC, AF_IEEE802154, AF_NFC, AF_KCM, AF_QIPCRTR,
	    44 /* AF_XDP */, AF_AX25, AF_X25, AF_APPLETALK };

	(void)held;
	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++) {
		int error = socket_try((unsigned long)rare[i], SOCK_RAW, 0);
		if (error != -EAFNOSUPPORT && error != -EPERM)
			return error == -EPROTONOSUPPORT ||
			    error == -ESOCKTNOSUPPORT ? 0 : error;
	}
	return act_reached(-1, EAFNOSUPPORT);
}

int
act_socket_abstract(const struct held *held)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "\0airlock-attack" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)held;
	return fd == -1 ? -errno : act_result(bind(fd,
	    (struct sockaddr *)&name, sizeof(name)));
}

int
act_socket_pair(const struct held *held)
{
	int ends[2];

	(void)held;
	return act_result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    ends));
}

int
act_connect_tcp(const struct held *held)
{
	const struct sockaddr_in to = somebody(held);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -errno;
	return act_result(connect(fd, (const struct sockaddr *)&to,
	    sizeof(to)));
}

int
act_send_udp(const struct held *held)
{
	const struct sockaddr_in to = somebody(held);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -errno;
	return act_result(sendto(fd, "x", 1, 0, (const struct sockaddr *)&to,
	    sizeof(to)));
}

/* A socket of its own, or a number that may be one. */
static int
socket_any(const struct held *held)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd != -1 ? fd : held->socket != -1 ? held->socket :
	    held->channel;
}

int
act_bind_port(const struct held *held)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return act_result(bind(socket_any(held), (struct sockaddr *)&to,
	    sizeof(to)));
}

int
act_listen_port(const struct held *held)
{
	return act_result(listen(socket_any(held), 1));
}

int
act_accept_any(const struct held *held)
{
	return act_reached(accept4(socket_any(held), NULL, NULL, SOCK_CLOEXEC),
	    EINVAL);
}

int
act_option_filter(const struct held *held)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	struct sock_fprog program = { 1, &all };

	return act_result(setsockopt(socket_any(held), SOL_SOCKET,
	    SO_ATTACH_FILTER, &program, sizeof(program)));
}

int
act_option_multicast(const struct held *held)
{
	const struct ip_mreqn group = {
	    .imr_multiaddr.s_addr = htonl(0xe00000fb),
	    .imr_address.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return act_result(setsockopt(fd != -1 ? fd : socket_any(held),
	    IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
}

int
act_option_fastopen(const struct held *held)
{
	const int on = 1;

	return act_result(setsockopt(socket_any(held), IPPROTO_TCP,
	    TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
}

/* As after a reset: it may be connected again. */
static void
disconnect(int fd)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	(void)connect(fd, &nobody, sizeof(nobody));
}

int
act_held_connect(const struct held *held)
{
	const struct sockaddr_in to = somebody(held);

	disconnect(held->socket);
	return act_result(connect(held->socket, (const struct sockaddr *)&to,
	    sizeof(to)));
}

int
act_held_sendto(const struct held *held)
{
	const struct sockaddr_in to = somebody(held);

	disconnect(held->socket);
	return act_result(sendto(held->socket, "x", 1, MSG_FASTOPEN,
	    (const struct sockaddr *)&to, sizeof(to)));
}

static int
message_send(const struct held *held, int flags, int several)
{
	struct sockaddr_in to = somebody(held);
	struct iovec iov = { (void *)(uintptr_t)"x", 1 };
	struct mmsghdr message = { .msg_hdr = { .msg_name = &to,
	    .msg_namelen = sizeof(to), .msg_iov = &iov, .msg_iovlen = 1 } };

	disconnect(held->socket);
	return act_result(several ?
	    sendmmsg(held->socket, &message, 1, flags) :
	    sendmsg(held->socket, &message.msg_hdr, flags));
}

int
act_held_sendmsg(const struct held *held)
{
	return message_send(held, MSG_FASTOPEN, 0);
}

int
act_held_sendmmsg(const struct held *held)
{
	return message_send(held, MSG_FASTOPEN, 1);
}

/* Without a fast open, TCP goes nowhere by an address: not even without a
 * jail.  In a jail the socket stays connected, and the bytes go to its peer. */
int
act_held_address(const struct held *held)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof(peer);
	int error = message_send(held, MSG_NOSIGNAL, 0);

	if (error == 0 && getpeername(held->socket, (struct sockaddr *)&peer,
	    &size) == 0 && ntohs(peer.sin_port) != held->port)
		return -EISCONN;
	return error;
}

int
act_held_listen(const struct held *held)
{
	disconnect(held->socket);
	return act_result(listen(held->socket, 1));
}

int
act_channel_peer(const struct held *held)
{
	int pidfd;
	socklen_t size = sizeof(pidfd);

	return act_result(getsockopt(held->channel, SOL_SOCKET,
	    SO_PEER_PIDFD, &pidfd, &size));
}

int
act_channel_who(const struct held *held)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return act_result(getsockopt(held->channel, SOL_SOCKET, SO_PEERCRED,
	    &peer, &size));
}

/* That they leave is the kernel's to allow; that they arrive is judged outside. */
int
act_channel_descriptors(const struct held *held)
{
	char text[8] = "";
	struct iovec iov = { text, sizeof(text) };
	union {
		struct cmsghdr	head;
		char		bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { .head = { CMSG_LEN(2 * sizeof(int)), SOL_SOCKET,
	    SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };

	memset(CMSG_DATA(&control.head), 0, 2 * sizeof(int));
	return act_result(sendmsg(held->channel, &message, MSG_NOSIGNAL));
}

int
act_channel_garbage(const struct held *held)
{
	static const char junk[300];
	struct iovec iov = { (void *)(uintptr_t)junk, sizeof(junk) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	return act_result(sendmsg(held->channel, &message, MSG_NOSIGNAL));
}

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rpc/cap.h"

#define SEALS_SIZE	(F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

size_t
cap_count(uint32_t caps)
{
	size_t n = 0;

	while (n < CAP_MAX && cap_kind(caps, n) != CAP_NONE)
		n++;
	return n;
}

enum cap_kind
cap_kind(uint32_t caps, size_t i)
{
	return (enum cap_kind)(caps >> (8 * i) & 0x7f);
}

static int
check_file(int fd, int seals)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return -EBADMSG;
	if (seals == 0)
		return (flags & O_ACCMODE) == O_RDONLY ? 0 : -EBADMSG;
	/* A plain file has no seals: F_GET_SEALS fails, which is -1 here. */
	int got = fcntl(fd, F_GET_SEALS);
	return got != -1 && (got & seals) == seals ? 0 : -EBADMSG;
}

static int
check_socket(int fd, int type, int inet)
{
	int got_type, got_domain, listens;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &got_type, &len) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &got_domain, &len) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == -1)
		return -EBADMSG;
	int is_inet = got_domain == AF_INET || got_domain == AF_INET6;
	if (got_type != type || listens != 0 || is_inet != inet)
		return -EBADMSG;
	return inet || got_domain == AF_UNIX ? 0 : -EBADMSG;
}

int
cap_check(int fd, enum cap_kind kind)
{
	switch (kind) {
	case CAP_FILE:
		return check_file(fd, 0);
	case CAP_SEALED:
		return check_file(fd, SEALS_SIZE | F_SEAL_WRITE);
	case CAP_BUFFER:
		return check_file(fd, SEALS_SIZE);
	case CAP_CHANNEL:
		return check_socket(fd, SOCK_SEQPACKET, 0);
	case CAP_STREAM:
		return check_socket(fd, SOCK_STREAM, 1);
	case CAP_PIDFD:
		/* Only a pidfd knows this call; signal 0 only asks. */
		return syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0 ||
		    errno == ESRCH || errno == EPERM ? 0 : -EBADMSG;
	case CAP_NONE:
		break;
	}
	return -EBADMSG;
}

int
cap_take(struct cap *cap)
{
	int fd = cap->fd;

	cap->fd = -1;
	return fd;
}

void
cap_drop(struct cap *cap)
{
	cap_close_fd(&cap->fd);
}

void
cap_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

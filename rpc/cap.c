#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpc/cap.h"

#define SEALS_SIZE	(F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
#define SEALS_ALL	(SEALS_SIZE | F_SEAL_WRITE)

/* A regular file, open in this mode; and to be read, which O_PATH is not. */
static bool
is_file(int fd, int mode)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & (O_ACCMODE | O_PATH)) == mode &&
	    fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* With these and no other of the four.  Only memory has seals: for all else the
 * call fails. */
static bool
is_sealed(int fd, int seals)
{
	int got = fcntl(fd, F_GET_SEALS);

	return got != -1 && (got & SEALS_ALL) == seals;
}

static bool
is_socket(int fd, int option, int wanted)
{
	int got;
	socklen_t size = sizeof(got);

	return getsockopt(fd, SOL_SOCKET, option, &got, &size) == 0 &&
	    got == wanted;
}

bool
cap_check(int fd, enum cap_kind kind)
{
	siginfo_t info;

	switch (kind) {
	case CAP_FILE:
		return is_file(fd, O_RDONLY);
	case CAP_SEALED:
		return is_sealed(fd, SEALS_ALL);
	case CAP_BUFFER:
		return is_sealed(fd, SEALS_SIZE) && is_file(fd, O_RDWR);
	case CAP_CHANNEL:
		return is_socket(fd, SO_TYPE, SOCK_SEQPACKET) &&
		    is_socket(fd, SO_DOMAIN, AF_UNIX) &&
		    is_socket(fd, SO_ACCEPTCONN, 0);
	case CAP_STREAM:
		return is_socket(fd, SO_TYPE, SOCK_STREAM) &&
		    is_socket(fd, SO_ACCEPTCONN, 0) &&
		    (is_socket(fd, SO_DOMAIN, AF_INET) ||
			is_socket(fd, SO_DOMAIN, AF_INET6));
	case CAP_PIDFD:
		/* ECHILD: it refers to a process, which is another's child. */
		return waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG |
		    WNOWAIT) == 0 || errno == ECHILD;
	default:
		return false;
	}
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

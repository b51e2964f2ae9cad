#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/lock.h"
#include "cli/message.h"
#include "rpc/cap.h"

#define LOCK_MS		200	/* between two tries */

/* Whoever can open it can hold it, even if just for reading: 0600. */
static int
lock_open(const struct root *root)
{
	CLOSE int state = root_open(root, "state");

	if (state < 0)
		return state;	/* said by root_open() */
	int fd = openat(state, "lock", O_RDWR | O_CREAT | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd != -1 && fchmod(fd, 0600) == 0)
		return fd;
	int error = -errno;
	complain("%s/state/lock: %s", root->path, strerror(errno));
	cap_close_fd(&fd);
	return error;
}

/* The pid that the holder has written; 0: none yet. */
static pid_t
lock_holder(int lock)
{
	char pid[16] = "";

	return pread(lock, pid, sizeof(pid) - 1, 0) > 0 ? atoi(pid) : 0;
}

/* Always as long, so that nothing of an earlier holder's is left.  Whether it
 * can be written matters to the next one's message only. */
static void
lock_sign(int lock)
{
	char pid[16];
	int n = snprintf(pid, sizeof(pid), "%14d\n", getpid());

	(void)!pwrite(lock, pid, (size_t)n, 0);
}

/* Until it is free again, or a signal asks to end. */
static enum status
lock_wait(int lock, struct view *view)
{
	struct pollfd signals = { .fd = interrupt_fd(), .events = POLLIN };

	while (flock(lock, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK) {
			complain("the depot's lock: %s", strerror(errno));
			return STATUS_FAILED;
		}
		view_waiting(view, lock_holder(lock));
		(void)poll(&signals, 1, LOCK_MS);
		interrupt_seen();
		if (interrupt_asked())
			return STATUS_INTERRUPTED;
		view_tick(view);
	}
	return STATUS_DONE;
}

enum status
lock_take(const struct root *root, struct view *view, int *lock)
{
	*lock = lock_open(root);
	if (*lock < 0)
		return STATUS_FAILED;
	enum status status = lock_wait(*lock, view);
	if (status == STATUS_DONE)
		lock_sign(*lock);
	else
		cap_close_fd(lock);
	return status;
}

int
lock_look(const struct root *root, pid_t *pid)
{
	CLOSE int state = root_open(root, "state");

	*pid = 0;
	if (state < 0)
		return state == -ENOENT ? 0 : state;
	CLOSE int lock = openat(state, "lock", O_RDONLY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (lock == -1)
		return errno == ENOENT ? 0 : -errno;
	if (flock(lock, LOCK_SH | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	*pid = lock_holder(lock);
	return 1;
}

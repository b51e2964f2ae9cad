#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/input.h"
#include "cli/message.h"
#include "rpc/buffer.h"
#include "rpc/cap.h"

int
input_seal(int dir, const char *path, size_t max)
{
	struct stat st;
	/* Not blocking: a fifo is refused, not waited for. */
	CLOSE int file = openat(dir, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC |
	    O_NOCTTY);

	if (file == -1 || fstat(file, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return st.st_size == 0 ? -ENODATA : buffer_seal_file(file, max);
}

void
input_complain(const char *shown, int error)
{
	if (error == -EINVAL)
		complain("%s: this is no regular file", shown);
	else if (error == -ENODATA)
		complain("%s: this file is empty", shown);
	else
		complain("%s: %s", shown, strerror(-error));
}

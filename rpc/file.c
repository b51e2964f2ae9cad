#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "rpc/buffer.h"

int
buffer_seal_file(int from, size_t max)
{
	char *copy = malloc(max + 1);
	size_t size = 0;
	ssize_t n;

	if (copy == NULL)
		return -ENOMEM;
	while ((n = pread(from, copy + size, max + 1 - size, (off_t)size)) > 0)
		size += (size_t)n;
	int fd = n == -1 ? -errno : size > max ? -EFBIG :
	    buffer_seal(copy, size);
	free(copy);
	return fd;
}

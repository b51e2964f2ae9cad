#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/buffer.h"
#include "rpc/cap.h"

#define SLOTS_SIZE	((size_t)SLOT_COUNT * SLOT_SIZE)

/* Memory without a name, that cannot be executed where the kernel knows how to
 * say so. */
static int
memory_create(void)
{
#ifdef MFD_NOEXEC_SEAL
	/* It implies F_SEAL_EXEC, and needs Linux 6.3. */
	int fd = memfd_create("airlock", MFD_CLOEXEC | MFD_ALLOW_SEALING |
	    MFD_NOEXEC_SEAL);
	if (fd != -1 || errno != EINVAL)
		return fd;
#endif
	return memfd_create("airlock", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int
buffer_create(size_t size)
{
	CLOSE int fd = memory_create();

	if (fd == -1 || ftruncate(fd, (off_t)size) == -1 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
	    == -1)
		return -errno;
	int out = fd;
	fd = -1;
	return out;
}

int
slots_create(void)
{
	return buffer_create(SLOTS_SIZE);
}

int
slots_map(struct slots *slots, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (st.st_size != (off_t)SLOTS_SIZE)
		return -EBADMSG;
	void *base = mmap(NULL, SLOTS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	slots->base = base;
	return 0;
}

void
slots_unmap(struct slots *slots)
{
	if (slots->base != NULL)
		munmap(slots->base, SLOTS_SIZE);
	slots->base = NULL;
}

unsigned char *
slots_at(const struct slots *slots, uint32_t slot)
{
	return slot < SLOT_COUNT ? slots->base + (size_t)slot * SLOT_SIZE : NULL;
}

/* Seal, and trade the writable description for a read-only one of its own. */
static int
memory_seal(int fd)
{
	char path[32];

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK |
	    F_SEAL_SEAL) == -1)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int out = open(path, O_RDONLY | O_CLOEXEC);
	/* Without /proc the sealed description itself serves: nobody can write
	 * through it any more. */
	return out != -1 ? out : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int
buffer_seal(const void *data, size_t size)
{
	CLOSE int fd = memory_create();

	if (fd == -1)
		return -errno;
	ssize_t n = size == 0 ? 0 : write(fd, data, size);
	if (n != (ssize_t)size)
		return n == -1 ? -errno : -ENOSPC;
	return memory_seal(fd);
}

int
buffer_seal_file(int from, size_t max)
{
	CLOSE int fd = memory_create();
	char block[16384];
	off_t at = 0;
	ssize_t n;

	if (fd == -1)
		return -errno;
	while ((n = pread(from, block, sizeof(block), at)) > 0) {
		at += n;
		if ((size_t)at > max)
			return -EFBIG;
		if (write(fd, block, (size_t)n) != n)
			return -ENOSPC;
	}
	return n == -1 ? -errno : memory_seal(fd);
}

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/buffer.h"
#include "rpc/cap.h"

#define SEALS_SIZE	(F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x0008U		/* since Linux 6.3 */
#endif

/* Memory without a name, never executable if the kernel knows such. */
static int
memory_create(void)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("airlock", flags | MFD_NOEXEC_SEAL);

	return fd == -1 && errno == EINVAL ? memfd_create("airlock", flags) :
	    fd;
}

/* Seal it; a descriptor for the caller, because fd ends with its scope. */
static int
memory_seal(int fd, int seals)
{
	int out = fcntl(fd, F_ADD_SEALS, seals) == -1 ? -1 :
	    fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return out == -1 ? -errno : out;
}

int
buffer_create(size_t size)
{
	CLOSE int fd = memory_create();

	if (fd == -1 || ftruncate(fd, (off_t)size) == -1)
		return -errno;
	return memory_seal(fd, SEALS_SIZE);
}

int
slots_map(struct slots *slots, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || st.st_size != (off_t)SLOTS_SIZE)
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

int
buffer_seal(const void *data, size_t size)
{
	CLOSE int fd = memory_create();
	ssize_t n = fd == -1 ? -1 : write(fd, data, size);

	if (n != (ssize_t)size)
		return n == -1 ? -errno : -ENOSPC;
	return memory_seal(fd, SEALS_SIZE | F_SEAL_WRITE);
}

/*
 * Acts on memory, and on the limits: executable memory, memory that is a file,
 * and using up what there is.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include "attack/acts.h"

#define PAGE		4096ul
#define HIGH_HALF	UINT64_C(0x100000000)
#define GIB		(UINT64_C(1) << 30)
#define DESCRIPTORS	2000
#define PROCESSES	200

static int
mapped(void *memory)
{
	return memory == MAP_FAILED ? -errno : 0;
}

static void *
page_new(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int
act_map_exec(const struct held *held)
{
	(void)held;
	return mapped(mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

int
act_map_exec_high(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_mmap, NULL, PAGE, HIGH_HALF | PROT_READ |
	    PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

int
act_map_exec_file(const struct held *held)
{
	int fd = held->file != -1 ? held->file :
	    open("/usr/bin/gpg", O_RDONLY | O_CLOEXEC);

	return mapped(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
	    0));
}

int
act_protect_exec(const struct held *held)
{
	(void)held;
	return act_result(mprotect(page_new(), PAGE, PROT_READ | PROT_EXEC));
}

int
act_protect_pkey(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_pkey_mprotect, page_new(), PAGE,
	    PROT_READ | PROT_EXEC, -1));
}

int
act_protect_stack(const struct held *held)
{
	char here;
	uintptr_t page = (uintptr_t)&here & ~(PAGE - 1);

	(void)held;
	return act_result(mprotect((void *)page, PAGE,
	    PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN));
}

int
act_map_shadow(const struct held *held)
{
	(void)held;
	return act_result(syscall(NR_map_shadow_stack, 0, PAGE, 0));
}

int
act_memfd(const struct held *held)
{
	(void)held;
	return act_result(memfd_create("memory", MFD_CLOEXEC));
}

int
act_memfd_secret(const struct held *held)
{
	(void)held;
	return act_result(syscall(NR_memfd_secret, 0));
}

int
act_shm(const struct held *held)
{
	int id = shmget(IPC_PRIVATE, PAGE, 0600);

	(void)held;
	if (id == -1)
		return -errno;
	return act_result(shmctl(id, IPC_RMID, NULL));
}

int
act_remap(const struct held *held)
{
	void *memory = mmap(NULL, 2 * PAGE, PROT_READ,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)held;
	return act_result(syscall(SYS_remap_file_pages, memory, PAGE, 0, 1ul,
	    0));
}

/* Twice what is allowed in a jail, so as to be possible without one. */
int
act_mlock(const struct held *held)
{
	const size_t size = 128 * 1024;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)held;
	return act_result(mlock(memory, size));
}

int
act_userfault(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_userfaultfd, O_CLOEXEC |
	    1 /* UFFD_USER_MODE_ONLY */));
}

int
act_splice_memory(const struct held *held)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	int ends[2];

	(void)held;
	if (syscall(SYS_vmsplice, 0, &iov, 1ul, 0) == -1 && errno != EBADF)
		return -errno;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -errno;
	return act_result(vmsplice(ends[1], &iov, 1, 0));
}

/* Nothing is touched: the host's memory is not used up by the trial. */
int
act_exhaust_memory(const struct held *held)
{
	(void)held;
	for (int i = 0; i < 16; i++)
		if (mmap(NULL, GIB / 4, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED)
			return -errno;
	return 0;
}

int
act_exhaust_descriptors(const struct held *held)
{
	int error = 0, fds[DESCRIPTORS], n = 0;

	(void)held;
	for (; error == 0 && n < DESCRIPTORS; n++)
		error = act_result(fds[n] = fcntl(0, F_DUPFD_CLOEXEC, 5));
	/* Room for what this process has to do yet. */
	while (n > 0)
		close(fds[--n]);
	return error;
}

int
act_exhaust_processes(const struct held *held)
{
	int error = 0;

	(void)held;
	for (int i = 0; error == 0 && i < PROCESSES; i++) {
		long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
		if (pid == 0) {
			sleep(2);
			_exit(0);
		}
		error = act_result(pid);
	}
	return error;
}

/* A hole: no disk is filled. */
int
act_exhaust_file(const struct held *held)
{
	int fd = open("large", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);

	(void)held;
	if (fd == -1 || lseek(fd, (off_t)(65 * GIB), SEEK_SET) == -1)
		return -errno;
	return act_result(write(fd, "x", 1));
}

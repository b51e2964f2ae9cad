/*
 * Acts on the kernel itself: its own machines, its settings, other ABIs.  What
 * could harm the host has arguments that the kernel refuses once it has agreed
 * that the caller may.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "attack/acts.h"

#define NOWHERE		"/airlock-attack-nowhere"

int
act_bpf(const struct held *held)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
	    .value_size = 4, .max_entries = 1 };

	(void)held;
	return act_result(syscall(SYS_bpf, BPF_MAP_CREATE, &attr,
	    sizeof(attr)));
}

int
act_perf(const struct held *held)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attr), .config = PERF_COUNT_SW_TASK_CLOCK,
	    .exclude_kernel = 1, .exclude_hv = 1 };

	(void)held;
	return act_result(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0ul));
}

int
act_io_uring(const struct held *held)
{
	struct io_uring_params parameters = { 0 };

	(void)held;
	return act_result(syscall(SYS_io_uring_setup, 1, &parameters));
}

int
act_aio(const struct held *held)
{
	unsigned long context = 0;

	(void)held;
	return act_result(syscall(SYS_io_setup, 1, &context));
}

int
act_key_add(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_add_key, "user", "airlock-attack", "x",
	    1ul, KEY_SPEC_PROCESS_KEYRING));
}

int
act_key_request(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_request_key, "user", "airlock-attack",
	    NULL, 0), ENOKEY);
}

/* CVE-2024-42318: this once dropped a Landlock domain. */
int
act_key_session(const struct held *held)
{
	(void)held;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1)
		return -errno;
	return act_result(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
}

int
act_module_init(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_init_module, "", 0ul, ""), ENOEXEC);
}

/* 0 is /dev/null, which is no module. */
int
act_module_file(const struct held *held)
{
	(void)held;
	int error = act_reached(syscall(SYS_finit_module, 0, "", 0), EINVAL);
	return error == -ENOEXEC || error == -EBADF ? 0 : error;
}

int
act_module_delete(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_delete_module, "airlock-attack",
	    O_NONBLOCK), ENOENT);
}

/* Too many segments. */
int
act_kexec(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_kexec_load, 0ul, 1000ul, NULL, 0ul),
	    EINVAL);
}

/* Without the number that makes it one. */
int
act_reboot(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL);
}

int
act_swap(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_swapon, NOWHERE, 0), ENOENT);
}

int
act_account(const struct held *held)
{
	(void)held;
	return act_reached(syscall(SYS_acct, NOWHERE), ENOENT);
}

/* To no time: only the permission is asked for. */
int
act_clock(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_settimeofday, NULL, NULL));
}

int
act_hostname(const struct held *held)
{
	(void)held;
	return act_result(sethostname("attack", 6));
}

int
act_syslog(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_syslog, 10 /* size of the buffer */, NULL,
	    0));
}

int
act_message_queue(const struct held *held)
{
	long fd = syscall(SYS_mq_open, "airlock-attack",
	    O_RDWR | O_CREAT | O_CLOEXEC, 0600, NULL);

	(void)held;
	if (fd == -1)
		return -errno;
	return act_result(syscall(SYS_mq_unlink, "airlock-attack"));
}

int
act_ipc_message(const struct held *held)
{
	long id = syscall(SYS_msgget, IPC_PRIVATE, 0600);

	(void)held;
	if (id == -1)
		return -errno;
	return act_result(syscall(SYS_msgctl, id, IPC_RMID, NULL));
}

int
act_lsm_self(const struct held *held)
{
	(void)held;
	/* No such attribute. */
	int error = act_reached(syscall(NR_lsm_get_self_attr, 0, NULL, NULL,
	    0), EINVAL);
	return error == -EOPNOTSUPP ? 0 : error;
}

int
act_newest(const struct held *held)
{
	(void)held;
	return act_result(syscall(500, 0, 0, 0));
}

#ifdef __x86_64__
#define X32_BIT		0x40000000l

int
act_port_ioperm(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_ioperm, 0x80ul, 1ul, 1));
}

int
act_port_iopl(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_iopl, 3));
}

int
act_ldt(const struct held *held)
{
	char table[16];

	(void)held;
	return act_result(syscall(SYS_modify_ldt, 0, table, sizeof(table)));
}

int
act_abi_x32(const struct held *held)
{
	(void)held;
	return act_result(syscall(X32_BIT | SYS_getpid));
}

/* The gate of 32-bit programs; its registers are those of that ABI. */
static int
gate_32(long number)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result)
	    : "0"(number), "b"(0l), "c"(0l), "d"(0l)
	    : "memory", "cc", "r8", "r9", "r10", "r11");
	return result < 0 && result > -4096 ? (int)result : 0;
}

int
act_abi_32(const struct held *held)
{
	(void)held;
	return gate_32(20);		/* getpid */
}

int
act_abi_32_exec(const struct held *held)
{
	(void)held;
	int error = gate_32(11);	/* execve, of no path */
	return error == -EFAULT ? 0 : error;
}
#endif

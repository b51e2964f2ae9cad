/*
 * Acts on processes: running programs, making processes and namespaces, looking
 * into others, and becoming somebody else.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/acts.h"

#define HIGH_HALF	UINT64_C(0x100000000)
#define STAY_SECONDS	2

static char *const no_words[] = { NULL };
/* Without these gpg looks for its user, by a local socket. */
static char *const gpg_words[] = { (char *)(uintptr_t)"HOME=/home",
    (char *)(uintptr_t)"LC_ALL=C", NULL };

int
act_exec_program(const struct held *held)
{
	char *argv[] = { (char *)(uintptr_t)"true", NULL };

	(void)held;
	return act_result(execve("/bin/true", argv, no_words));
}

int
act_exec_gpg(const struct held *held)
{
	char *argv[] = { (char *)(uintptr_t)"gpg",
	    (char *)(uintptr_t)"--version", NULL };

	(void)held;
	return act_result(execve("/usr/bin/gpg", argv, gpg_words));
}

/* Of each that it holds; then of a program that it can open. */
int
act_exec_descriptor(const struct held *held)
{
	char *argv[] = { (char *)(uintptr_t)"true", NULL };

	(void)held;
	for (int fd = 3; fd < 16; fd++)
		(void)syscall(SYS_execveat, fd, "", argv, no_words,
		    AT_EMPTY_PATH);
	int fd = open("/bin/true", O_PATH | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	return act_result(syscall(SYS_execveat, fd, "", argv, no_words,
	    AT_EMPTY_PATH));
}

int
act_exec_memory(const struct held *held)
{
	char *argv[] = { (char *)(uintptr_t)"script", NULL };
	static const char script[] = "#!/bin/sh\nexit 0\n";
	int fd = memfd_create("script", 0);

	(void)held;
	if (fd == -1 || write(fd, script, sizeof(script) - 1) == -1)
		return -errno;
	return act_result(syscall(SYS_execveat, fd, "", argv, no_words,
	    AT_EMPTY_PATH));
}

/* As fork() by these flags; the child ends at once. */
static int
clone_end(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return act_result(pid);
}

int
act_fork(const struct held *held)
{
	(void)held;
	return clone_end(SIGCHLD);
}

int
act_fork_high(const struct held *held)
{
	(void)held;
	return clone_end(HIGH_HALF | SIGCHLD);
}

int
act_fork_vfork(const struct held *held)
{
	(void)held;
	return clone_end(CLONE_VFORK | SIGCHLD);
}

static void *
thread_main(void *argument)
{
	return argument;
}

int
act_fork_thread(const struct held *held)
{
	pthread_t thread;

	(void)held;
	int error = pthread_create(&thread, NULL, thread_main, NULL);
	if (error == 0)
		pthread_join(thread, NULL);
	return -error;
}

/* It keeps our channel open: that is how it is seen from outside. */
int
act_fork_stays(const struct held *held)
{
	(void)held;
	long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid != 0)
		return act_result(pid);
	sleep(STAY_SECONDS);
	_exit(0);
}

int
act_clone_user(const struct held *held)
{
	(void)held;
	return clone_end(CLONE_NEWUSER | SIGCHLD);
}

int
act_clone_all(const struct held *held)
{
	(void)held;
	return clone_end(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
	    CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
	    SIGCHLD);
}

int
act_clone3_user(const struct held *held)
{
	struct clone_args args = { .flags = CLONE_NEWUSER,
	    .exit_signal = SIGCHLD };

	(void)held;
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return act_result(pid);
}

int
act_unshare_user(const struct held *held)
{
	(void)held;
	return act_result(unshare(CLONE_NEWUSER));
}

int
act_unshare_net(const struct held *held)
{
	(void)held;
	return act_result(unshare(CLONE_NEWNET));
}

/* 0 is no namespace: the kernel says so when it has come to look. */
int
act_setns(const struct held *held)
{
	(void)held;
	return act_reached(setns(0, 0), EINVAL);
}

int
act_ptrace_other(const struct held *held)
{
	return act_result(syscall(SYS_ptrace, 0x4206 /* PTRACE_SEIZE */,
	    held->pid, NULL, NULL));
}

int
act_ptrace_self(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_ptrace, 0 /* PTRACE_TRACEME */, 0, NULL,
	    NULL));
}

/* Of the process that we were forked from, which has the same addresses, or of
 * another one. */
static long
vm_move(long call, pid_t pid, void *there)
{
	char byte = 0;
	const struct iovec local = { &byte, 1 }, remote = { there, 1 };

	return syscall(call, pid, &local, 1ul, &remote, 1ul, 0ul);
}

int
act_vm_read(const struct held *held)
{
	return act_result(vm_move(SYS_process_vm_readv, held->pid,
	    (void *)(uintptr_t)no_words));
}

/* A byte that nothing depends on, in the same place of the same program. */
static char scratch;

int
act_vm_write(const struct held *held)
{
	return act_result(vm_move(SYS_process_vm_writev, held->pid, &scratch));
}

int
act_pidfd_open(const struct held *held)
{
	return act_result(syscall(SYS_pidfd_open, held->pid, 0));
}

int
act_pidfd_getfd(const struct held *held)
{
	int pidfd = (int)syscall(SYS_pidfd_open, held->pid, 0);

	return pidfd == -1 ? -errno :
	    act_result(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
}

int
act_kcmp(const struct held *held)
{
	return act_result(syscall(SYS_kcmp, held->pid, getpid(), KCMP_FILES, 0,
	    0));
}

int
act_kill_other(const struct held *held)
{
	return act_result(kill(held->pid, 0));
}

int
act_kill_all(const struct held *held)
{
	(void)held;
	return act_result(kill(-1, 0));
}

int
act_kill_thread(const struct held *held)
{
	return act_result(syscall(SYS_tgkill, held->pid, held->pid, 0));
}

int
act_prlimit_other(const struct held *held)
{
	struct rlimit limit;

	return act_result(prlimit(held->pid, RLIMIT_NOFILE, NULL, &limit));
}

/* From what it has to twice as much, if that is finite. */
int
act_prlimit_raise(const struct held *held)
{
	struct rlimit limit;

	(void)held;
	if (prlimit(0, RLIMIT_NOFILE, NULL, &limit) == -1)
		return -errno;
	limit.rlim_cur = limit.rlim_max = 2 * limit.rlim_max;
	return act_result(prlimit(0, RLIMIT_NOFILE, &limit, NULL));
}

int
act_priority_other(const struct held *held)
{
	return act_result(setpriority(PRIO_PROCESS, (id_t)held->pid, 0));
}

int
act_schedule(const struct held *held)
{
	const struct sched_param parameters = { 0 };

	(void)held;
	return act_result(sched_setscheduler(0, SCHED_BATCH, &parameters));
}

int
act_affinity_other(const struct held *held)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	return act_result(sched_setaffinity(held->pid, sizeof(set), &set));
}

int
act_move_pages(const struct held *held)
{
	void *page = (void *)(uintptr_t)no_words;
	int status;

	return act_result(syscall(SYS_move_pages, held->pid, 1ul, &page, NULL,
	    &status, 0));
}

int
act_madvise_other(const struct held *held)
{
	(void)held;
	/* 0 is no pidfd; it is looked at first. */
	return act_reached(syscall(SYS_process_madvise, 0, NULL, 0ul,
	    MADV_COLD, 0), EBADF);
}

int
act_setuid_root(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_setuid, 0));
}

int
act_setresuid_other(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_setresuid, 65533, 65533, 65533));
}

int
act_setgroups(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_setgroups, 0, NULL));
}

int
act_capset_all(const struct held *held)
{
	struct __user_cap_header_struct header =
	    { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct all[2] = {
	    { 1 << CAP_SYS_CHROOT, 1 << CAP_SYS_CHROOT, 0 } };

	(void)held;
	return act_result(syscall(SYS_capset, &header, all));
}

int
act_prctl_ambient(const struct held *held)
{
	(void)held;
	return act_result(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
	    CAP_SYS_CHROOT, 0, 0));
}

int
act_prctl_dumpable(const struct held *held)
{
	(void)held;
	return act_result(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

int
act_prctl_privs(const struct held *held)
{
	(void)held;
	return act_result(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

int
act_prctl_high(const struct held *held)
{
	(void)held;
	return act_result(syscall(SYS_prctl, HIGH_HALF | PR_SET_DUMPABLE, 1, 0,
	    0, 0));
}

/* No such map: said after the capability was looked at. */
int
act_prctl_mm(const struct held *held)
{
	(void)held;
	return act_reached(prctl(PR_SET_MM, PR_SET_MM_START_CODE, 1, 0, 0),
	    EINVAL);
}

int
act_prctl_death(const struct held *held)
{
	(void)held;
	return act_result(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0));
}

int
act_prctl_reaper(const struct held *held)
{
	(void)held;
	return act_result(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

int
act_seccomp_listen(const struct held *held)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	(void)held;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return act_result(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

int
act_personality(const struct held *held)
{
	(void)held;
	return act_result(personality(READ_IMPLIES_EXEC));
}

/* Of a child, in case that it leads one already. */
int
act_session(const struct held *held)
{
	(void)held;
	return act_result(setsid());
}

int
act_core(const struct held *held)
{
	const struct rlimit limit = { 1 << 20, 1 << 20 };

	(void)held;
	return act_result(prlimit(0, RLIMIT_CORE, &limit, NULL));
}

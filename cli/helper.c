#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/helper.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/program.h"

static _Noreturn void
helper_exec(const char *name, int program, char *const envp[], const int *from,
    int n)
{
	char *argv[] = { (char *)(uintptr_t)name, NULL };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	program_exec(program, argv, envp, from, n, NULL);
	_exit(1);
}

enum status
helper_start(struct helper *helper, const char *name, const int *fds, int n,
    char *const envp[], const struct rpc_row *rows, size_t nrows)
{
	int pair[2], from[1 + HELPER_FDS];

	*helper = (struct helper){ .rpc.fd = -1, .pid = -1, .name = name };
	CLOSE int program = program_open(name);
	if (program < 0)
		return STATUS_FAILED;
	int error = rpc_pair(pair);
	if (error < 0) {
		complain("%s: %s", name, strerror(-error));
		return STATUS_FAILED;
	}
	from[0] = pair[1];
	memcpy(from + 1, fds, (size_t)n * sizeof(*fds));
	helper->pid = fork();
	if (helper->pid == 0)
		helper_exec(name, program, envp, from, n + 1);
	error = errno;
	close(pair[1]);
	rpc_init(&helper->rpc, pair[0], rows, nrows, helper);
	helper->rpc.is_jailed = true;
	if (helper->pid != -1)
		return STATUS_DONE;
	complain("%s: %s", name, strerror(error));
	return STATUS_FAILED;
}

/* It ended, or said what it may not. */
static enum status
helper_lost(const struct helper *helper, int error)
{
	const struct rpc_death *death = &helper->rpc.death;

	if (death->cause == RPC_DEATH_CPU) {
		complain("%s: it used up its processor time", helper->name);
		return STATUS_MALFORMED;
	}
	if (death->cause == RPC_DEATH_SETUP)
		complain("%s: its jail could not be built: %s", helper->name,
		    strerror(death->syscall));
	else if (death->cause == RPC_DEATH_VIOLATION)
		complain("%s: it made a forbidden system call (%d): a bug or an "
		    "attack", helper->name, death->syscall);
	else if (error == -EBADMSG)
		complain("%s: it broke its protocol: a bug or an attack",
		    helper->name);
	else
		complain("%s: it ended unexpectedly: a bug or an attack",
		    helper->name);
	return STATUS_JAIL;
}

/* Until what was asked has to be answered; -1: for ever. */
static int
patience(const struct helper *helper)
{
	uint64_t deadline = rpc_deadline(&helper->rpc), now = rpc_now();

	return deadline == UINT64_MAX ? -1 : deadline <= now ? 0 :
	    (int)(deadline - now);
}

static enum status
helper_silent(const struct helper *helper)
{
	complain("%s: it does not answer", helper->name);
	return STATUS_MALFORMED;
}

enum status
helper_wait(struct helper *helper)
{
	struct pollfd fds[2] = {
		{ .fd = helper->rpc.fd, .events = POLLIN },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};

	while (!helper->answered) {
		int n = poll(fds, 2, patience(helper));
		if (n == 0)
			return helper_silent(helper);
		if (n == -1 && errno != EINTR) {
			complain("%s: %s", helper->name, strerror(errno));
			return STATUS_FAILED;
		}
		interrupt_seen();
		if (interrupt_asked())
			return STATUS_INTERRUPTED;
		int got = rpc_receive(&helper->rpc, MSG_DONTWAIT);
		if (got < 0)
			return helper_lost(helper, got);
	}
	return STATUS_DONE;
}

void
helper_end(struct helper *helper)
{
	rpc_close(&helper->rpc);
	if (helper->pid <= 0)
		return;
	/* What it was for is done, or will not be. */
	kill(helper->pid, SIGKILL);
	while (waitpid(helper->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	helper->pid = -1;
}

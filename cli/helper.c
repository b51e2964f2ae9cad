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

/* One look at what it says; it may be out of time. */
static enum status
helper_hear(struct helper *helper, bool readable)
{
	if (!readable)
		return patience(helper) == 0 ? helper_silent(helper) :
		    STATUS_DONE;
	int got = rpc_receive(&helper->rpc, MSG_DONTWAIT);
	return got < 0 ? helper_lost(helper, got) : STATUS_DONE;
}

/* Wait for one record of one of them, or for Ctrl-C. */
static enum status
helpers_hear(struct helper *const helpers[], size_t n)
{
	struct pollfd fds[1 + HELPERS_MAX] = {
		{ .fd = interrupt_fd(), .events = POLLIN } };
	enum status status = STATUS_DONE;
	int longest = -1;

	for (size_t i = 0; i < n; i++) {
		int left = patience(helpers[i]);
		fds[1 + i] = (struct pollfd){ .fd = helpers[i]->rpc.fd,
		    .events = POLLIN };
		longest = longest == -1 || (left != -1 && left < longest) ?
		    left : longest;
	}
	if (poll(fds, (nfds_t)n + 1, longest) == -1 && errno != EINTR) {
		complain("%s: %s", helpers[0]->name, strerror(errno));
		return STATUS_FAILED;
	}
	interrupt_seen();
	if (interrupt_asked())
		return STATUS_INTERRUPTED;
	for (size_t i = 0; i < n && status == STATUS_DONE; i++)
		status = helper_hear(helpers[i], fds[1 + i].revents != 0);
	return status;
}

enum status
helpers_wait(struct helper *const helpers[], size_t n, size_t *which)
{
	enum status status = STATUS_DONE;

	for (;;) {
		for (*which = 0; *which < n; (*which)++)
			if (helpers[*which]->answered)
				return STATUS_DONE;
		status = helpers_hear(helpers, n);
		if (status != STATUS_DONE)
			return status;
	}
}

enum status
helper_wait(struct helper *helper)
{
	size_t which;

	return helpers_wait(&helper, 1, &which);
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

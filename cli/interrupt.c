#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/status.h"

static int event = -1;
static volatile sig_atomic_t asked, resized, continued;

static void
remember(volatile sig_atomic_t *what)
{
	int saved = errno;
	uint64_t one = 1;

	*what = 1;
	/* Full or absent: the flag is set all the same. */
	if (write(event, &one, sizeof(one)) == -1)
		errno = saved;
	errno = saved;
}

static void
on_end(int sig)
{
	(void)sig;
	if (asked)
		_exit(STATUS_INTERRUPTED);
	remember(&asked);
}

static void
on_resize(int sig)
{
	(void)sig;
	remember(&resized);
}

static void
on_continue(int sig)
{
	(void)sig;
	remember(&continued);
}

static void
on_pipe(int sig)
{
	/* The write says EPIPE.  Not SIG_IGN, which an exec would inherit. */
	(void)sig;
}

static void
handle(int sig, void (*handler)(int))
{
	/* SA_RESTART: a write to the terminal is not cut by a signal. */
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_RESTART };
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	/* What the parent ignores stays so: nohup, or a shell's background. */
	if (handler == on_end && sigaction(sig, NULL, &old) == 0 &&
	    old.sa_handler == SIG_IGN)
		return;
	sigaction(sig, &action, NULL);
}

void
interrupt_setup(void)
{
	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	handle(SIGINT, on_end);
	handle(SIGTERM, on_end);
	handle(SIGHUP, on_end);
	handle(SIGWINCH, on_resize);
	handle(SIGCONT, on_continue);
	handle(SIGPIPE, on_pipe);
}

int
interrupt_fd(void)
{
	return event;
}

void
interrupt_seen(void)
{
	uint64_t count;

	if (read(event, &count, sizeof(count)) == -1)
		return;		/* nothing to be seen */
}

bool
interrupt_asked(void)
{
	return asked != 0;
}

static bool
take(volatile sig_atomic_t *what)
{
	bool was = *what != 0;

	*what = 0;
	return was;
}

bool
interrupt_resized(void)
{
	return take(&resized);
}

bool
interrupt_continued(void)
{
	return take(&continued);
}

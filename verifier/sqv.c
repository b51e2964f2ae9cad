/*
 * One run of sqv, with two processes beside this one: sqv itself, which reads the
 * data from a fifo, and a feeder, which writes them there.  The feeder waits in
 * open() until sqv opens the other end; if that never happens it ends with us.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rpc/cap.h"
#include "verifier/fingerprint.h"
#include "verifier/question.h"
#include "verifier/slots.h"
#include "verifier/sqv.h"

#define SQV		"/usr/bin/sqv"
#define PIECE		(64 * 1024)	/* a pipe's size */
#define TEXT		4096
#define EXIT_NO_DATA	2		/* a feeder's: the data cannot be read */
#define EXIT_NO_EXEC	127
#define TIME		sizeof("-292277022399-01-01T00:00:00Z")

/* What is printed to one descriptor; more than fits is counted, not kept. */
struct said {
	char	text[TEXT];
	size_t	size;
};
enum { SAID_OUT, SAID_ERR, SAID_COUNT };

/* One operation. */
struct run {
	pid_t		feeder, sqv;
	int		in[SAID_COUNT];		/* our ends */
	struct said	said[SAID_COUNT];
};

/*
 * It ends with 1 for whatever reason; its messages tell them apart.  These words
 * were the same from 1.1 to 1.3, and if they ever change: only GOOD is good.
 */
static const struct {
	const char		*words;
	enum verifier_verdict	 verdict;
} reasons[] = {
	{ "is not considered secure", VERIFIER_REFUSED },
	{ "is revoked", VERIFIER_KEY_REVOKED },
	{ "Expired on", VERIFIER_SIG_EXPIRED },
	{ "Missing key", VERIFIER_NO_KEY },
};

bool
sqv_is_there(void)
{
	return access(SQV, X_OK) == 0;
}

static int
signature_write(const void *sig, size_t size)
{
	CLOSE int fd = open(SLOT_SIGNATURE, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd == -1)
		return -errno;
	return write(fd, sig, size) == (ssize_t)size ? 0 : -EIO;
}

/* Where no pid namespace does it, our end is to be the child's. */
static pid_t
fork_bound(void)
{
	pid_t pid = fork();

	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return pid;
}

/* ---- the data ---- */

static _Noreturn void
feeder_run(int data)
{
	static char piece[PIECE];
	off_t at = 0;
	ssize_t n;
	int out = open(SLOT_DATA, O_WRONLY | O_CLOEXEC);

	if (out == -1)
		_exit(EXIT_NO_DATA);
	while ((n = pread(data, piece, sizeof(piece), at)) > 0) {
		at += n;
		for (ssize_t done = 0, m; done < n; done += m)
			if ((m = write(out, piece + done,
			    (size_t)(n - done))) == -1)
				_exit(0);	/* sqv has seen enough */
	}
	_exit(n == 0 ? 0 : EXIT_NO_DATA);
}

/* What sqv has read was all, or at least as much as it wanted.  Whoever could not
 * read on had ended before sqv did. */
static bool
feeder_has_fed(const struct run *run, int channel)
{
	int status;

	if (waitpid(run->feeder, &status, WNOHANG) != run->feeder)
		return true;
	if (WIFSIGNALED(status))
		question_killed(WTERMSIG(status), channel);
	return !WIFEXITED(status) || WEXITSTATUS(status) == 0;
}

/* ---- sqv ---- */

static _Noreturn void
sqv_exec(int64_t as_of, const int out[SAID_COUNT])
{
	char text[TIME];
	char *argv[] = { (char *)(uintptr_t)"sqv",
	    (char *)(uintptr_t)"--keyring", (char *)(uintptr_t)SLOT_KEY,
	    (char *)(uintptr_t)SLOT_SIGNATURE, (char *)(uintptr_t)SLOT_DATA,
	    NULL, NULL, NULL };
	struct tm tm;
	time_t time = (time_t)as_of;

	if (as_of != 0) {
		if (gmtime_r(&time, &tm) == NULL || strftime(text, sizeof(text),
		    "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
			_exit(EXIT_NO_EXEC);
		argv[5] = (char *)(uintptr_t)"--not-after";
		argv[6] = text;
	}
	/* It gets nothing by descriptor, and least of all the channel. */
	if (dup2(out[SAID_OUT], STDOUT_FILENO) != -1 &&
	    dup2(out[SAID_ERR], STDERR_FILENO) != -1 &&
	    close_range(STDERR_FILENO + 1, ~0u, 0) != -1)
		execv(SQV, argv);
	_exit(EXIT_NO_EXEC);
}

static int
sqv_start(struct run *run, int64_t as_of)
{
	int out[2], err[2];

	if (pipe2(out, O_CLOEXEC) == -1)
		return -errno;
	CLOSE int out_end = out[1];
	run->in[SAID_OUT] = out[0];
	if (pipe2(err, O_CLOEXEC) == -1)
		return -errno;
	CLOSE int err_end = err[1];
	run->in[SAID_ERR] = err[0];
	run->sqv = fork_bound();
	if (run->sqv == 0)
		sqv_exec(as_of, (const int[]){ out_end, err_end });
	return run->sqv == -1 ? -errno : 0;
}

/* All that it prints, to its end. */
static void
sqv_hear(struct run *run)
{
	struct pollfd fds[SAID_COUNT] = { { run->in[SAID_OUT], POLLIN, 0 },
	    { run->in[SAID_ERR], POLLIN, 0 } };

	while ((fds[0].fd != -1 || fds[1].fd != -1) &&
	    (poll(fds, SAID_COUNT, -1) != -1 || errno == EINTR))
		for (int i = 0; i < SAID_COUNT; i++) {
			struct said *said = &run->said[i];
			char more[256];
			if (fds[i].revents == 0)
				continue;
			ssize_t n = read(fds[i].fd, more, sizeof(more));
			if (n <= 0)
				fds[i].fd = -1;		/* poll() skips it */
			for (ssize_t j = 0; j < n; j++, said->size++)
				if (said->size < TEXT - 1)
					said->text[said->size] = more[j];
		}
}

/* A line with one fingerprint, and nothing else. */
static enum verifier_verdict
good_judge(const struct said *out, struct verifier_verify_rep *rep)
{
	if (out->size == 0 || out->size >= TEXT ||
	    out->text[out->size - 1] != '\n')
		return VERIFIER_BROKEN;
	rep->fpr_size = fingerprint_parse(out->text, out->size - 1, rep->fpr);
	rep->signatures = rep->fpr_size != 0;
	return rep->fpr_size != 0 ? VERIFIER_GOOD : VERIFIER_BROKEN;
}

static enum verifier_verdict
bad_judge(const char *message)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(message, reasons[i].words) != NULL)
			return reasons[i].verdict;
	return VERIFIER_BAD;
}

static enum verifier_verdict
sqv_judge(const struct run *run, int channel, struct verifier_verify_rep *rep)
{
	int status;

	if (waitpid(run->sqv, &status, 0) != run->sqv)
		return VERIFIER_BROKEN;
	if (WIFSIGNALED(status))
		question_killed(WTERMSIG(status), channel);
	if (!feeder_has_fed(run, channel) || !WIFEXITED(status))
		return VERIFIER_BROKEN;
	switch (WEXITSTATUS(status)) {
	case 0:
		return good_judge(&run->said[SAID_OUT], rep);
	case 1:
		return bad_judge(run->said[SAID_ERR].text);
	default:
		return VERIFIER_BROKEN;
	}
}

void
sqv_verify(int channel, int data, const void *sig, size_t size, int64_t as_of,
    struct verifier_verify_rep *rep)
{
	/* The last byte of each text stays 0. */
	static struct run run = { .in = { -1, -1 } };

	rep->verdict = VERIFIER_BROKEN;
	if (signature_write(sig, size) < 0)
		return;
	/* Before there is a pipe, which the feeder would keep open. */
	run.feeder = fork_bound();
	if (run.feeder == 0)
		feeder_run(data);
	if (run.feeder != -1 && sqv_start(&run, as_of) == 0) {
		sqv_hear(&run);
		rep->verdict = sqv_judge(&run, channel, rep);
	}
}

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "jail/jail.h"
#include "rpc/rpc.h"
#include "verifier/policy.h"
#include "verifier/question.h"

ssize_t
question_read(int fd, void *data, size_t max)
{
	char more;
	ssize_t n = pread(fd, data, max, 0);

	if (n == -1)
		return -errno;
	return pread(fd, &more, 1, (off_t)n) == 0 ? n : -EFBIG;
}

int
question_limit(uint64_t size)
{
	uint64_t seconds = POLICY_CPU_BASE + size / POLICY_CPU_RATE;
	struct rlimit limit = { seconds, seconds + 1 }, now;

	if (getrlimit(RLIMIT_CPU, &now) == -1)
		return -errno;
	/* Another one was asked for: --max-cpu. */
	if (now.rlim_cur != POLICY_CPU_MAX || seconds >= POLICY_CPU_MAX)
		return 0;
	return setrlimit(RLIMIT_CPU, &limit) == -1 ? -errno : 0;
}

/* A call outside the policy is a violation, whoever made it.  A crash is none:
 * the engine fails, and what it said before does not count. */
void
question_killed(int sig, int channel)
{
	if (sig == SIGSYS) {
		rpc_last_words(channel, RPC_DEATH_VIOLATION, -1);
		_exit(JAIL_EXIT_VIOLATION);
	}
	/* The second is the limit's other half, one second later. */
	if (sig == SIGXCPU || sig == SIGKILL) {
		rpc_last_words(channel, RPC_DEATH_CPU, -1);
		_exit(JAIL_EXIT_LIMIT);
	}
}

/*
 * dial_policy.h - forbidden acts, tried from within a worker's own policy.
 */
#ifndef TESTS_DIAL_POLICY_H
#define TESTS_DIAL_POLICY_H

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "dial_worker.h"

/* One system call and what becomes of it. */
struct act {
	const char	*what;
	int		 nr;
	long		 arg[6];
	enum { ACT_DIES, ACT_FAILS, ACT_WORKS } end;
	int		 error;		/* of ACT_FAILS */
};

/* ACT_DIES: by SIGSYS, or in the handler that says goodbye. */
static inline void
act_check(const struct jail_policy *policy, const struct act *act)
{
	int pair[2], status;

	assert_int_equal(rpc_pair(pair), 0);
	pid_t pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		jail_enter(policy, pair[1], 0);
		errno = 0;
		long got = syscall(act->nr, act->arg[0], act->arg[1],
		    act->arg[2], act->arg[3], act->arg[4], act->arg[5]);
		_exit(got == -1 ? errno : 0);
	}
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	int dead = WIFSIGNALED(status) ? WTERMSIG(status) == SIGSYS :
	    WEXITSTATUS(status) == JAIL_EXIT_VIOLATION;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (dead != (act->end == ACT_DIES) ||
	    (act->end == ACT_FAILS && code != act->error) ||
	    (act->end == ACT_WORKS && code != 0))
		fail_msg("%s: ended with wait status %#x", act->what,
		    (unsigned int)status);
}

#define ACTS_CHECK(policy, acts)					\
	for (size_t i = 0; i < sizeof(acts) / sizeof((acts)[0]); i++)	\
		act_check((policy), &(acts)[i])

#define PTR(p)	((long)(intptr_t)(p))

#endif /* TESTS_DIAL_POLICY_H */

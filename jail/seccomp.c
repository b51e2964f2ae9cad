#include <errno.h>

#include "jail/seccomp.h"

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "no policy was written for this architecture: port the tables first"
#endif

/* The range of calls that this list does not know yet: from the first after
 * cachestat (Linux 6.5) to where x32 begins.  A newer libc tries them first. */
#define NEWER_FIRST	452
#define NEWER_LAST	511

/* A call that is neither listed nor one of those below: its handler says which
 * it was. */
#define OTHERWISE	SCMP_ACT_TRAP

/* Nobody asks for these by accident: no handler gets to run. */
static const int deadly[] = {
	SYS_execve, SYS_execveat, SYS_socket, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_bpf, SYS_keyctl, SYS_add_key,
	SYS_request_key, SYS_userfaultfd, SYS_perf_event_open, SYS_setns,
	SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
	SYS_init_module, SYS_finit_module, SYS_kexec_load,
};

static int
is_listed(const struct jail_group *groups, int nr)
{
	for (; groups->need != NULL; groups++)
		for (size_t i = 0; i < groups->count; i++)
			if (groups->rules[i].nr == nr)
				return 1;
	return 0;
}

static int
add_rule(scmp_filter_ctx ctx, const struct jail_rule *rule)
{
	struct scmp_arg_cmp cmp[JAIL_TESTS];
	unsigned int n = 0;

	for (size_t i = 0; i < JAIL_TESTS; i++) {
		const struct jail_test *t = &rule->test[i];
		if (t->op == JAIL_MASKED_EQ)
			cmp[n++] = SCMP_CMP64(t->arg, SCMP_CMP_MASKED_EQ,
			    t->mask, t->value);
	}
	uint32_t action = rule->error == 0 ? SCMP_ACT_ALLOW :
	    SCMP_ACT_ERRNO((uint32_t)rule->error);
	return seccomp_rule_add_array(ctx, action, rule->nr, n, cmp);
}

/* What a call meets that is in no group. */
static uint32_t
action_unlisted(int nr)
{
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (deadly[i] == nr)
			return SCMP_ACT_KILL_PROCESS;
	/* clone3's flags are behind a pointer: the old clone() can be judged. */
	return nr == SYS_clone3 || nr >= NEWER_FIRST ? SCMP_ACT_ERRNO(ENOSYS) :
	    OTHERWISE;
}

int
seccomp_build(const struct jail_group *groups, scmp_filter_ctx *built)
{
	scmp_filter_ctx ctx = *built = seccomp_init(OTHERWISE);
	int error = ctx == NULL ? -ENOMEM : seccomp_attr_set(ctx,
	    SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (error == 0)
		error = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (int nr = 0; error == 0 && nr <= NEWER_LAST; nr++)
		if (action_unlisted(nr) != OTHERWISE && !is_listed(groups, nr))
			error = seccomp_rule_add(ctx, action_unlisted(nr), nr,
			    0);
	for (; error == 0 && groups->need != NULL; groups++)
		for (size_t i = 0; error == 0 && i < groups->count; i++)
			error = add_rule(ctx, &groups->rules[i]);
	return error;
}

int
seccomp_allow(const struct jail_group *groups)
{
	scmp_filter_ctx ctx;
	int error = seccomp_build(groups, &ctx);

	if (error == 0)
		error = seccomp_load(ctx);
	seccomp_release(ctx);
	return error;
}

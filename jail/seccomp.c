#include <errno.h>
#include <seccomp.h>

#include "jail/seccomp.h"

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "no policy was written for this architecture: port the tables first"
#endif

/* The range of calls that this list does not know yet: from the first after
 * cachestat (Linux 6.5) to where x32 begins.  A newer libc tries them first. */
#define NEWER_FIRST	452
#define NEWER_LAST	511

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
	struct scmp_arg_cmp cmp[2];
	unsigned int n = 0;

	for (size_t i = 0; i < 2; i++) {
		const struct jail_test *t = &rule->test[i];
		if (t->op == JAIL_MASKED_EQ)
			cmp[n++] = SCMP_CMP64(t->arg, SCMP_CMP_MASKED_EQ,
			    t->mask, t->value);
	}
	uint32_t action = rule->error == 0 ? SCMP_ACT_ALLOW :
	    SCMP_ACT_ERRNO((uint32_t)rule->error);
	return seccomp_rule_add_array(ctx, action, rule->nr, n, cmp);
}

/* What is not in the groups, and yet is not to trap. */
static int
add_unlisted(scmp_filter_ctx ctx, const struct jail_group *groups)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (error == 0 && !is_listed(groups, deadly[i]))
			error = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS,
			    deadly[i], 0);
	/* Its flags are behind a pointer: the old clone() can be judged. */
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
		    SYS_clone3, 0);
	for (int nr = NEWER_FIRST; error == 0 && nr <= NEWER_LAST; nr++)
		if (!is_listed(groups, nr))
			error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
			    nr, 0);
	return error;
}

static int
build(scmp_filter_ctx ctx, const struct jail_group *groups)
{
	int error = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);

	if (error == 0)
		error = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (error == 0)
		error = add_unlisted(ctx, groups);
	for (; error == 0 && groups->need != NULL; groups++)
		for (size_t i = 0; error == 0 && i < groups->count; i++)
			error = add_rule(ctx, &groups->rules[i]);
	return error;
}

int
seccomp_allow(const struct jail_group *groups)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);

	if (ctx == NULL)
		return -ENOMEM;
	int error = build(ctx, groups);
	if (error == 0)
		error = seccomp_load(ctx);
	seccomp_release(ctx);
	return error;
}

/*
 * jail_seccomp_test.c - the outer filter of each kind, from inside: a child loads
 * the very one that the launcher loads, makes one call, and is looked at.  Others
 * load what libseccomp makes of the same tables here and now, and have to meet the
 * same.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dialer/policy.h"
#include "jail/filter.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "jail/privileges.h"
#include "jail/seccomp.h"
#include "jail/spawn.h"

#define X32	0x40000000L

/* How the call ends: an errno (0: none), or by SIGSYS, which either a handler
 * would hear (TRAPS) or nobody does (DIES). */
enum { TRAPS = -1, DIES = -2 };

struct act {
	const char	*what;
	long		 nr, arg[6];
};

static void
on_trap(int sig)
{
	(void)sig;
	_exit(200);
}

/* As the launcher does before exec: no privileges, then the filter; or, with
 * one that is compiled, as a template's child does. */
static int
end_under(const struct jail_group *groups, const struct filter *compiled,
    const struct act *act)
{
	int status;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0) {
		const long *a = act->arg;
		signal(SIGSYS, on_trap);
		if (privileges_drop() < 0 || (compiled == NULL ?
		    seccomp_allow(groups) : filter_load(compiled)) < 0)
			_exit(201);
		long got = syscall(act->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(got == -1 ? errno : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? DIES : 202;
	return WEXITSTATUS(status) == 200 ? TRAPS : WEXITSTATUS(status);
}

static int
act_end(const struct jail_group *groups, const struct act *act)
{
	struct filter compiled;
	int end = end_under(groups, NULL, act);

	assert_int_equal(filter_compile(groups, &compiled), 0);
	assert_int_equal(end_under(groups, &compiled, act), end);
	return end;
}

static void
check(const struct jail_group *groups, const struct act *act, int wanted)
{
	int got = act_end(groups, act);

	if (got != wanted)
		fail_msg("%s: %d, not %d", act->what, got, wanted);
}

static struct filter
outer_filter(enum launcher_kind kind)
{
	const struct sock_fprog *program = &outer_filters[kind];
	struct filter filter = { .size = program->len };

	assert_in_range(program->len, 1, FILTER_MAX);
	memcpy(filter.code, program->filter,
	    program->len * sizeof(filter.code[0]));
	return filter;
}

static int
kind_end(enum launcher_kind kind, const struct act *act)
{
	const struct filter filter = outer_filter(kind);
	int end = end_under(NULL, &filter, act);

	assert_int_equal(act_end(outer_groups[kind], act), end);
	return end;
}

static void
check_kind(enum launcher_kind kind, const struct act *act, int wanted)
{
	int got = kind_end(kind, act);

	if (got != wanted)
		fail_msg("%s: %s: %d, not %d", kinds[kind].title, act->what,
		    got, wanted);
}

#define FOR_KINDS(kind)							\
	for (enum launcher_kind kind = LAUNCHER_NO_KIND + 1;		\
	    kind < LAUNCHER_KINDS; kind++)

/* ---- the same for all ---- */

static void
nobody_may(void **state)
{
	static const struct act acts[] = {
		{ "ptrace", SYS_ptrace, { 0 } },
		{ "bpf", SYS_bpf, { 0 } },
		{ "keyctl", SYS_keyctl, { 0 } },
		{ "userfaultfd", SYS_userfaultfd, { 0 } },
		{ "io_uring_setup", SYS_io_uring_setup, { 0 } },
		{ "perf_event_open", SYS_perf_event_open, { 0 } },
		{ "setns", SYS_setns, { 0 } },
		{ "execveat of another descriptor", SYS_execveat,
		    { SPAWN_FD_PROGRAM + 1, 0, 0, 0, AT_EMPTY_PATH } },
		{ "execveat by name", SYS_execveat, { SPAWN_FD_PROGRAM } },
		{ "kill", SYS_kill, { 1, 0 } },
		{ "fchmodat", SYS_fchmodat, { AT_FDCWD } },
		{ "unlinkat", SYS_unlinkat, { AT_FDCWD } },
		{ "renameat2", SYS_renameat2, { AT_FDCWD } },
		{ "memfd_create", SYS_memfd_create, { 0 } },
		{ "listen", SYS_listen, { -1 } },
		{ "bind", SYS_bind, { -1 } },
		{ "pidfd_open", SYS_pidfd_open, { 1 } },
	};

	(void)state;
	FOR_KINDS(kind)
		for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
			int got = kind_end(kind, &acts[i]);
			if (got != TRAPS && got != DIES)
				fail_msg("%s: %s: %d", kinds[kind].title,
				    acts[i].what, got);
		}
}

static void
deadly(void **state)
{
	static const struct act acts[] = {
		{ "ptrace", SYS_ptrace, { 0 } },
		{ "bpf", SYS_bpf, { 0 } },
		{ "io_uring_setup", SYS_io_uring_setup, { 0 } },
	};

	(void)state;
	FOR_KINDS(kind)
		for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
			check_kind(kind, &acts[i], DIES);
}

static void
newer_than_the_list(void **state)
{
	static const struct act clone3 = { "clone3", SYS_clone3, { 0 } };
	static const struct act newest = { "number 511", 511, { 0 } };

	(void)state;
	FOR_KINDS(kind) {
		check_kind(kind, &clone3, ENOSYS);
		check_kind(kind, &newest, ENOSYS);
	}
}

/* The same numbers mean other things there. */
static void
foreign_numbers(void **state)
{
#ifdef __x86_64__
	static const struct act x32[] = {
		{ "x32 getpid", X32 + 39, { 0 } },
		{ "x32 execve", X32 + 520, { 0 } },
	};

	FOR_KINDS(kind)
		for (size_t i = 0; i < 2; i++)
			check_kind(kind, &x32[i], DIES);
#endif
	(void)state;
}

static void
foreign_architecture(void **state)
{
	(void)state;
#ifdef __x86_64__
	FOR_KINDS(kind) {
		const struct filter filter = outer_filter(kind);
		int status;
		pid_t pid = fork();
		assert_true(pid != -1);
		if (pid == 0) {
			long nr = 20;	/* getpid() of i386 */
			if (privileges_drop() < 0 ||
			    filter_load(&filter) < 0)
				_exit(201);
			__asm__ volatile ("int $0x80" : "+a" (nr) : : "memory",
			    "r8", "r9", "r10", "r11");
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		/* A kernel without it raises SIGSEGV. */
		assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS ||
		    WTERMSIG(status) == SIGSEGV));
	}
#endif
}

/* What was compiled when airlock was built is what would be compiled now; and
 * what is no kind has nothing that the kernel would load. */
static void
compiled_as_built(void **state)
{
	(void)state;
	FOR_KINDS(kind) {
		const struct filter built = outer_filter(kind);
		struct filter now;
		assert_int_equal(filter_compile(outer_groups[kind], &now), 0);
		assert_int_equal(now.size, built.size);
		assert_memory_equal(now.code, built.code,
		    now.size * sizeof(now.code[0]));
	}
	assert_null(outer_filters[LAUNCHER_NO_KIND].filter);
	assert_int_equal(outer_filters[LAUNCHER_NO_KIND].len, 0);
}

/* A filter that is cut short would be another one. */
static void
compiled_whole_or_not(void **state)
{
	static struct jail_rule rules[FILTER_MAX];
	const struct jail_group groups[] = { JAIL_GROUP("many", rules),
		{ NULL, NULL, 0 } };
	struct filter filter;

	(void)state;
	for (size_t i = 0; i < FILTER_MAX; i++)
		rules[i] = (struct jail_rule)JAIL_ALLOW_IF(read, 0, UINT64_MAX,
		    i);
	assert_true(filter_compile(groups, &filter) < 0);
}

/* ---- what differs ---- */

static void
programs(void **state)
{
	static const struct act execve = { "execve", SYS_execve, { 0 } };

	(void)state;
	FOR_KINDS(kind)
		check_kind(kind, &execve,
		    kind == LAUNCHER_A_VERIFIER ||
		    kind == LAUNCHER_A_SEQUOIA ? EFAULT : DIES);
}

static void
sockets(void **state)
{
	static const struct act inet = { "AF_INET", SYS_socket,
	    { AF_INET, SOCK_STREAM, 0 } };
	static const struct act unix_ = { "AF_UNIX", SYS_socket,
	    { AF_UNIX, SOCK_STREAM, 0 } };
	static const struct act packet = { "AF_PACKET", SYS_socket,
	    { AF_PACKET, SOCK_RAW, 0 } };
	/* The kernel reads 32 bits: the upper ones are nobody's disguise. */
	static const struct act disguise = { "AF_PACKET, disguised", SYS_socket,
	    { (long)(UINT64_C(0x100000000) | AF_PACKET), SOCK_RAW, 0 } };

	(void)state;
	check_kind(LAUNCHER_A_DIALER, &inet, 0);
	check_kind(LAUNCHER_A_DIALER, &unix_, EAFNOSUPPORT);
	check_kind(LAUNCHER_A_DIALER, &packet, TRAPS);
	check_kind(LAUNCHER_A_DIALER, &disguise, TRAPS);
	check_kind(LAUNCHER_A_FETCHER, &inet, EACCES);
	check_kind(LAUNCHER_A_VERIFIER, &inet, DIES);
	check_kind(LAUNCHER_A_SEQUOIA, &inet, DIES);
	check_kind(LAUNCHER_AN_EXTRACTOR, &inet, DIES);
}

static void
connections(void **state)
{
	static const struct act fast = { "sendto, MSG_FASTOPEN", SYS_sendto,
	    { -1, 0, 0, 0x20000000, 0, 0 } };
	static const struct act addressed = { "sendto an address", SYS_sendto,
	    { -1, 0, 0, 0, 4096, 16 } };
	static const struct act plain = { "sendto", SYS_sendto, { -1 } };
	static const struct act connect_ = { "connect", SYS_connect, { -1 } };

	(void)state;
	check_kind(LAUNCHER_A_FETCHER, &fast, TRAPS);
	check_kind(LAUNCHER_A_FETCHER, &addressed, TRAPS);
	check_kind(LAUNCHER_A_FETCHER, &plain, EBADF);
	check_kind(LAUNCHER_A_FETCHER, &connect_, EINPROGRESS);
	check_kind(LAUNCHER_A_DIALER, &connect_, EBADF);
}

/* Only those whose inner stage makes a root of its own. */
static void
mounts(void **state)
{
	static const struct act mount_ = { "mount", SYS_mount, { 0 } };
	static const struct act unshare_ = { "unshare the network", SYS_unshare,
	    { CLONE_NEWNET } };

	(void)state;
	FOR_KINDS(kind) {
		int got = kind_end(kind, &mount_);
		if ((got != TRAPS) != (kind == LAUNCHER_A_FETCHER ||
		    kind == LAUNCHER_AN_EXTRACTOR))
			fail_msg("%s: mount: %d", kinds[kind].title, got);
		check_kind(kind, &unshare_, TRAPS);
	}
}

static void
processes(void **state)
{
	static const struct act thread = { "a thread", SYS_clone,
	    { CLONE_VM | CLONE_THREAD | CLONE_SIGHAND } };
	static const struct act network = { "a network namespace", SYS_clone,
	    { CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD } };

	(void)state;
	FOR_KINDS(kind) {
		check_kind(kind, &thread, TRAPS);
		check_kind(kind, &network, TRAPS);
	}
}

/* An inner policy, on top of which no outer one is needed to see it. */
static void
executable_memory(void **state)
{
	static const struct act data = { "mmap", SYS_mmap, { 0, 4096,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 } };
	static const struct act code = { "mmap, PROT_EXEC", SYS_mmap, { 0, 4096,
	    PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 } };
	static const struct act change = { "mprotect, PROT_EXEC", SYS_mprotect,
	    { 4096, 4096, PROT_EXEC } };

	(void)state;
	check(dialer_policy.groups, &data, 0);
	check(dialer_policy.groups, &code, TRAPS);
	check(dialer_policy.groups, &change, TRAPS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_may),
		cmocka_unit_test(deadly),
		cmocka_unit_test(newer_than_the_list),
		cmocka_unit_test(foreign_numbers),
		cmocka_unit_test(foreign_architecture),
		cmocka_unit_test(compiled_as_built),
		cmocka_unit_test(compiled_whole_or_not),
		cmocka_unit_test(programs),
		cmocka_unit_test(sockets),
		cmocka_unit_test(connections),
		cmocka_unit_test(mounts),
		cmocka_unit_test(processes),
		cmocka_unit_test(executable_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

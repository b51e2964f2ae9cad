/*
 * A filter's rows in words: whoever reads "without" where there is "only of" takes
 * a hole for a wall.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "audit/rule.h"
#include "audit/walls.h"
#include "jail/inner.h"
#include "jail/landlock.h"

#define INT_BITS	UINT64_C(0xffffffff)

static const struct {
	struct jail_rule rule;
	const char	*words;
} cases[] = {
	{ JAIL_ALLOW(read), "read" },
	{ JAIL_REFUSE(ioctl, ENOTTY), "ioctl answers ENOTTY" },
	/* All of an argument. */
	{ JAIL_ALLOW_IF(linkat, 4, INT_BITS, 0), "linkat(flags = 0)" },
	{ JAIL_ALLOW_IF(mkdirat, 2, INT_BITS, 0755), "mkdirat(mode = 0755)" },
	{ JAIL_ALLOW_IF(clone, 0, UINT64_MAX, SIGCHLD),
	    "clone(flags = SIGCHLD)" },
	{ JAIL_ALLOW_IF(openat, 2, INT_BITS, O_WRONLY | O_CREAT | O_EXCL),
	    "openat(flags = O_WRONLY|O_CREAT|O_EXCL)" },
	/* Some bits must not be there. */
	{ JAIL_ALLOW_IF(mmap, 2, PROT_EXEC, 0),
	    "mmap(protection without PROT_EXEC)" },
	{ JAIL_ALLOW_IF(openat, 2, O_CREAT | O_TRUNC, 0),
	    "openat(flags without O_CREAT|O_TRUNC)" },
	{ JAIL_ALLOW_IF(mkdirat, 2, 07000, 0), "mkdirat(mode without 07000)" },
	/* No others may. */
	{ JAIL_ALLOW_IF(openat, 2, INT_BITS & ~(uint64_t)O_CLOEXEC, 0),
	    "openat(flags only of O_CLOEXEC)" },
	{ JAIL_ALLOW_IF(openat, 3, INT_BITS & ~UINT64_C(0755), 0),
	    "openat(mode only of 0755)" },
	/* Some are free, the others given. */
	{ JAIL_ALLOW_IF(clone, 0, ~UINT64_C(0x01200000), SIGCHLD),
	    "clone(flags = SIGCHLD, with or without "
	    "CLONE_CHILD_SETTID|CLONE_CHILD_CLEARTID)" },
	/* A part of an argument, and two arguments. */
	{ JAIL_ALLOW_IF2(socket, 0, INT_BITS, AF_INET, 1, 0xf, SOCK_STREAM),
	    "socket(family = AF_INET; type & 0xf = SOCK_STREAM)" },
	{ JAIL_ALLOW_IF2(socket, 0, INT_BITS, AF_INET, 2, INT_BITS, 0),
	    "socket(family = AF_INET; protocol = the type's own)" },
	{ JAIL_ALLOW_IF2(setsockopt, 1, INT_BITS, IPPROTO_TCP, 2, INT_BITS, 1),
	    "setsockopt(level = IPPROTO_TCP; option = TCP_NODELAY)" },
	{ JAIL_FCNTL(F_GET_SEALS), "fcntl(command = F_GET_SEALS)" },
	{ JAIL_ALLOW_IF2(sendto, 3, INT_BITS & ~(uint64_t)MSG_NOSIGNAL, 0,
	    4, UINT64_MAX, 0),
	    "sendto(flags only of MSG_NOSIGNAL; address = NULL)" },
	{ JAIL_REFUSE_IF(socket, EAFNOSUPPORT, 0, INT_BITS, AF_UNIX),
	    "socket(family = AF_UNIX) answers EAFNOSUPPORT" },
	/* What nobody has named. */
	{ JAIL_ALLOW_IF(openat, 2, INT_BITS, 0x800000 | O_CREAT),
	    "openat(flags = O_CREAT|0x800000)" },
	{ JAIL_ALLOW_IF(kill, 1, INT_BITS, 9), "kill(argument 1 = 0x9)" },
	{ { .nr = 9999 }, "call 9999" },
};

static void
rules_have_words(void **state)
{
	char text[RULE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rule_describe(text, &cases[i].rule);
		assert_string_equal(text, cases[i].words);
	}
}

static void
sets_have_words(void **state)
{
	char text[RULE_TEXT];

	(void)state;
	rule_namespaces(text, CLONE_NEWUSER | CLONE_NEWNET);
	assert_string_equal(text, "user, network");
	rule_rights(text, LANDLOCK_READ_FILE | LANDLOCK_EXECUTE);
	assert_string_equal(text, "execute, read files");
	rule_capabilities(text, UINT64_C(1) << CAP_KILL |
	    UINT64_C(1) << CAP_CHOWN);
	assert_string_equal(text, "CAP_CHOWN, CAP_KILL");
	rule_rights(text, 0);
	assert_string_equal(text, "0");
	rule_rights(text, UINT64_C(1) << 40);
	assert_string_equal(text, "0x10000000000");
}

static void
numbers_have_commas(void **state)
{
	static const struct { int64_t number; const char *text; } rows[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1,000" },
		{ 1234567, "1,234,567" }, { -1000, "-1,000" },
		{ -100, "-100" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		audit_number(text, rows[i].number);
		assert_string_equal(text, rows[i].text);
	}
	wall_bytes(text, sizeof(text), UINT64_C(512) << 20);
	assert_string_equal(text, "512 MiB");
	wall_bytes(text, sizeof(text), 8000);
	assert_string_equal(text, "8000 bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_have_words),
		cmocka_unit_test(sets_have_words),
		cmocka_unit_test(numbers_have_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

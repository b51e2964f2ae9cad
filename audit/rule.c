#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "audit/rule.h"
#include "gen/syscalls.h"
#include "jail/landlock.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define NAMED(constant)	{ (uint64_t)(constant), #constant }

#define BIT(constant)	{ UINT64_C(1) << (constant), #constant }

struct constant {
	uint64_t	 value;
	const char	*name;
};
#define END		{ 0, NULL }

static const struct { int nr; const char *name; } calls[] = { SYSCALLS };

static const struct constant protections[] = {
	NAMED(PROT_READ), NAMED(PROT_WRITE), NAMED(PROT_EXEC), END
};
/* O_TMPFILE contains O_DIRECTORY; the bit that makes it is its own. */
static const struct constant open_flags[] = {
	NAMED(O_WRONLY), NAMED(O_RDWR), NAMED(O_CREAT), NAMED(O_EXCL),
	NAMED(O_NOCTTY), NAMED(O_TRUNC), NAMED(O_APPEND), NAMED(O_NONBLOCK),
	NAMED(O_DIRECTORY), NAMED(O_NOFOLLOW), NAMED(O_CLOEXEC), NAMED(O_PATH),
	{ O_TMPFILE & ~O_DIRECTORY, "O_TMPFILE" }, END
};
static const struct constant clone_flags[] = {
	NAMED(CLONE_NEWUSER), NAMED(CLONE_NEWNS), NAMED(CLONE_NEWPID),
	NAMED(CLONE_NEWNET), NAMED(CLONE_NEWIPC), NAMED(CLONE_NEWUTS),
	NAMED(CLONE_NEWCGROUP), NAMED(CLONE_PIDFD), NAMED(CLONE_VM),
	NAMED(CLONE_FS), NAMED(CLONE_FILES), NAMED(CLONE_SIGHAND),
	NAMED(CLONE_THREAD), NAMED(CLONE_SYSVSEM), NAMED(CLONE_SETTLS),
	NAMED(CLONE_PARENT_SETTID),
	NAMED(CLONE_CHILD_SETTID), NAMED(CLONE_CHILD_CLEARTID),
	NAMED(SIGCHLD), END
};
static const struct constant at_flags[] = {
	NAMED(AT_SYMLINK_NOFOLLOW), NAMED(AT_EMPTY_PATH), END
};
static const struct constant message_flags[] = {
	NAMED(MSG_NOSIGNAL), NAMED(MSG_FASTOPEN), END
};
/* Numbers of which one is meant, 0 among them. */
static const struct constant families[] = {
	NAMED(AF_UNIX), NAMED(AF_INET), NAMED(AF_INET6), NAMED(AF_NETLINK), END
};
static const struct constant types[] = {
	NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM), NAMED(SOCK_SEQPACKET), END
};
static const struct constant protocols[] = { { 0, "the type's own" }, END };
static const struct constant levels[] = {
	NAMED(SOL_SOCKET), NAMED(IPPROTO_TCP), NAMED(IPPROTO_IP),
	NAMED(IPPROTO_IPV6), END
};
static const struct constant options[] = {
	NAMED(SO_TYPE), NAMED(SO_DOMAIN), NAMED(SO_ACCEPTCONN),
	NAMED(SO_ERROR), END
};
/* Of three levels; their numbers differ. */
static const struct constant options_set[] = {
	NAMED(TCP_NODELAY), NAMED(IP_RECVERR), NAMED(IPV6_RECVERR), END
};
static const struct constant addresses[] = { { 0, "NULL" }, END };
static const struct constant commands[] = {
	NAMED(F_DUPFD), NAMED(F_DUPFD_CLOEXEC), NAMED(F_GETFD), NAMED(F_SETFD),
	NAMED(F_GETFL), NAMED(F_SETFL), NAMED(F_GET_SEALS),
	NAMED(F_ADD_SEALS), END
};
static const struct constant requests[] = {
	NAMED(PR_SET_CHILD_SUBREAPER), NAMED(PR_SET_NAME),
	NAMED(PR_SET_DUMPABLE), END
};
static const struct constant signals[] = {
	NAMED(SIGKILL), NAMED(SIGABRT), END
};
static const struct constant id_types[] = { NAMED(P_PIDFD), END };
static const struct constant namespaces[] = {
	{ CLONE_NEWUSER, "user" }, { CLONE_NEWNS, "mount" },
	{ CLONE_NEWPID, "pid" }, { CLONE_NEWNET, "network" },
	{ CLONE_NEWIPC, "ipc" }, { CLONE_NEWUTS, "uts" },
	{ CLONE_NEWCGROUP, "cgroup" }, END
};
static const struct constant rights_names[] = {
	{ LANDLOCK_EXECUTE, "execute" }, { LANDLOCK_READ_FILE, "read files" },
	{ LANDLOCK_READ_DIR, "list" }, { LANDLOCK_WRITE_FILE, "write files" },
	{ LANDLOCK_MAKE_REG, "make files" },
	{ LANDLOCK_MAKE_DIR, "make directories" },
	{ LANDLOCK_MAKE_SYM, "make symbolic links" },
	{ LANDLOCK_REFER, "link across directories" },
	{ LANDLOCK_REMOVE_FILE, "remove files" },
	{ LANDLOCK_REMOVE_DIR, "remove directories" },
	{ LANDLOCK_TRUNCATE, "truncate files" }, END
};
static const struct constant capabilities[] = {
	BIT(CAP_CHOWN), BIT(CAP_DAC_OVERRIDE), BIT(CAP_FOWNER), BIT(CAP_KILL),
	BIT(CAP_SETGID), BIT(CAP_SETUID), BIT(CAP_SETFCAP), END
};

enum form { FLAGS, NUMBER, MODE };
static const struct argument {
	int			 nr;
	unsigned int		 arg;
	const char		*name;
	enum form		 form;
	const struct constant	*constants;
} arguments[] = {
	{ SYS_mmap, 2, "protection", FLAGS, protections },
	{ SYS_mprotect, 2, "protection", FLAGS, protections },
	{ SYS_clone, 0, "flags", FLAGS, clone_flags },
	{ SYS_unshare, 0, "flags", FLAGS, clone_flags },
	{ SYS_openat, 2, "flags", FLAGS, open_flags },
	{ SYS_openat, 3, "mode", MODE, NULL },
	{ SYS_mkdirat, 2, "mode", MODE, NULL },
	{ SYS_linkat, 4, "flags", FLAGS, at_flags },
	{ SYS_utimensat, 3, "flags", FLAGS, at_flags },
	{ SYS_newfstatat, 3, "flags", FLAGS, at_flags },
	{ SYS_execveat, 0, "descriptor", NUMBER, NULL },
	{ SYS_execveat, 4, "flags", FLAGS, at_flags },
	{ SYS_socket, 0, "family", NUMBER, families },
	{ SYS_socket, 1, "type", NUMBER, types },
	{ SYS_socket, 2, "protocol", NUMBER, protocols },
	{ SYS_setsockopt, 1, "level", NUMBER, levels },
	{ SYS_setsockopt, 2, "option", NUMBER, options_set },
	{ SYS_getsockopt, 1, "level", NUMBER, levels },
	{ SYS_getsockopt, 2, "option", NUMBER, options },
	{ SYS_sendmsg, 2, "flags", FLAGS, message_flags },
	{ SYS_sendto, 3, "flags", FLAGS, message_flags },
	{ SYS_sendto, 4, "address", NUMBER, addresses },
	{ SYS_fcntl, 1, "command", NUMBER, commands },
	{ SYS_prctl, 0, "option", NUMBER, requests },
	{ SYS_prlimit64, 2, "new limit", NUMBER, addresses },
	{ SYS_socketpair, 0, "family", NUMBER, families },
	{ SYS_socketpair, 1, "type", NUMBER, types },
	{ SYS_pidfd_send_signal, 1, "signal", NUMBER, signals },
	{ SYS_tgkill, 2, "signal", NUMBER, signals },
	{ SYS_waitid, 0, "type", NUMBER, id_types },
};

/* At the end of text, as far as there is room. */
static void __attribute__((format(printf, 2, 3)))
append(char text[RULE_TEXT], const char *format, ...)
{
	size_t size = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + size, RULE_TEXT - size, format, ap);
	va_end(ap);
}

/* Names of the bits, and as a number those that have none. */
static void
append_bits(char text[RULE_TEXT], const struct constant *c, uint64_t value,
    const char *between)
{
	const char *next = "";

	if (value == 0)
		append(text, "0");
	for (; c != NULL && c->name != NULL; c++) {
		if ((value & c->value) != c->value)
			continue;
		append(text, "%s%s", next, c->name);
		value &= ~c->value;
		next = between;
	}
	if (value != 0)
		append(text, "%s%#" PRIx64, next, value);
}

static void
append_value(char text[RULE_TEXT], const struct argument *a, uint64_t value)
{
	const struct constant *c = a->constants;

	if (a->form == FLAGS) {
		append_bits(text, c, value, "|");
		return;
	}
	for (; c != NULL && c->name != NULL; c++)
		if (c->value == value) {
			append(text, "%s", c->name);
			return;
		}
	append(text, a->form == MODE ? "%#" PRIo64 : "%" PRIu64, value);
}

static unsigned int
bits(uint64_t value)
{
	unsigned int n = 0;

	for (; value != 0; value &= value - 1)
		n++;
	return n;
}

/* What of an argument is looked at decides how it reads: all of it, all but some
 * bits that are free, or only some bits. */
static void
append_test(char text[RULE_TEXT], int nr, const struct jail_test *t)
{
	const struct argument unknown = { nr, t->arg, NULL, FLAGS, NULL };
	const struct argument *a = arguments;
	uint64_t width = t->mask >> 32 == 0 ? UINT32_MAX : UINT64_MAX;
	uint64_t unseen = ~t->mask & width;

	while (a < arguments + COUNT(arguments) &&
	    (a->nr != nr || a->arg != t->arg))
		a++;
	if (a == arguments + COUNT(arguments))
		a = &unknown;
	if (a->name != NULL)
		append(text, "%s", a->name);
	else
		append(text, "argument %u", t->arg);
	if (bits(unseen) > bits(t->mask)) {
		append(text, t->value == 0 ? " without " : " & ");
		append_value(text, a->form == NUMBER ? &unknown : a, t->mask);
	} else if (unseen != 0 && t->value == 0) {
		append(text, " only of ");
		append_value(text, a, unseen);
		return;
	}
	if (t->value != 0 || bits(unseen) <= bits(t->mask)) {
		append(text, " = ");
		append_value(text, a, t->value);
	}
	if (unseen != 0 && bits(unseen) <= bits(t->mask)) {
		append(text, ", with or without ");
		append_value(text, a, unseen);
	}
}

void
rule_name(char text[RULE_TEXT], int nr)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (calls[i].nr == nr) {
			snprintf(text, RULE_TEXT, "%s", calls[i].name);
			return;
		}
	snprintf(text, RULE_TEXT, "call %d", nr);
}

void
rule_describe(char text[RULE_TEXT], const struct jail_rule *rule)
{
	bool is_tested = false;

	rule_name(text, rule->nr);
	for (size_t i = 0; i < COUNT(rule->test); i++) {
		if (rule->test[i].op == JAIL_ANY)
			continue;
		append(text, is_tested ? "; " : "(");
		append_test(text, rule->nr, &rule->test[i]);
		is_tested = true;
	}
	if (is_tested)
		append(text, ")");
	if (rule->error != 0)
		append(text, " answers %s", strerrorname_np(rule->error));
}

void
rule_namespaces(char text[RULE_TEXT], int flags)
{
	text[0] = '\0';
	append_bits(text, namespaces, (uint64_t)flags, ", ");
}

void
rule_rights(char text[RULE_TEXT], uint64_t rights)
{
	text[0] = '\0';
	append_bits(text, rights_names, rights, ", ");
}

void
rule_capabilities(char text[RULE_TEXT], uint64_t set)
{
	text[0] = '\0';
	append_bits(text, capabilities, set, ", ");
}

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/confine.h"
#include "cli/message.h"
#include "cli/restrict.h"
#include "jail/landlock.h"

/* What leads to other processes, to the kernel's insides, or to the machine. */
static const char *const needless[] = {
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
	"pidfd_getfd", "kcmp", "setns", "userfaultfd", "perf_event_open",
	"bpf", "io_uring_setup", "io_uring_enter", "io_uring_register",
	"add_key", "request_key", "keyctl", "lookup_dcookie",
	"open_by_handle_at", "init_module", "finit_module", "delete_module",
	"kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
	"acct", "quotactl", "quotactl_fd", "settimeofday", "clock_settime",
	"clock_adjtime", "adjtimex", "iopl", "ioperm", "syslog", "vhangup",
	"nfsservctl", "uselib", "sethostname", "setdomainname",
};

/* Sanitizers trace their own process to look for leaks. */
#if defined(__SANITIZE_ADDRESS__)
#define RESTRICTS	0
#else
#define RESTRICTS	1
#endif

void
restrict_calls(void)
{
	scmp_filter_ctx ctx = RESTRICTS ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
	int error = ctx == NULL ? -ENOMEM : 0;

	for (size_t i = 0; error == 0 &&
	    i < sizeof(needless) / sizeof(needless[0]); i++) {
		/* Another architecture's, or newer than libseccomp. */
		int nr = seccomp_syscall_resolve_name(needless[i]);
		if (nr >= 0)
			error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
			    nr, 0);
	}
	/* No program of a foreign architecture: its numbers mean others. */
	if (error == 0)
		error = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
		    SCMP_ACT_KILL_PROCESS);
	if (error == 0)		/* sets no_new_privs */
		(void)seccomp_load(ctx);
	if (ctx != NULL)
		seccomp_release(ctx);
}

#define READ	(LANDLOCK_READ_FILE | LANDLOCK_READ_DIR)
#define CHANGE								\
	(READ | LANDLOCK_WRITE_FILE | LANDLOCK_TRUNCATE | LANDLOCK_REFER | \
	    LANDLOCK_MAKE_DIR | LANDLOCK_MAKE_REG | LANDLOCK_MAKE_SYM |	\
	    LANDLOCK_REMOVE_DIR | LANDLOCK_REMOVE_FILE)
#define BELOW	sizeof(((struct root *)NULL)->path) + 16

void
restrict_files(const struct root *root, const struct started *started,
    const char *also)
{
	/* Any of ROOT's may be a link to somewhere else. */
	static const char *const parts[] = { "", "/depot", "/public",
	    "/state", "/etc" };
	enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
	char name[PARTS][BELOW], group[32];
	struct jail_path paths[PARTS + 5] = { { "/", READ } };
	size_t n = 1;

	for (size_t i = 0; i < PARTS; i++) {
		snprintf(name[i], sizeof(name[i]), "%s%s", root->path,
		    parts[i]);
		paths[n++] = (struct jail_path){ name[i], CHANGE };
	}
	if (started->scratch != -1)
		paths[n++] = (struct jail_path){ started->scratch_path,
		    CHANGE };
	snprintf(group, sizeof(group), "/proc/self/fd/%d",
	    started->cgroup.own);
	if (started->cgroup.own != -1)
		paths[n++] = (struct jail_path){ group, READ |
		    LANDLOCK_WRITE_FILE | LANDLOCK_REMOVE_DIR };
	if (also[0] != '\0')
		paths[n++] = (struct jail_path){ also, CHANGE };
	const struct jail_policy policy = { .name = "airlock", .signals = 1,
	    .paths = paths };
	if (confine_has_refer())
		(void)landlock_close(&policy);
}

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "attack/verdict.h"
#include "jail/outer.h"

#define NEWER	452	/* the first call that filters answer with ENOSYS */

#define IN(process)	(1u << (process))
#define VERIFIERS	(IN(LAB_VERIFIER) | IN(LAB_VERIFIER_CHILD))
#define SEQUOIAS	(IN(LAB_SEQUOIA) | IN(LAB_SEQUOIA_CHILD))
#define TEMPLATES	(IN(LAB_VERIFIER) | IN(LAB_SEQUOIA) | IN(LAB_EXTRACTOR))

#define PACKERS		(IN(LAB_PACKER) | IN(LAB_FILE_PACKER))

#define LOADS		"the loader maps gpg's libraries"
#define LOADS_SQV	"the loader maps sqv's libraries"
#define OF_USER		"gpg asks who its user is: /etc/passwd is readable"
#define IN_HOME		"gpg keeps keyring and locks in its home"
#define NO_PIDS		"it forks gpg, and has no pid namespace; what stays is " \
			"in its jail"

struct known {
	enum act_number	 act;
	unsigned int	 processes;
	const char	*reason;
};

/* What works, because the process would be of no use without. */
static const struct known needs[] = {
	{ ACT_socket_tcp, IN(LAB_DIALER), "it connects" },
	{ ACT_socket_tcp6, IN(LAB_DIALER), "it connects" },
	{ ACT_connect_tcp, IN(LAB_DIALER), "it connects; the host's own "
	    "services included: the manager judges where a socket leads" },
	{ ACT_socket_udp, IN(LAB_DIALER), "it asks name servers" },
	{ ACT_send_udp, IN(LAB_DIALER), "it asks name servers" },
	{ ACT_exec_gpg, VERIFIERS, "gpg is the engine" },
	{ ACT_fork, VERIFIERS, "libgpgme starts gpg" },
	{ ACT_map_exec, VERIFIERS, LOADS },
	{ ACT_map_exec_high, VERIFIERS, LOADS },
	{ ACT_map_exec_file, VERIFIERS, LOADS },
	{ ACT_protect_exec, VERIFIERS, LOADS },
	{ ACT_protect_stack, VERIFIERS, LOADS },
	{ ACT_fork, SEQUOIAS, "it starts sqv" },
	{ ACT_create_unnamed, IN(LAB_SEQUOIA), "its children write into its "
	    "home; that is in memory, and small" },
	{ ACT_map_exec, SEQUOIAS, LOADS_SQV },
	{ ACT_map_exec_high, SEQUOIAS, LOADS_SQV },
	{ ACT_map_exec_file, SEQUOIAS, LOADS_SQV },
	{ ACT_protect_exec, SEQUOIAS, LOADS_SQV },
	{ ACT_protect_stack, SEQUOIAS, LOADS_SQV },
	{ ACT_prctl_reaper, IN(LAB_VERIFIER_CHILD), "libgpgme's double fork "
	    "leaves gpg an orphan" },
	{ ACT_prctl_reaper, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_dumpable, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_high, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_death, TEMPLATES, "a child enters a jail of its own; the "
	    "pid namespace ends it with its parent all the same" },
	{ ACT_root_list, IN(LAB_PACKER), "its root is what it packs" },
	{ ACT_victim_read, IN(LAB_PACKER), "it packs it" },
	{ ACT_root_list, IN(LAB_CHECKER), "its root is the depot" },
	{ ACT_victim_read, IN(LAB_CHECKER), "it compares it" },
	{ ACT_fork_thread, PACKERS, "liblzma's threads" },
	{ ACT_exhaust_memory, PACKERS, "each thread has a dictionary" },
	{ ACT_root_stat, IN(LAB_FILE_PACKER) | IN(LAB_SIGNER), "a C library's "
	    "fstat() may be newfstatat(); no more than that it exists" },
	{ ACT_passwd_read, IN(LAB_SIGNER), OF_USER },
	{ ACT_passwd_high, IN(LAB_SIGNER), OF_USER },
	{ ACT_root_up, IN(LAB_SIGNER), OF_USER },
	{ ACT_root_up_path, IN(LAB_SIGNER), OF_USER },
	{ ACT_victim_read, IN(LAB_SIGNER), IN_HOME },
	{ ACT_victim_write, IN(LAB_SIGNER), IN_HOME },
	{ ACT_victim_unlink, IN(LAB_SIGNER), IN_HOME },
	{ ACT_file_lock, IN(LAB_SIGNER), IN_HOME },
	{ ACT_exec_gpg, IN(LAB_SIGNER), "gpg is the engine" },
	{ ACT_fork, IN(LAB_SIGNER), "libgpgme starts gpg" },
	{ ACT_map_exec, IN(LAB_SIGNER), LOADS },
	{ ACT_map_exec_high, IN(LAB_SIGNER), LOADS },
	{ ACT_map_exec_file, IN(LAB_SIGNER), LOADS },
	{ ACT_protect_exec, IN(LAB_SIGNER), LOADS },
	{ ACT_protect_stack, IN(LAB_SIGNER), LOADS },
	{ ACT_socket_unix, IN(LAB_SIGNER), "it asks the user's agent" },
	{ ACT_socket_unix_high, IN(LAB_SIGNER), "it asks the user's agent" },
	{ ACT_seccomp_listen, TEMPLATES, "a child loads its own filter; a "
	    "listener loosens none" },
};

/* What works, and could be without. */
static const struct known gaps[] = {
	{ ACT_fork_stays, IN(LAB_SIGNER), NO_PIDS },
	{ ACT_exhaust_processes, IN(LAB_SIGNER), NO_PIDS },
};
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct { const char *word, *name; } layers[LAYERS] = {
	[LAYER_NONE] = { "", "" },
	[LAYER_KILLED] = { "killed", "seccomp: killed" },
	[LAYER_TRAPPED] = { "trapped", "seccomp: trapped" },
	[LAYER_REFUSED] = { "refused", "seccomp: errno" },
	[LAYER_LANDLOCK] = { "landlock", "landlock" },
	[LAYER_VIEW] = { "view", "view" },
	[LAYER_NETWORK] = { "net ns", "network namespace" },
	[LAYER_PROCESSES] = { "pid ns", "pid namespace" },
	[LAYER_LIMIT] = { "limit", "limits" },
	[LAYER_CAPABILITY] = { "caps", "capabilities" },
	[LAYER_SEAL] = { "sealed", "descriptor" },
	[LAYER_CHANNEL] = { "channel", "channel" },
	[LAYER_KERNEL] = { "kernel", "kernel" },
};

const char *
layer_word(enum verdict_layer layer)
{
	return layers[layer].word;
}

const char *
layer_name(enum verdict_layer layer)
{
	return layers[layer].name;
}

/* Is there a rule for this call with that errno; -1: with any, or none? */
static int
groups_have(const struct jail_group *groups, long nr, int error)
{
	for (; groups != NULL && groups->need != NULL; groups++)
		for (size_t i = 0; i < groups->count; i++)
			if (groups->rules[i].nr == nr && (error == -1 ||
			    groups->rules[i].error == error))
				return 1;
	return 0;
}

static int
filters_refuse(const struct lab_kind *kind, long nr, int error)
{
	if (error == ENOSYS && (nr == SYS_clone3 || nr >= NEWER))
		return 1;
	for (size_t i = 0; i < 2; i++)
		if (kind->policy[i] != NULL &&
		    groups_have(kind->policy[i]->groups, nr, error))
			return 1;
	return groups_have(outer_groups[kind->kind], nr, error);
}

/* Not listed at all: not by one of the filters. */
static int
filters_lack(const struct lab_kind *kind, long nr)
{
	for (size_t i = 0; i < 2; i++)
		if (kind->policy[i] != NULL &&
		    !groups_have(kind->policy[i]->groups, nr, -1))
			return 1;
	return kind->helper == NULL &&
	    !groups_have(outer_groups[kind->kind], nr, -1);
}

/* Which layer answers so, where it was no filter. */
static enum verdict_layer
layer_of_errno(enum act_number act, int error)
{
	if (acts[act].flags & (ACT_SLOTS | ACT_INPUT) || error == EBADF)
		return LAYER_SEAL;
	switch (error) {
	case EACCES: case EXDEV:
		return LAYER_LANDLOCK;
	case ENOENT: case ENOTDIR: case EROFS: case ELOOP:
		return LAYER_VIEW;
	case ENETUNREACH: case ENETDOWN: case EADDRNOTAVAIL: case ENODEV:
		return LAYER_NETWORK;
	case ESRCH:
		return LAYER_PROCESSES;
	case ENOMEM: case EMFILE: case EAGAIN: case EFBIG: case ENOSPC:
		return LAYER_LIMIT;
	case EPERM:
		return LAYER_CAPABILITY;
	default:
		return LAYER_KERNEL;
	}
}

static struct verdict
blocked(enum verdict_layer layer)
{
	return (struct verdict){ VERDICT_BLOCKED, layer, "" };
}

static struct verdict
unblocked(const char *reason)
{
	return (struct verdict){ VERDICT_OPEN, LAYER_NONE, reason };
}

static const char *
known_reason(const struct known *known, size_t count,
    enum lab_process process, enum act_number act)
{
	for (size_t i = 0; i < count; i++)
		if (known[i].act == act && known[i].processes & IN(process))
			return known[i].reason;
	return NULL;
}

/* It worked: may it? */
static struct verdict
worked(enum lab_process process, enum act_number act)
{
	const char *reason = known_reason(needs, COUNT(needs), process, act);

	if (reason != NULL)
		return (struct verdict){ VERDICT_NEEDED, LAYER_NONE, reason };
	reason = known_reason(gaps, COUNT(gaps), process, act);
	if (reason != NULL)
		return (struct verdict){ VERDICT_GAP, LAYER_NONE, reason };
	return unblocked("");
}

static struct verdict
stayed(enum lab_process process, enum act_number act)
{
	struct verdict verdict = worked(process, act);

	return verdict.result != VERDICT_OPEN ? verdict :
	    unblocked("something of it outlived it");
}

/* The kernel has said: error, or 0.  An errno that it gives without a jail too is
 * no merit of the jail's. */
static struct verdict
answered(enum lab_process process, enum act_number act, int error,
    const struct attack_bare_rep *control)
{
	if (error == 0 && acts[act].flags & ACT_STAYS)
		return blocked(LAYER_PROCESSES);
	if (error == 0)
		return worked(process, act);
	if (filters_refuse(&lab_kinds[process], acts[act].call, error))
		return blocked(LAYER_REFUSED);
	if (control->error == -error)
		return blocked(LAYER_KERNEL);
	return blocked(layer_of_errno(act, error));
}

static struct verdict
killed(enum lab_process process, enum act_number act, int signal,
    const struct attack_bare_rep *control)
{
	if (signal == SIGSYS)
		return blocked(LAYER_KILLED);
	if (signal == SIGXFSZ)
		return blocked(LAYER_LIMIT);
	return control->signal == signal ? blocked(LAYER_KERNEL) :
	    worked(process, act);
}

struct verdict
verdict_of(enum lab_process process, enum act_number act,
    const struct lab_trial *trial, const struct attack_bare_rep *control)
{
	switch (trial->end) {
	case LAB_ANSWERED:
		return answered(process, act, trial->error, control);
	case LAB_TRAPPED:
		return blocked(LAYER_TRAPPED);
	case LAB_KILLED:
		return killed(process, act, trial->error, control);
	case LAB_LIED:
		return blocked(LAYER_CHANNEL);
	case LAB_ENDED:
		/* It became another program, which ended well. */
		return worked(process, act);
	case LAB_VANISHED:
		return filters_lack(&lab_kinds[process], acts[act].call) ?
		    blocked(LAYER_KILLED) : worked(process, act);
	case LAB_STAYED:
		return stayed(process, act);
	case LAB_UNJAILED:
		return unblocked("its jail was not whole");
	default:
		return unblocked("it was busy for too long");
	}
}

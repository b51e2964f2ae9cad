#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "attack/verdict.h"
#include "jail/kinds.h"

#define NEWER	452	/* the first call that filters answer with ENOSYS */

#define IN(process)	(1u << (process))
#define VERIFIERS	(IN(LAB_VERIFIER) | IN(LAB_VERIFIER_CHILD))
#define TEMPLATES	(IN(LAB_VERIFIER) | IN(LAB_EXTRACTOR))

/* What works, because the process would be of no use without. */
static const struct {
	enum act_number	 act;
	unsigned int	 processes;
	const char	*reason;
} needs[] = {
	{ ACT_socket_tcp, IN(LAB_DIALER), "it connects" },
	{ ACT_socket_tcp6, IN(LAB_DIALER), "it connects" },
	{ ACT_connect_tcp, IN(LAB_DIALER), "it connects; the host's own "
	    "services included: the manager judges where a socket leads" },
	{ ACT_socket_udp, IN(LAB_DIALER), "it asks name servers" },
	{ ACT_send_udp, IN(LAB_DIALER), "it asks name servers" },
	{ ACT_exec_gpg, VERIFIERS, "gpg is the engine" },
	{ ACT_fork, VERIFIERS, "libgpgme starts gpg" },
	{ ACT_map_exec, VERIFIERS, "the loader maps gpg's libraries" },
	{ ACT_map_exec_high, VERIFIERS, "the loader maps gpg's libraries" },
	{ ACT_map_exec_file, VERIFIERS, "the loader maps gpg's libraries" },
	{ ACT_protect_exec, VERIFIERS, "the loader maps gpg's libraries" },
	{ ACT_protect_stack, VERIFIERS, "the loader maps gpg's libraries" },
	{ ACT_prctl_reaper, IN(LAB_VERIFIER_CHILD), "libgpgme's double fork "
	    "leaves gpg an orphan" },
	{ ACT_prctl_reaper, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_dumpable, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_high, TEMPLATES, "a child enters a jail of its own" },
	{ ACT_prctl_death, TEMPLATES, "a child enters a jail of its own; the "
	    "pid namespace ends it with its parent all the same" },
	{ ACT_seccomp_listen, TEMPLATES, "a child loads its own filter; a "
	    "listener loosens none" },
};
#define NEEDS	(sizeof(needs) / sizeof(needs[0]))

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
	for (; groups->need != NULL; groups++)
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
	return groups_have(kinds[kind->kind].groups, nr, error);
}

/* Not listed at all: not by one of the filters. */
static int
filters_lack(const struct lab_kind *kind, long nr)
{
	for (size_t i = 0; i < 2; i++)
		if (kind->policy[i] != NULL &&
		    !groups_have(kind->policy[i]->groups, nr, -1))
			return 1;
	return !groups_have(kinds[kind->kind].groups, nr, -1);
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

/* It worked: may it? */
static struct verdict
worked(enum lab_process process, enum act_number act)
{
	for (size_t i = 0; i < NEEDS; i++)
		if (needs[i].act == act && needs[i].processes & IN(process))
			return (struct verdict){ VERDICT_NEEDED, LAYER_NONE,
			    needs[i].reason };
	return unblocked("");
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
		return trial->error == SIGSYS ? blocked(LAYER_KILLED) :
		    control->signal == trial->error ? blocked(LAYER_KERNEL) :
		    worked(process, act);
	case LAB_LIED:
		return blocked(LAYER_CHANNEL);
	case LAB_ENDED:
		/* It became another program, which ended well. */
		return worked(process, act);
	case LAB_VANISHED:
		return filters_lack(&lab_kinds[process], acts[act].call) ?
		    blocked(LAYER_KILLED) : worked(process, act);
	case LAB_STAYED:
		return unblocked("something of it outlived it");
	case LAB_UNJAILED:
		return unblocked("its jail was not whole");
	default:
		return unblocked("it was busy for too long");
	}
}

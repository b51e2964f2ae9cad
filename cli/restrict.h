/*
 * restrict.h - what the cli gives up of its user's authority.
 *
 * It keeps nearly all: it reads and writes where its user tells it to, and
 * starts the others.  What it gives up cannot be told from outside but by a cli that
 * was taken over.  Processes that it starts give up the same.
 */
#ifndef CLI_RESTRICT_H
#define CLI_RESTRICT_H

#include "cli/root.h"
#include "cli/start.h"

/*
 * For good: new privileges by exec; and the system calls that nothing here
 * needs (ptrace, keyrings, bpf, io_uring, modules, the clock), which answer
 * EPERM.
 * Not for `publish`, whose gpg may start the user's agent, which stays; and not
 * for `audit`, which tries what can be done without a jail.  A system without
 * seccomp has no jails either: nothing is said here.
 */
void	restrict_calls(void);

/*
 * When an install's processes run: by Landlock, where there is one, nothing is
 * written, made or removed but beneath ROOT (and what `started` has to clear,
 * and the directory `also`, unless it is ""), nothing executed, no TCP port
 * connected to or listened on.  It is for good: only for a process that does
 * nothing else afterwards.
 */
void	restrict_files(const struct root *, const struct started *,
	    const char *also);

#endif /* CLI_RESTRICT_H */

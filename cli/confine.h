/*
 * confine.h - the jails of manager and launcher.
 *
 * The trusted processes are jailed by the cli, before their programs start: a
 * wall that costs no trusted line.  What their filters let pass is in policy.h.
 */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H

/*
 * The program that a confined process is about to become, as descriptor
 * CONFINE_FD_PROGRAM.  That is the only one that its filter lets it execute, and
 * with the limit on descriptors that confine_*() sets, nothing else can ever be
 * opened there.  The number, or -1; a caller who may not have so many descriptors
 * ends with STATUS_JAIL.
 */
int	confine_program(int program);

/*
 * In the process that is to execute it, as the last thing before: what cannot be
 * done ends it with STATUS_JAIL, said so.  The manager's descriptors are those of
 * cli.h by then: of the file system it is left its directories.
 */
void	confine_manager(void);
/* In its user namespace, if it has one.  No Landlock: its workers mount. */
void	confine_launcher(void);

/* Is a Landlock here, if there is one, of a kind that lets a file be moved to
 * another directory?  The first one does not. */
int	confine_has_refer(void);

#endif /* CLI_CONFINE_H */

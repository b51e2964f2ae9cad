/*
 * helper.h - a program that does one job for the cli, without launcher and
 * manager: packer, signer, reader and checker.
 *
 * It is started with exactly the descriptors that it is to have, is asked, most
 * of them once, and ends.
 */
#ifndef CLI_HELPER_H
#define CLI_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/status.h"
#include "rpc/rpc.h"

#define HELPERS_MAX	16	/* waited for at once */
#define HELPER_FDS	3	/* descriptors beside its channel, at most */

struct helper {
	struct rpc	 rpc;
	pid_t		 pid;		/* -1: none */
	const char	*name;
	bool		 answered;	/* set by the answer's handler */
};

/* Start it with fds[i] as descriptor 4 + i, which the caller keeps; envp NULL:
 * an empty environment.  STATUS_DONE, or another, said so. */
enum status helper_start(struct helper *, const char *name, const int *fds,
    int n, char *const envp[], const struct rpc_row *, size_t nrows);
/* Wait until it has answered: STATUS_DONE, or another, said so; Ctrl-C ends the
 * wait, and so does the deadline of what was asked.  Then helper_end(). */
enum status helper_wait(struct helper *);
/* The same for one of n that are at work: which. */
enum status helpers_wait(struct helper *const [], size_t n, size_t *which);
/* Hang up, end it if it has not ended, reap it; idempotent. */
void	helper_end(struct helper *);

#endif /* CLI_HELPER_H */

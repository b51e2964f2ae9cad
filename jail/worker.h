/*
 * worker.h - the manager's hold on a jailed process.
 *
 * A worker is a channel and a pidfd.  It is alive until its pidfd says that it
 * is gone, with all that it started: only then is what it touched looked at.  A
 * worker that lies, is silent, or dies is ended and costs its own job.
 */
#ifndef JAIL_WORKER_H
#define JAIL_WORKER_H

#include <poll.h>
#include <stdbool.h>

#include "depot/why.h"
#include "jail/jail.h"
#include "jail/launcher.h"
#include "rpc/rpc.h"

#define WORKERS_MAX	128
#define WORKER_MS	20000	/* to start, and to end when it is over */

/* It is gone, with all that it started. */
struct worker;
typedef void worker_ended(struct worker *);

struct worker {
	struct workers	*all;		/* NULL: free */
	struct rpc	 rpc;		/* its owner: this worker */
	int		 pidfd;		/* -1: not started yet */
	uint32_t	 layers;	/* the outer stage's, enum jail_layer */
	uint64_t	 deadline;	/* ms, to be gone; or UINT64_MAX */
	enum cli_why	 cause;	/* why it was ended early */
	bool		 is_single;	/* one call, and it ends */
	bool		 gone;
	bool		 answered;	/* the owner's: its one answer was usable;
					 * no more, if it was ended early */
	void		*owner;
	worker_ended	*ended;
};

struct workers {
	struct rpc	 launcher;
	enum jail_level	 level;		/* what is too weak is not used */
	enum jail_level	 lowest;	/* of those that were */
	struct worker	 worker[WORKERS_MAX];
};

/* fd: the channel to the launcher. */
void	workers_init(struct workers *, int fd);

/* Start a worker, which may be asked at once: calls wait in its channel.  NULL:
 * there is no room, or no launcher. */
struct worker *worker_spawn(struct workers *, enum launcher_kind, int input,
	    const struct rpc_row *, size_t nrows, void *owner, worker_ended *);
/* A template (jail/template.h), and a child of one, or of NULL, for a job. */
struct worker *worker_template(struct workers *, enum launcher_kind, int input,
	    void *owner, worker_ended *);
struct worker *worker_fork(struct worker *template, uint64_t job,
	    const struct rpc_row *, size_t nrows, void *owner, worker_ended *);
/* Kill it; ended() is called when it is gone, unless owner is NULL by then. */
void	worker_end(struct worker *, enum cli_why);
/* From its last word, a claim, and its end, a fact; *detail: the number of a
 * forbidden system call. */
enum cli_why worker_why(const struct worker *, uint32_t *detail);
/* All layers that it has claimed, or that were built for it. */
uint32_t worker_layers(const struct worker *);

/* Poll nothing longer than timeout ms: the workers and these other descriptors,
 * and handle what the workers have to say. */
void	workers_poll(struct workers *, const struct pollfd *others, size_t n,
	    uint64_t timeout);

#endif /* JAIL_WORKER_H */

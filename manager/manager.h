/*
 * manager.h - what the manager's parts share.
 *
 * One process, one thread, one event loop (main.c).  An archive on its way is a
 * job (job.c): two quarantined files, fetched (fetch.c) or there, a signature
 * that is checked (trust/), a tree that is unpacked (extract.c) and committed.
 * session.c is the cli's side of it.
 *
 * Nothing here believes a worker: what one says is bounded, and compared with
 * what the manager planned or measured itself.
 */
#ifndef MANAGER_MANAGER_H
#define MANAGER_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "depot/path.h"
#include "depot/quarantine.h"
#include "depot/store.h"
#include "depot/url.h"
#include "fetcher/fetcher.h"
#include "jail/worker.h"
#include "rpc/buffer.h"
#include "trust/trust.h"

#define MAX_FETCHERS	8
#define SILENCE_MS	60000	/* while working, without progress */

enum part { PART_SIGNATURE, PART_ARCHIVE, PARTS };

struct job {
	enum cli_state	 state;		/* CLI_NO_STATE: free */
	uint32_t	 detail;	/* of its extractor's claim */
	int		 error;
	struct cli_install_req req;	/* of the cli, by this serial */
	uint32_t	 serial;
	bool		 dirty;		/* the cli does not know this state */
	uint64_t	 now, total;
	struct depot_path path;
	struct url_place at;		/* after redirects */
	unsigned int	 hops;
	bool		 is_unsigned;	/* is the archive itself there at all? */
	enum part	 part;		/* being fetched or hashed */
	struct quarantined file[PARTS];
	uint64_t	 most[PARTS];	/* bytes of it that were there at a time */
	unsigned int	 restarts;	/* from its first byte */
	struct fetcher	*fetcher;
	uint32_t	 transfer;
	uint8_t		 digest[SHA256_SIZE];	/* measured */
	uint8_t		 listed[SHA256_SIZE];	/* by the catalog that vouches */
	struct check	 check;
	uint32_t	 outcome;	/* claimed by the extractor */
	uint8_t		 manifest[SHA256_SIZE];	/* the same */
	uint64_t	 entries, bytes;	/* measured */
};

/* One origin, with a dialer for it, of which nothing has to be known. */
struct fetcher {
	struct worker	*worker;	/* NULL: free */
	struct url_place origin;	/* no target */
	struct slots	 slots;
	bool		 configured;	/* the user has named this host */
	unsigned int	 transfers;	/* under way */
};

struct manager {
	struct rpc	 cli;
	struct workers	 workers;
	struct store	 store;
	struct cli_open_req options;
	int		 certificates;	/* sealed */
	bool		 stopping;
	bool		 busy;		/* there are bytes to hash */
	uint32_t	 verify_serial;	/* 0: not asked */
	uint64_t	 told_at, commit_since;	/* ms */
	uint32_t	 last_transfer;
	struct worker	*extractor;	/* template */
	struct trust	 trust;
	struct check	 check;		/* of cli_key and cli_verify */
	struct fetcher	 fetchers[MAX_FETCHERS];
	struct job	 jobs[CLI_INSTALLS];
};

extern struct manager manager;

/* job.c */
#define FOR_JOBS(j)							\
	for (struct job *j = manager.jobs; j < manager.jobs + CLI_INSTALLS; j++) \
		if (j->state != CLI_NO_STATE)
void	job_set(struct job *, enum cli_state);
/* Does a text that came in a record end within it? */
bool	has_end(const char *, size_t size);
/* End it: everything it holds is given back, and the cli is told. */
void	job_end(struct job *, enum cli_why, uint32_t detail, int error);
void	job_fail(struct job *, int error);	/* for an -errno */
/* End all workers of an owner, who does not hear of it. */
void	workers_disown(const void *owner);
void	jobs_advance(void);

/* session.c */
void	session_init(void);
void	job_answer(const struct job *, enum cli_why, uint32_t detail, int error);
void	session_advance(void);

/* fetch.c */
void	fetch_advance(struct job *);
void	fetch_stop(struct job *);
/* Go on with the archive: its signature is there, or none is needed. */
void	part_archive(struct job *);

/* extract.c */
void	extract_template(void);
void	extract_start(struct job *);

#endif /* MANAGER_MANAGER_H */

/*
 * manager.h - what the manager's parts share.
 *
 * One process, one thread, one event loop (main.c).  An archive on its way is a
 * job (job.c): two quarantined files, fetched (fetch.c) or copied, a signature
 * that is checked (verify.c), a tree that is unpacked (extract.c) and committed.
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
#include "depot/gate.h"
#include "depot/path.h"
#include "depot/quarantine.h"
#include "depot/store.h"
#include "depot/url.h"
#include "fetcher/fetcher.h"
#include "jail/worker.h"
#include "rpc/buffer.h"

#define MAX_FETCHERS	8
#define MAX_USERS	32
#define MAX_KEY		(1 << 20)	/* bytes of a key file */
#define SILENCE_MS	60000	/* while working, without progress */

/* A publisher: who may sign.  verifier: template that holds the key. */
struct user {
	char		 name[DEPOT_USER_MAX + 1];
	struct worker	*verifier;
	bool		 listed;	/* keys are known, or why is set */
	enum cli_why	 why;		/* WHY_NONE: usable */
	uint32_t	 nkeys;
	struct cli_key	 keys[CLI_KEYS];
};

/* One question to a verifier, and its judged answer. */
struct check {
	struct user	*user;
	struct worker	*worker;
	int		 data;		/* read-only; not owned */
	int		 signature;	/* sealed, has passed the gate; owned */
	uint64_t	 size;		/* of data, bytes */
	struct gate_facts facts;
	bool		 done;
	enum cli_why	 why;		/* once done; WHY_NONE is good */
	uint32_t	 detail;
	uint32_t	 layers;	/* enum jail_layer, of the verifier */
	int64_t		 created;
	const struct cli_key *key;	/* that signed */
};

enum part { PART_SIGNATURE, PART_ARCHIVE, PARTS };

struct job {
	enum cli_state	 state;		/* CLI_NO_STATE: free */
	enum cli_why	 why;		/* its end, not told to the cli yet */
	uint32_t	 detail;
	int		 error;
	uint32_t	 archive, serial, wanted;	/* the cli's */
	bool		 dirty;		/* the cli does not know this state */
	uint64_t	 now, total;
	struct depot_path path;
	struct url	 source, at;	/* at: after redirects */
	char		 target[FETCHER_TARGET];	/* of a redirect, or "" */
	unsigned int	 hops;
	bool		 is_unsigned;	/* is the archive itself there at all? */
	enum part	 part;		/* being fetched or copied */
	int		 local[PARTS];	/* files of public/ to copy, or -1 */
	struct quarantined file[PARTS];
	struct fetcher	*fetcher;
	uint32_t	 transfer;
	uint8_t		 digest[SHA256_SIZE];
	struct check	 check;
	struct worker	*extractor;
	uint32_t	 staging;	/* its directory's number; 0: none */
	uint32_t	 outcome;	/* claimed by the extractor */
	uint64_t	 entries, bytes;	/* measured */
};

/* One origin's connections. */
struct fetcher {
	struct worker	*worker;	/* NULL: free */
	struct url	 origin;
	struct slots	 slots;
	bool		 configured;	/* the user has named this host */
	unsigned int	 transfers;
	enum cli_why	 connect_why;	/* of the last failed connection */
};

struct manager {
	struct rpc	 cli;
	struct workers	 workers;
	struct store	 store;
	struct cli_open_req options;
	int		 certificates;	/* sealed */
	bool		 stopping, blocked;	/* blocked: the cli reads not */
	uint32_t	 open_serial, verify_serial, key_serial;
	uint64_t	 lock_at, told_at, commit_since;	/* ms */
	uint32_t	 last_transfer, last_staging;
	struct worker	*extractor;	/* template */
	struct check	 check;		/* of cli_verify */
	int		 armored, dearmored;	/* its signature before, after */
	size_t		 dearmored_size;
	struct fetcher	 fetchers[MAX_FETCHERS];
	struct user	 users[MAX_USERS];
	unsigned int	 nusers;
	struct job	 jobs[CLI_INSTALLS];
};

extern struct manager manager;

/* job.c */
#define FOR_JOBS(j)							\
	for (struct job *j = manager.jobs; j < manager.jobs + CLI_INSTALLS; j++) \
		if (j->state != CLI_NO_STATE)
void	job_set(struct job *, enum cli_state);
/* End it: everything it holds is given back, the cli is told later. */
void	job_end(struct job *, enum cli_why, uint32_t detail, int error);
/* End it for an -errno, or for a worker that gave no usable answer. */
void	job_fail(struct job *, int error);
enum cli_why why_of(const struct worker *, uint32_t *detail);
void	jobs_advance(void);

/* session.c */
void	session_init(void);
void	session_advance(void);

/* fetch.c */
void	fetch_advance(struct job *);
void	fetch_stop(struct job *);

/* verify.c: user_key starts a verifier for a key: 0 or -errno. */
struct user *user_find(const char *name);
int	user_key(struct user *, int key);
/* Seal a signature, at most max bytes of file, that passes the gate: WHY_NONE,
 * or why it does not. */
enum cli_why check_gate(struct check *, int file, size_t max, uint32_t *detail);
void	check_start(struct check *);
void	check_close(struct check *);
int	dearmor_start(void);

/* extract.c */
void	extract_template(void);
void	extract_start(struct job *);

#endif /* MANAGER_MANAGER_H */

/*
 * manager.h - what the manager's parts share.
 *
 * One process, one thread, one event loop (main.c).  A worker is a channel and a
 * pidfd (worker.c).  An archive goes through the states of cli/cli.h
 * (archive.c); while it is on its way it has a job: its quarantined files
 * (quarantine.c), where it is fetched from (fetch.c), whether its signature is
 * good (verify.c), its staging directory (extract.c, tree.c), and at last its
 * place in the depot (commit.c).  session.c is the cli's side of it all.
 *
 * Nothing here believes a worker: what one says is copied, bounded and compared
 * with what the manager planned or measured itself.
 */
#ifndef MANAGER_MANAGER_H
#define MANAGER_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/cli.h"
#include "depot/gate.h"
#include "depot/path.h"
#include "depot/sha256.h"
#include "depot/url.h"
#include "fetcher/fetcher.h"
#include "jail/launcher.h"
#include "rpc/buffer.h"
#include "rpc/rpc.h"

#define MAX_WORKERS	96
#define MAX_FETCHERS	8
#define MAX_USERS	64
#define MAX_JOBS	48	/* archives on their way at a time */
#define MAX_ARCHIVES	65536	/* of one run */
#define MAX_KEY		(1 << 20)	/* bytes of a key file */
#define MAX_DOWNLOAD	(1 << 16)	/* bytes of a `download` file */

#define REPLY_MS	20000	/* to start, to answer, to end */
#define SILENCE_MS	60000	/* while working, without progress */

struct manager;
struct archive;

/* A process behind a wall: alive until its pidfd says that it is gone, with all
 * that it started.  Its last answer counts only then. */
struct worker {
	struct manager	*m;
	struct rpc	 rpc;		/* owner: this worker */
	int		 pidfd;		/* -1: the launcher has not answered yet */
	uint32_t	 layers;	/* enum jail_layer that hold */
	uint64_t	 deadline;	/* ms, to be gone; 0: none */
	enum cli_why	 why;		/* why it was ended early; WHY_NONE */
	uint32_t	 serial;	/* of the request that it serves, if any */
	bool		 used;		/* this slot of the table */
	bool		 answered;	/* its one call was answered */
	bool		 gone;
	void		*owner;		/* for ended() */
	void		(*ended)(struct worker *);	/* gone: free what is its */
};

/* The publisher of archives: who may sign, and where they are served. */
struct user {
	struct manager	*m;
	char		 name[DEPOT_USER_MAX + 1];
	char		*download;	/* text of the file, or NULL */
	size_t		 download_size;
	struct worker	*verifier;	/* template with this user's key */
	enum cli_why	 why;		/* WHY_NONE: usable, once listed */
	bool		 listed;	/* keys holds the key file's keys */
	uint32_t	 nkeys;
	struct cli_key	 keys[CLI_KEYS];
};

/* One question to a verifier, and its judged answer. */
struct check {
	struct user	*user;
	int		 data;		/* read-only description of its own */
	int		 signature;	/* sealed, has passed the gate */
	uint64_t	 size;		/* of data, bytes */
	struct gate_facts facts;
	enum cli_why	 why;		/* the verdict; WHY_NONE is good */
	bool		 done;		/* why counts, good or not */
	uint32_t	 detail;
	uint32_t	 layers;
	int64_t		 created;
	uint32_t	 fpr_size, primary;	/* index into user->keys */
	uint8_t		 fpr[CLI_FPR];
	struct worker	*worker;
};

enum part { PART_SIGNATURE, PART_ARCHIVE, PARTS };

/* A file that came over the network, before anything else may read it. */
struct quarantined {
	int		 fd;		/* read and write, the manager's alone */
	uint64_t	 size;		/* bytes received and hashed */
	uint64_t	 rehash;	/* bytes of an earlier run still to hash */
	struct sha256	 hash;
	char		 validator[FETCHER_VALIDATOR];
};

/* An archive on its way. */
struct job {
	struct archive	*archive;	/* NULL: free */
	enum part	 part;		/* being fetched */
	int		 local;		/* file of public/ to copy from, or -1 */
	struct quarantined file[PARTS];
	int		 reader[2];	/* the verifier's and the extractor's
					 * descriptions of the archive */
	unsigned int	 mirror, hops;
	bool		 not_found;	/* some mirror answered, but lacks it */
	bool		 is_unsigned;	/* no mirror has a signature: does one
					 * have the archive? */
	struct url	 at;		/* origin in use, or of the redirect */
	char		 target[FETCHER_TARGET];	/* of a redirect; else "" */
	struct fetcher	*fetcher;	/* NULL: not fetching */
	uint32_t	 transfer;
	struct check	 check;
	struct worker	*extractor;
	uint32_t	 staging;	/* number of its staging directory; 0: none */
	uint32_t	 outcome;	/* claimed by the extractor */
	uint64_t	 bytes, entries;	/* measured in the staged tree */
	uint8_t		 digest[SHA256_SIZE];
};

struct archive {
	struct depot_path path;
	uint64_t	 hash;		/* of the path, to find it */
	enum cli_state	 state;
	enum cli_why	 why;
	uint32_t	 number, detail;
	int		 error;
	bool		 wanted;	/* by name; not as a dependency */
	bool		 dirty;		/* the cli does not know this state yet */
	uint64_t	 now, total;
	struct job	*job;		/* NULL before and after */
};

/* One origin's connections. */
struct fetcher {
	struct worker	*worker;	/* NULL: free */
	struct url	 origin;
	struct slots	 slots;
	bool		 configured;	/* from a `download` file: may be local */
	unsigned int	 transfers;
	enum cli_why	 connect_why;	/* of the last failed connection */
};

struct manager {
	struct rpc	 cli;
	struct rpc	 launcher;
	struct cli_open_req options;
	int		 root, depot, public, state, quarantine, staging,
			 receipts, lock;	/* directories; -1: none */
	int		 certificates;	/* sealed */
	bool		 stopping;
	bool		 blocked;	/* the cli does not read just now */
	uint32_t	 open_serial, run_serial, verify_serial, key_serial;
	uint64_t	 lock_at, told_at, commit_since;	/* ms */
	uint32_t	 last_transfer, last_staging;
	struct worker	*extractor;	/* template */
	struct check	 check;		/* of cli_verify */
	int		 armored;	/* its signature still is; else -1 */
	int		 dearmored;	/* buffer that the binary form comes in */
	size_t		 dearmored_size;
	struct worker	 workers[MAX_WORKERS];
	struct fetcher	 fetchers[MAX_FETCHERS];
	struct user	 users[MAX_USERS];
	unsigned int	 nusers;
	struct job	 jobs[MAX_JOBS];
	struct archive	**archives;
	uint32_t	 narchives, next_wanted, unfinished;
};

/* archive.c: the life of archives.  archive_want: the archive, found or added;
 * NULL with *why if it cannot be.  Each fails only that archive. */
struct archive *archive_want(struct manager *, const struct depot_path *,
	    bool wanted, enum cli_why *why);
void	archive_set(struct manager *, struct archive *, enum cli_state);
void	archive_fail(struct manager *, struct archive *, enum cli_why,
	    uint32_t detail, int error);
void	archive_finish(struct manager *, struct archive *, enum cli_why);
/* Want what the pkg archive at dir/top needs: WHY_NONE, or why it is refused. */
enum cli_why dependencies_want(struct manager *, int dir, const char *top);
/* Start whatever can be started, in every phase. */
void	archives_advance(struct manager *);

/* session.c */
void	session_init(struct manager *);
/* Tell the cli what it does not know yet, as far as it reads. */
void	session_flush(struct manager *);
/* Calls that wait for something: the lock, a verdict, the last archive. */
void	session_advance(struct manager *);
bool	session_wants_write(const struct manager *);

/* root.c: 0 or -errno; ROOT is refused (-EPERM) if others may write to it. */
int	root_open(struct manager *);
int	root_lock(struct manager *, int32_t *holder);	/* -EAGAIN: held */
/* mkdir -p of the directory part of path below dir: 0 or -errno. */
int	root_make_parents(int dir, const char *path);
/* At most max bytes of a file below dir, allocated, with an end: 0 or -errno. */
int	root_read(int dir, const char *path, size_t max, char **text,
	    size_t *size);
/* Open beneath dir, through no symbolic link: a descriptor or -errno. */
int	root_open_below(int dir, const char *path, int flags);

/* worker.c */
struct worker *worker_spawn(struct manager *, enum launcher_kind, int input,
	    const char *directory, const struct rpc_row *, size_t nrows);
/* A template: its channel carries jail/template.h. */
struct worker *worker_template(struct manager *, enum launcher_kind, int input);
struct worker *worker_fork(struct worker *template, uint64_t job,
	    const struct rpc_row *, size_t nrows);
/* End it, now, for this reason; ended() is called when it is gone. */
void	worker_end(struct worker *, enum cli_why);
/* Why it gave no usable answer, from its last words and its end. */
enum cli_why worker_why(const struct worker *, uint32_t *detail);
void	workers_init(struct manager *);
void	workers_watch(struct manager *);
enum cli_why worker_level(const struct manager *, uint32_t layers);

/* fetch.c */
void	fetch_start(struct manager *, struct job *);
void	fetch_advance(struct manager *, struct job *);
void	fetch_stop(struct job *);

/* quarantine.c: 0 or -errno each. */
int	quarantine_open(struct manager *, struct job *);
int	quarantine_append(struct manager *, struct job *, const void *, size_t);
int	quarantine_restart(struct job *);
/* A slice of an earlier run's bytes, or of a local copy: 1 more, 0 done. */
int	quarantine_slice(struct manager *, struct job *);
void	quarantine_tag(struct manager *, struct job *);
void	quarantine_close(struct manager *, struct job *, bool keep);
int	quarantine_publish(struct manager *, struct job *);
/* Does public/ have both archive and signature?  Opens them for copying. */
bool	quarantine_local(struct manager *, struct job *, enum part);

/* verify.c */
struct user *user_find(struct manager *, const char *name);
int	user_key(struct manager *, struct user *, int key);
void	check_start(struct check *);
void	check_close(struct check *);
/* Seal a signature that passes the gate into check: WHY_NONE, or why not. */
enum cli_why check_gate(struct check *, const uint8_t *, size_t,
	    uint32_t *detail);
int	dearmor_start(struct manager *);

/* extract.c */
#define STAGING_NAME	12	/* array size of a staging directory's name */
void	staging_name(const struct job *, char name[STAGING_NAME]);
void	staging_remove(struct manager *, struct job *);
int	extract_template(struct manager *);
void	extract_start(struct manager *, struct job *);

/* tree.c */
enum cli_why tree_check(struct manager *, struct job *);
/* rm -r, without following anything: 0 or -errno. */
int	tree_remove(int dir, const char *name);
int	tree_empty(int dir);

/* commit.c */
void	commit_advance(struct manager *);

#endif /* MANAGER_MANAGER_H */

/*
 * cli.h - what the command line may ask of the manager, and what it is told.
 *
 * The cli has its user's whole authority, but no say over what is trusted: it
 * names what is wanted and renders what it is told.  The manager never waits
 * for it: states are coalesced, one row for each archive, newest wins; how an
 * archive ended is told once, when the cli reads again.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "depot/url.h"
#include "depot/why.h"
#include "rpc/rpc.h"

#define CLI_PATH	256	/* array size of an archive's path */
#define CLI_FPR		32	/* bytes of a fingerprint's array */
#define CLI_KEYS	16
#define CLI_USERS	32	/* publishers of one session at most */
#define CLI_NAME	72	/* array size of a publisher's name */
#define CLI_DIGEST	32	/* bytes of a SHA-256 */
#define CLI_EXCEPTIONS	120

/* Descriptors that the manager is started with (cli/start.c). */
#define MANAGER_FD_CLI		3
#define MANAGER_FD_LAUNCHER	4
/* Absent for what needs no ROOT: */
#define MANAGER_FD_DEPOT	5	/* its directories: depot/store.h */
#define MANAGER_FD_RECEIPTS	6
#define MANAGER_FD_QUARANTINE	7
#define MANAGER_FD_STAGING	8
#define MANAGER_FD_LOCK		9	/* held as long as it is open anywhere */

enum cli_phase {
	CLI_NEW = 1 << 0,
	CLI_OPENED = 1 << 1,	/* a ROOT, to install into */
	CLI_KEYED = 1 << 2,	/* a key, to verify with */
};

enum cli_level { CLI_NO_LEVEL = 0, CLI_BASIC, CLI_STRONG, CLI_FULL };

/* Starts a writing session on ROOT.  Capability: the certificates, PEM. */
struct cli_open_req {
	uint32_t jobs;		/* archives in each phase at a time, 1 to 16 */
	uint32_t stall;		/* ms without a byte */
	uint32_t retries;	/* of one transfer */
	uint32_t level;		/* enum cli_level: least jail that is accepted */
	uint64_t silence;	/* ms without progress while unpacking */
};
struct cli_open_rep {
	uint64_t reserved;
};

enum cli_install {
	CLI_WANTED_BY_NAME = 1 << 0,	/* not as a dependency */
	CLI_KEEP_PACKED = 1 << 1,	/* fetched and verified, not unpacked */
	CLI_WAIVED = 1 << 2,	/* where no key of its publisher was given, it is
				 * not verified, and ends as WHY_BLESSED */
	CLI_LOCKED = 1 << 3,	/* it must be what a lockfile says */
	CLI_COPIED = 1 << 4,	/* its files lie in quarantine, whole: nothing
				 * is fetched.  Where no signature is needed
				 * there may be none */
};

/* Installs in flight at most; one more ends the conversation. */
#define CLI_INSTALLS	48

/*
 * Install one archive from one source: answered when it is committed, and then
 * the cli moves its files from quarantine to public/, or when it has failed, and
 * then the depot is as it was.  Its staging directory (CLI_STAGING) is the cli's
 * to make and to clear, and so are the directories that lead to the archive.  What to install next, from which mirror
 * and with which dependencies is the cli's business as well.
 */
#define CLI_STAGING(archive)	((archive) + 1)	/* its name, as a number */
struct cli_install_req {
	uint32_t archive;	/* the cli's number for it, echoed; used once */
	uint32_t flags;		/* enum cli_install */
	uint64_t line;		/* offset of its line in its publisher's accepted
				 * catalog, which vouches for it; 0: none */
	uint64_t serial;	/* of that catalog, for the receipt; else 0 */
	uint64_t max_size;	/* as fetched, bytes */
	uint64_t max_bytes;	/* unpacked, bytes */
	uint64_t max_entries;
	uint64_t max_ratio;	/* unpacked to fetched */
	uint8_t	 digest[CLI_DIGEST];	/* with CLI_LOCKED: that it must have */
	/* For its receipt: lower-case words with blanks between them. */
	char	 exceptions[CLI_EXCEPTIONS];
	/* Of what an earlier run has left of it in quarantine; "", "": nothing
	 * that counts. */
	struct url_tag tag;
	struct url_place from;	/* where it is; unless CLI_COPIED */
	char	 path[CLI_PATH];
};
struct cli_install_rep {
	uint32_t archive;
	uint32_t why;		/* enum cli_why; WHY_INSTALLED is good */
	uint32_t detail;	/* entry number, HTTP status, system call, gate */
	int32_t	 error;		/* errno, or 0 */
};

/* Ctrl-C: what is in flight fails with WHY_STOPPED. */
struct cli_stop_req {
	uint64_t reserved;
};

/* By the last key of cli_key.  Capabilities: the data, its signature (sealed). */
struct cli_verify_req {
	uint64_t size;		/* of the data, bytes */
};
struct cli_verify_rep {
	uint32_t why;		/* WHY_NONE: good */
	uint32_t detail;	/* enum gate, with WHY_GATE and WHY_WEAK; with
				 * WHY_SPLIT see judge_second() (trust/trust.h) */
	uint32_t hash;		/* OpenPGP numbers */
	uint32_t algorithm;
	int64_t	 created;	/* seconds since 1970 */
	uint32_t fpr_size;
	uint32_t layers;	/* enum jail_layer, of the verifier */
	uint32_t signers;	/* bits: primary keys that have signed */
	uint32_t bound;		/* to a path, which the signature names */
	uint32_t old;		/* algorithms, by exception */
	uint32_t reserved;
	uint8_t	 fpr[CLI_FPR];	/* of the key that signed */
	uint8_t	 primary[CLI_FPR];	/* of its primary key */
};

enum cli_policy {
	CLI_REQUIRE_BINDING = 1 << 0,	/* signatures have to name the path */
	CLI_OLD_ALGORITHMS = 1 << 1,	/* SHA-1, DSA, short RSA are accepted */
	CLI_OWN_SIGNATURES = 1 << 2,	/* also of what a catalog lists */
};

/* When a primary key counts: seconds since 1970, [from, until); 0: open. */
struct cli_window {
	uint8_t	fpr[CLI_FPR];
	int64_t	from, until;
};

/*
 * A publisher, and what is asked of its signatures: before its archives, or to
 * verify with; also, to be told what a key file stands for.  Capability: the key
 * file (sealed).
 */
struct cli_key_req {
	char	 name[CLI_NAME];	/* "": of no depot */
	uint32_t quorum;	/* engines that must agree: 1 or 2 */
	uint32_t threshold;	/* distinct primary keys that must have signed;
				 * a signature file has a packet of each */
	uint32_t flags;		/* enum cli_policy */
	uint32_t nwindows;
	int64_t	 as_of;		/* the time that counts; 0: now */
	uint32_t level;		/* where there is no cli_open, as there */
	uint32_t reserved;
	struct cli_window windows[CLI_KEYS];
};
struct cli_key {
	uint8_t	 fpr[CLI_FPR];
	uint32_t fpr_size;
	uint32_t primary;	/* index of its primary key */
	uint32_t usable;	/* as enum verifier_key_usable: sign, revoked, invalid */
	uint32_t algorithm;	/* OpenPGP number */
	uint32_t bits;
	uint32_t reserved;
	int64_t	 created;
	int64_t	 expires;	/* 0: never */
};
struct cli_key_rep {
	uint32_t why;		/* WHY_NONE, WHY_BAD_KEY or a jail's failure */
	uint32_t count;
	struct cli_key keys[CLI_KEYS];
};

/* The newest state of an archive in flight. */
struct cli_state_req {
	uint32_t archive;	/* the cli's number */
	uint32_t state;		/* enum cli_state, CLI_WANTED to CLI_COMMITTED */
	uint64_t now, total;	/* bytes of the present state; total 0: unknown */
	/* Of what there is of the archive: who has it to be told in a later run. */
	struct url_tag tag;
};

/*  number	 function	 request caps	 answer caps	 phases */
#define CLI_RPC(CALL, ASK, NOTE, TELL)					\
	ASK(CLI_OPEN, cli_open, CAPS1(CAP_SEALED), CAPS0, CLI_NEW)	\
	ASK(CLI_INSTALL, cli_install, CAPS0, CAPS0, CLI_OPENED)		\
	NOTE(CLI_STOP, cli_stop, CAPS0, CAPS0, CLI_OPENED)	\
	ASK(CLI_KEY, cli_key, CAPS1(CAP_SEALED), CAPS0,			\
	    CLI_NEW | CLI_OPENED | CLI_KEYED)				\
	ASK(CLI_VERIFY, cli_verify, CAPS2(CAP_FILE, CAP_SEALED),	\
	    CAPS0, CLI_KEYED)						\
	TELL(CLI_STATE, cli_state, CAPS0, CAPS0, CLI_OPENED)

enum cli_rpc { CLI_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
CLI_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* CLI_CLI_H */

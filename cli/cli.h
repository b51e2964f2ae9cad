/*
 * cli.h - what the command line may ask of the manager, and what it is told.
 *
 * The cli has its user's whole authority, but no say over what is trusted: it
 * names what is wanted and renders what it is told.  The manager never waits
 * for it: states are coalesced, one row for each archive, newest wins, and a
 * final state is never lost.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "rpc/rpc.h"

#define CLI_PATH	256	/* array size of an archive's path */
#define CLI_HOST	256
#define CLI_BASE	768
#define CLI_FPR		32	/* bytes of a fingerprint's array */
#define CLI_KEYS	16

/* Descriptors that the manager is started with (cli/start.c). */
#define MANAGER_FD_CLI		3
#define MANAGER_FD_LAUNCHER	4
#define MANAGER_FD_ROOT		5	/* directory; absent for `verify` */

/* Life of an archive (doc/ARCHITECTURE.md).  The order is that of progress;
 * what comes after CLI_COMMITTED are the ways to fail. */
#define CLI_STATES(STATE)						\
	STATE(CLI_NO_STATE,	"none")					\
	STATE(CLI_WANTED,	"wanted")				\
	STATE(CLI_DOWNLOADING,	"downloading")				\
	STATE(CLI_FETCHED,	"fetched")				\
	STATE(CLI_VERIFYING,	"verifying")				\
	STATE(CLI_VERIFIED,	"verified")				\
	STATE(CLI_BLESSED,	"blessed")				\
	STATE(CLI_EXTRACTING,	"extracting")				\
	STATE(CLI_EXTRACTED,	"extracted")				\
	STATE(CLI_COMMITTED,	"committed")				\
	STATE(CLI_UNAVAILABLE,	"unavailable")				\
	STATE(CLI_UNTRUSTED,	"untrusted")				\
	STATE(CLI_MALFORMED,	"malformed")				\
	STATE(CLI_EXHAUSTED,	"exhausted")				\
	STATE(CLI_VIOLATED,	"violated")				\
	STATE(CLI_FAILED,	"failed")
#define CLI_STATE_ENUM(state, word) state,
enum cli_state { CLI_STATES(CLI_STATE_ENUM) CLI_NSTATES };

/* Why: the final state that it leads to, the word in --json, what to say.  The
 * manager uses the names, the cli the words. */
#define CLI_REASONS(REASON)						\
	REASON(WHY_NONE, CLI_NO_STATE, "none", "")			\
	REASON(WHY_INSTALLED, CLI_COMMITTED, "installed", "installed")	\
	REASON(WHY_PRESENT, CLI_COMMITTED, "present", "already installed") \
	REASON(WHY_DRY_RUN, CLI_COMMITTED, "dry-run", "would be installed") \
	/* unavailable */						\
	REASON(WHY_NO_ORIGIN, CLI_UNAVAILABLE, "no-origin",		\
	    "no usable origin for this user")				\
	REASON(WHY_NOT_FOUND, CLI_UNAVAILABLE, "not-found",		\
	    "the server does not have it")				\
	REASON(WHY_OFFLINE, CLI_UNAVAILABLE, "offline",			\
	    "not in public/, and --offline forbids to fetch it")	\
	REASON(WHY_NO_NAME, CLI_UNAVAILABLE, "no-name",			\
	    "the server's name does not resolve")			\
	REASON(WHY_NO_NETWORK, CLI_UNAVAILABLE, "no-network",		\
	    "no network: no name server answers, or there is no route")	\
	REASON(WHY_REFUSED, CLI_UNAVAILABLE, "connection-refused",	\
	    "the server refuses connections")				\
	REASON(WHY_TIMEOUT, CLI_UNAVAILABLE, "timeout",			\
	    "the server does not answer")				\
	REASON(WHY_ADDRESS, CLI_UNAVAILABLE, "private-address",		\
	    "the name leads to a private or local address")		\
	REASON(WHY_CERTIFICATE, CLI_UNAVAILABLE, "certificate",		\
	    "the server's certificate is not acceptable")		\
	REASON(WHY_TLS, CLI_UNAVAILABLE, "tls", "the TLS session failed") \
	REASON(WHY_FORBIDDEN, CLI_UNAVAILABLE, "forbidden",		\
	    "the server denies access")					\
	REASON(WHY_SERVER, CLI_UNAVAILABLE, "server-error",		\
	    "the server answers with an error")				\
	REASON(WHY_REDIRECT, CLI_UNAVAILABLE, "redirect",		\
	    "the server redirects to where airlock does not follow")	\
	REASON(WHY_CUT_OFF, CLI_UNAVAILABLE, "cut-off",			\
	    "the transfer broke off, after all retries")		\
	REASON(WHY_STALLED, CLI_UNAVAILABLE, "stalled",			\
	    "the transfer stalled, after all retries")			\
	/* untrusted */							\
	REASON(WHY_NO_KEY, CLI_UNTRUSTED, "no-key", "no key for this user") \
	REASON(WHY_BAD_KEY, CLI_UNTRUSTED, "bad-key",			\
	    "the user's key file has no key that can sign")		\
	REASON(WHY_NO_SIGNATURE, CLI_UNTRUSTED, "no-signature",		\
	    "there is no signature for it")				\
	REASON(WHY_GATE, CLI_UNTRUSTED, "not-one-signature",		\
	    "its signature file is not one binary detached signature")	\
	REASON(WHY_WEAK, CLI_UNTRUSTED, "weak-algorithm",		\
	    "its signature uses an algorithm that is not accepted")	\
	REASON(WHY_BAD_SIGNATURE, CLI_UNTRUSTED, "bad-signature",	\
	    "its signature does not match its content")			\
	REASON(WHY_OTHER_KEY, CLI_UNTRUSTED, "other-key",		\
	    "it is signed by a key that is not this user's")		\
	REASON(WHY_EXPIRED, CLI_UNTRUSTED, "expired",			\
	    "the key or the signature had expired")			\
	REASON(WHY_REVOKED, CLI_UNTRUSTED, "revoked", "the key is revoked") \
	REASON(WHY_FUTURE, CLI_UNTRUSTED, "future",			\
	    "the signature is from the future: check the clock")	\
	REASON(WHY_NO_VERDICT, CLI_UNTRUSTED, "no-verdict",		\
	    "the verifier gave no usable verdict")			\
	/* malformed */							\
	REASON(WHY_CORRUPT, CLI_MALFORMED, "corrupt",			\
	    "the archive is damaged, cut short, or no xz-compressed tar") \
	REASON(WHY_ABSOLUTE, CLI_MALFORMED, "absolute-path",		\
	    "an entry has an absolute path")				\
	REASON(WHY_DOTDOT, CLI_MALFORMED, "dot-dot",			\
	    "an entry's path has \"..\"")				\
	REASON(WHY_NAME, CLI_MALFORMED, "name",				\
	    "an entry's name is empty, too long, or no file name")	\
	REASON(WHY_DEPTH, CLI_MALFORMED, "depth",			\
	    "an entry lies too deep")					\
	REASON(WHY_TOPDIR, CLI_MALFORMED, "top-directory",		\
	    "its top directory is not the one that its path demands")	\
	REASON(WHY_THROUGH_LINK, CLI_MALFORMED, "through-link",		\
	    "an entry lies beneath something that is no directory")	\
	REASON(WHY_LINK_OUT, CLI_MALFORMED, "link-outside",		\
	    "a link leads out of the archive")				\
	REASON(WHY_REPLACES, CLI_MALFORMED, "replaces",			\
	    "an entry replaces an earlier one")				\
	REASON(WHY_TYPE, CLI_MALFORMED, "type",				\
	    "an entry is neither file, directory nor link")		\
	REASON(WHY_HEADERS, CLI_MALFORMED, "headers",			\
	    "an entry's headers disagree, or are not understood")	\
	REASON(WHY_EMPTY, CLI_MALFORMED, "empty", "the archive is empty") \
	REASON(WHY_ARCHIVES, CLI_MALFORMED, "archives",			\
	    "its list of archives has a line that is no archive's path") \
	REASON(WHY_PATH, CLI_MALFORMED, "path",				\
	    "this is no archive's path: USER/TYPE/NAME/VERSION")	\
	/* exhausted */							\
	REASON(WHY_SIZE, CLI_EXHAUSTED, "size",				\
	    "it is larger than --max-size allows")			\
	REASON(WHY_BYTES, CLI_EXHAUSTED, "unpacked-size",		\
	    "it unpacks to more than --max-unpacked allows")		\
	REASON(WHY_ENTRIES, CLI_EXHAUSTED, "entries",			\
	    "it has more entries than --max-entries allows")		\
	REASON(WHY_RATIO, CLI_EXHAUSTED, "ratio",			\
	    "it expands more than --max-ratio allows")			\
	REASON(WHY_CPU, CLI_EXHAUSTED, "cpu-time",			\
	    "its worker used up its processor time")			\
	REASON(WHY_MANY, CLI_EXHAUSTED, "too-many",			\
	    "too many archives in one run")				\
	REASON(WHY_SILENT, CLI_EXHAUSTED, "silent",			\
	    "its worker made no progress and was ended")		\
	/* violated */							\
	REASON(WHY_VIOLATION, CLI_VIOLATED, "violation",		\
	    "a jailed process made a forbidden system call: a bug or an attack") \
	REASON(WHY_LIED, CLI_VIOLATED, "protocol",			\
	    "a jailed process broke its protocol: a bug or an attack")	\
	REASON(WHY_DIED, CLI_VIOLATED, "died",				\
	    "a jailed process died unexpectedly: a bug or an attack")	\
	REASON(WHY_TREE, CLI_VIOLATED, "tree",				\
	    "the unpacked files are not what the extractor may make")	\
	REASON(WHY_JAIL, CLI_VIOLATED, "jail", "a jail could not be built") \
	/* failed */							\
	REASON(WHY_SPACE, CLI_FAILED, "no-space", "no space left")	\
	REASON(WHY_SYSTEM, CLI_FAILED, "system", "the system failed")	\
	REASON(WHY_FOREIGN, CLI_FAILED, "foreign",			\
	    "its directory exists, but has no receipt: not installed by airlock") \
	REASON(WHY_STOPPED, CLI_FAILED, "stopped", "interrupted")
#define CLI_REASON_ENUM(why, state, word, text) why,
enum cli_why { CLI_REASONS(CLI_REASON_ENUM) CLI_NWHYS };

enum cli_phase {
	CLI_NEW = 1 << 0,	/* not opened */
	CLI_OPENED = 1 << 1,
};

enum cli_level { CLI_NO_LEVEL = 0, CLI_BASIC, CLI_STRONG, CLI_FULL };

/* Starts a writing session on ROOT.  Capability: the certificates, PEM. */
struct cli_open_req {
	uint32_t jobs;		/* archives in each phase at a time, 1 to 16 */
	uint32_t stall;		/* ms without a byte */
	uint32_t retries;	/* of one transfer */
	uint32_t level;		/* enum cli_level: least jail that is accepted */
	uint64_t max_size;	/* of one archive as fetched, bytes */
	uint64_t max_bytes;	/* of one archive unpacked, bytes */
	uint64_t max_entries;	/* of one archive */
	uint64_t max_ratio;	/* unpacked to fetched */
};
/* Answered once the lock is held. */
struct cli_open_rep {
	uint32_t why;		/* WHY_NONE: opened */
	int32_t	 error;		/* errno, or 0 */
};

/* Installs in flight at most; one more ends the conversation. */
#define CLI_INSTALLS	48

/*
 * Install one archive from one source: answered when it is committed or has
 * failed, and then the depot is as it was.  What to install next, from which
 * mirror and with which dependencies is the cli's business.  Capabilities, or
 * none: signature and archive, from public/; then nothing is fetched.
 */
struct cli_install_req {
	uint32_t archive;	/* the cli's number for it, echoed */
	uint32_t wanted;	/* 1: named by the user; 0: a dependency */
	uint32_t scheme;	/* enum url_scheme of the source; 0 with files */
	uint32_t port;
	char	 host[CLI_HOST];
	char	 base[CLI_BASE];	/* path of the source's URL, no last '/' */
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

/* Capabilities: the data, its signature (sealed), the key file (sealed). */
struct cli_verify_req {
	uint64_t size;		/* of the data, bytes */
	uint32_t armored;	/* 1: the signature is ASCII-armored */
	uint32_t reserved;
};
struct cli_verify_rep {
	uint32_t why;		/* WHY_NONE: good */
	uint32_t detail;	/* enum gate, with WHY_GATE and WHY_WEAK */
	uint32_t hash;		/* OpenPGP numbers */
	uint32_t algorithm;
	int64_t	 created;	/* seconds since 1970 */
	uint32_t fpr_size;
	uint32_t layers;	/* enum jail_layer, of the verifier */
	uint8_t	 fpr[CLI_FPR];	/* of the key that signed */
	uint8_t	 primary[CLI_FPR];	/* of its primary key */
};

/* What a key file stands for.  Capability: the key file (sealed). */
struct cli_key_req {
	uint64_t reserved;
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
};

/* Another airlock holds ROOT's lock; told again while we wait. */
struct cli_wait_req {
	int32_t	 pid;		/* 0: not known */
	uint32_t reserved;
};

/*  number	 function	 request caps	 answer caps	 phases */
#define CLI_RPC(CALL, ASK, NOTE, TELL)					\
	ASK(CLI_OPEN, cli_open, CAPS1(CAP_SEALED), CAPS0, CLI_NEW)	\
	ASK(CLI_INSTALL, cli_install,					\
	    CAPS2(CAP_FILE, CAP_FILE) | CAPS_OPTIONAL, CAPS0, CLI_OPENED) \
	NOTE(CLI_STOP, cli_stop, CAPS0, CAPS0, CLI_NEW | CLI_OPENED)	\
	ASK(CLI_VERIFY, cli_verify,					\
	    CAPS3(CAP_FILE, CAP_SEALED, CAP_SEALED), CAPS0, CLI_NEW)	\
	ASK(CLI_KEY, cli_key, CAPS1(CAP_SEALED), CAPS0, CLI_NEW)	\
	TELL(CLI_STATE, cli_state, CAPS0, CAPS0, CLI_OPENED)		\
	TELL(CLI_WAIT, cli_wait, CAPS0, CAPS0, CLI_NEW)

enum cli_rpc { CLI_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
CLI_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* CLI_CLI_H */

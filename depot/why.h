/*
 * why.h - the vocabulary of the whole program: the states of an archive, and the
 * reasons for which one ends.
 *
 * Workers, manager and cli share it, so that nothing has to be translated: what a
 * worker claims is a number of this list, and the manager accepts from each
 * service only those that its header names.
 */
#ifndef DEPOT_WHY_H
#define DEPOT_WHY_H

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
	REASON(WHY_BLESSED, CLI_COMMITTED, "blessed",			\
	    "installed WITHOUT any verification, as was asked for")	\
	REASON(WHY_PRESENT, CLI_COMMITTED, "present", "already installed") \
	REASON(WHY_DRY_RUN, CLI_COMMITTED, "dry-run", "would be installed") \
	/* unavailable */						\
	REASON(WHY_NO_ORIGIN, CLI_UNAVAILABLE, "no-origin",		\
	    "no usable origin for this user")				\
	REASON(WHY_NO_DIRECTORY, CLI_UNAVAILABLE, "no-directory",	\
	    "the origin's directory is not there, or cannot be reached") \
	REASON(WHY_OFFLINE, CLI_UNAVAILABLE, "offline",			\
	    "not in public/, and --offline forbids to fetch it")	\
	/* what a dialer may say: ADDRESS to TIMEOUT, and REDIRECT */	\
	/* what a fetcher may say: ADDRESS to STALLED */		\
	REASON(WHY_ADDRESS, CLI_UNAVAILABLE, "private-address",		\
	    "the name leads to a private or local address")		\
	REASON(WHY_NO_NAME, CLI_UNAVAILABLE, "no-name",			\
	    "the server's name does not resolve")			\
	REASON(WHY_NO_NETWORK, CLI_UNAVAILABLE, "no-network",		\
	    "no network: no name server answers")			\
	REASON(WHY_NO_ROUTE, CLI_UNAVAILABLE, "no-route",		\
	    "no network: there is no route to the server")		\
	REASON(WHY_REFUSED, CLI_UNAVAILABLE, "connection-refused",	\
	    "the server refuses connections")				\
	REASON(WHY_TIMEOUT, CLI_UNAVAILABLE, "timeout",			\
	    "the server does not answer")				\
	REASON(WHY_NOT_FOUND, CLI_UNAVAILABLE, "not-found",		\
	    "the server does not have it")				\
	REASON(WHY_FORBIDDEN, CLI_UNAVAILABLE, "forbidden",		\
	    "the server denies access")					\
	REASON(WHY_SERVER, CLI_UNAVAILABLE, "server-error",		\
	    "the server answers with an error")				\
	REASON(WHY_REDIRECT, CLI_UNAVAILABLE, "redirect",		\
	    "the server redirects to where airlock does not follow")	\
	REASON(WHY_CERTIFICATE, CLI_UNAVAILABLE, "certificate",		\
	    "the server's certificate is not acceptable")		\
	REASON(WHY_TLS, CLI_UNAVAILABLE, "tls", "the TLS session failed") \
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
	REASON(WHY_OTHER_PATH, CLI_UNTRUSTED, "other-path",		\
	    "its signature is for another archive's path")		\
	REASON(WHY_UNBOUND, CLI_UNTRUSTED, "unbound",			\
	    "its signature does not say for which path it is")		\
	REASON(WHY_SPLIT, CLI_UNTRUSTED, "split-verdict",		\
	    "the two engines disagree about its signature")		\
	REASON(WHY_NO_ENGINE, CLI_UNTRUSTED, "no-engine",		\
	    "two engines must agree, and the second is not there")	\
	REASON(WHY_FEW, CLI_UNTRUSTED, "too-few-keys",			\
	    "fewer keys have signed it than must")			\
	REASON(WHY_WINDOW, CLI_UNTRUSTED, "key-window",			\
	    "it was signed at a time for which this key does not count") \
	REASON(WHY_CATALOG, CLI_UNTRUSTED, "catalog",			\
	    "the catalog is not one, or another publisher's")		\
	REASON(WHY_ROLLBACK, CLI_UNTRUSTED, "rollback",			\
	    "the catalog is older than one that was accepted before")	\
	REASON(WHY_FROZEN, CLI_UNTRUSTED, "frozen",			\
	    "the catalog has expired")					\
	REASON(WHY_UNLISTED, CLI_UNTRUSTED, "unlisted",			\
	    "the publisher's catalog does not list it")			\
	REASON(WHY_WITHHELD, CLI_UNTRUSTED, "withheld",			\
	    "the publisher had a catalog, and now there is none")	\
	REASON(WHY_NO_CATALOG, CLI_UNTRUSTED, "no-catalog",		\
	    "its publisher's catalog was refused")			\
	REASON(WHY_DIGEST, CLI_UNTRUSTED, "other-content",		\
	    "its content is not what the catalog or the lockfile says")	\
	REASON(WHY_TERMS, CLI_UNTRUSTED, "terms",			\
	    "its publisher's terms cannot be used")			\
	REASON(WHY_NOT_LOCKED, CLI_UNTRUSTED, "not-locked",		\
	    "the lockfile does not list it")				\
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
	REASON(WHY_PATH, CLI_MALFORMED, "path",				\
	    "this is no archive's path: USER/TYPE/NAME/VERSION")	\
	/* what an extractor may say: ARCHIVES to SYSTEM */		\
	REASON(WHY_ARCHIVES, CLI_MALFORMED, "archives",			\
	    "its list of archives is missing, or has a line that is no path") \
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
	REASON(WHY_BYTES, CLI_EXHAUSTED, "unpacked-size",		\
	    "it unpacks to more than --max-unpacked allows")		\
	REASON(WHY_ENTRIES, CLI_EXHAUSTED, "entries",			\
	    "it has more entries than --max-entries allows")		\
	REASON(WHY_RATIO, CLI_EXHAUSTED, "ratio",			\
	    "it expands more than --max-ratio allows")			\
	REASON(WHY_MEMORY, CLI_EXHAUSTED, "memory",			\
	    "it needs more memory than --max-memory or --max-memory-total " \
	    "allows")							\
	REASON(WHY_SPACE, CLI_FAILED, "no-space", "no space left")	\
	REASON(WHY_SYSTEM, CLI_FAILED, "system", "the system failed")	\
	/* exhausted */							\
	REASON(WHY_SIZE, CLI_EXHAUSTED, "size",				\
	    "it is larger than --max-size allows")			\
	REASON(WHY_CPU, CLI_EXHAUSTED, "cpu-time",			\
	    "its worker needs more processor time than --max-cpu allows") \
	REASON(WHY_PROCESSES, CLI_EXHAUSTED, "processes",		\
	    "its worker needs more processes than --max-processes allows") \
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
	REASON(WHY_FOREIGN, CLI_FAILED, "foreign",			\
	    "its directory exists, but has no receipt: not installed by airlock") \
	REASON(WHY_STOPPED, CLI_FAILED, "stopped", "interrupted")
#define CLI_REASON_ENUM(why, state, word, text) why,
enum cli_why { CLI_REASONS(CLI_REASON_ENUM) CLI_NWHYS };

#endif /* DEPOT_WHY_H */

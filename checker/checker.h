/*
 * checker.h - what the cli may ask of a checker.
 *
 * A checker sees the installed archives, read-only, and is handed the manifest
 * of one after the other.  The cli starts as many as there are processors, each
 * with exactly these two descriptors.
 */
#ifndef CHECKER_CHECKER_H
#define CHECKER_CHECKER_H

#include "rpc/rpc.h"

/* Descriptors that it is started with. */
#define CHECKER_FD_CHANNEL	3
#define CHECKER_FD_DEPOT	4	/* ROOT/depot, for reading */

#define CHECKER_PATH		208	/* array size of an archive's path */
#define CHECKER_WHERE		2048	/* of a path in it, else cut */
#define CHECKER_DIGEST_SIZE	32	/* SHA-256 */
#define CHECKER_SAID		1000	/* findings told of one archive; more
					 * counted */

/* What is not as the archive was unpacked. */
enum checker_finding {
	CHECKER_NO_FINDING = 0,
	CHECKER_CHANGED,	/* a file's content */
	CHECKER_MODE,		/* a file's or a directory's */
	CHECKER_TYPE,		/* it is something else now */
	CHECKER_TARGET,		/* a symbolic link leads elsewhere */
	CHECKER_REMOVED,	/* with all in it */
	CHECKER_ADDED,		/* with all in it */
	CHECKER_UNREADABLE,	/* so that nothing can be said about it */
	CHECKER_NFINDINGS,
};

enum checker_why {
	CHECKER_NONE = 0,
	CHECKER_DONE,		/* compared; findings or not */
	CHECKER_OTHER,		/* another manifest than that of the digest */
	CHECKER_SYNTAX,		/* not of the grammar */
	CHECKER_LARGE,		/* more than it can hold */
	CHECKER_SYSTEM,		/* see error */
	CHECKER_NWHYS,
};

enum checker_phase { CHECKER_READY = 1 << 0 };

/* Compare depot/PATH with its manifest, which is the capability, if its digest
 * is this one. */
struct checker_compare_req {
	char	 path[CHECKER_PATH];
	uint8_t	 digest[CHECKER_DIGEST_SIZE];
};
struct checker_compare_rep {
	uint32_t why;		/* enum checker_why */
	int32_t	 error;		/* errno, with CHECKER_SYSTEM */
	uint64_t line;		/* with CHECKER_SYNTAX, from 1 */
	uint64_t entries;	/* looked at */
	uint64_t bytes;		/* of files, read */
	uint64_t findings;
};

/* The digest of a file, which is the capability. */
struct checker_digest_req {
	uint64_t reserved;
};
struct checker_digest_rep {
	int32_t	 error;		/* errno, or 0 */
	uint32_t reserved;
	uint64_t size;		/* bytes */
	uint8_t	 digest[CHECKER_DIGEST_SIZE];
};

/* In no order. */
struct checker_found_req {
	uint32_t finding;	/* enum checker_finding */
	uint32_t mode;		/* with CHECKER_MODE: as it is now */
	char	 where[CHECKER_WHERE];
};

/* At most every 100 ms, while it works. */
struct checker_progress_req {
	uint64_t bytes;		/* read since it was asked */
};

/*  number	      function		 request caps	 answer caps  phases */
#define CHECKER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(CHECKER_COMPARE, checker_compare, CAPS1(CAP_FILE), CAPS0,	\
	    CHECKER_READY)						\
	CALL(CHECKER_DIGEST, checker_digest, CAPS1(CAP_FILE), CAPS0,	\
	    CHECKER_READY)						\
	NOTE(CHECKER_FOUND, checker_found, CAPS0, CAPS0, CHECKER_READY)	\
	NOTE(CHECKER_PROGRESS, checker_progress, CAPS0, CAPS0, CHECKER_READY)

enum checker_rpc { CHECKER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
CHECKER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* CHECKER_CHECKER_H */

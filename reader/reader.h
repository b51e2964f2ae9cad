/*
 * reader.h - what the cli may ask of a reader.
 *
 * One process reads one file, an index, an install description or an armored
 * signature: the cli starts it with exactly these two descriptors.  What it answers are claims: the cli
 * looks at paths and texts again, the manager at the signature.
 */
#ifndef READER_READER_H
#define READER_READER_H

#include "depot/path.h"
#include "rpc/rpc.h"

/* Descriptors that it is started with. */
#define READER_FD_CHANNEL	3
#define READER_FD_FILE		4	/* for reading */

#define READER_SIZE_MAX		((size_t)4 << 20)	/* of an index, bytes */
#define READER_DEPTH_MAX	32	/* nodes within each other */
#define READER_ENTRIES_MAX	65536	/* of an index */

#define READER_SIG		8192	/* largest signature, bytes */
#define READER_ARMOR		(4 * READER_SIG)	/* largest armored one */
#define READER_PIECE		2048	/* bytes of one in a record */

#define READER_PATH		208	/* array size of a path */
#define READER_TEXT		200	/* of a name or a description; a longer
					 * one is cut */
#define READER_BATCH		6	/* entries in one record */

/* What the file is. */
enum reader_what {
	READER_NO_WHAT = 0,
	READER_INDEX,
	READER_INSTALLATION,	/* what is to be installed, in Genode's words */
};

enum reader_kind {
	READER_NO_KIND = 0,
	READER_SUPPORTS,	/* text: an architecture */
	READER_GROUP,		/* text: its name */
	READER_ARCHIVE,		/* path; text: what it is, or "" */
	/* of an install description, besides READER_SUPPORTS: */
	READER_WANTED,		/* path, how */
};

/* How an archive is wanted; bits. */
enum reader_how {
	READER_BINARY = 1 << 0,	/* of a src its bin archive */
	READER_SOURCE = 1 << 1,	/* its sources, and the apis they use */
	READER_UNVERIFIED = 1 << 2,	/* even if nothing vouches for it */
	READER_HOWS = (1 << 3) - 1,
};

enum reader_why {
	READER_NONE = 0,
	READER_DONE,
	READER_SYNTAX,		/* neither XML nor HID as indexes have it */
	READER_ENCODING,	/* not UTF-8, or a control character */
	READER_CUT,		/* it has no end */
	READER_NO_INDEX,	/* its top node is another */
	READER_LARGE,		/* more than READER_SIZE_MAX */
	READER_DEEP,
	READER_MANY,
	READER_SYSTEM,		/* see error */
	READER_NWHYS,
};

enum reader_phase { READER_IDLE = 1 << 0, READER_READING = 1 << 1 };

struct reader_entry {
	uint32_t kind;		/* enum reader_kind */
	uint32_t depth;		/* groups around it, without the index itself */
	char	 path[READER_PATH];
	char	 text[READER_TEXT];
	uint32_t how;		/* enum reader_how, of what is wanted */
	uint32_t reserved;
};

struct reader_read_req {
	uint32_t what;		/* enum reader_what */
	uint32_t reserved;
};
/* When all entries were sent. */
struct reader_read_rep {
	uint32_t why;		/* enum reader_why */
	int32_t	 error;		/* errno, with READER_SYSTEM */
	uint32_t line;		/* where it stopped, from 1 */
	uint32_t skipped;	/* archives whose path is none */
};
/* In the order of the index. */
struct reader_entries_req {
	uint32_t count;		/* 1 to READER_BATCH */
	uint32_t reserved;
	struct reader_entry entries[READER_BATCH];
};

/* An ASCII-armored signature, to binary. */
struct reader_dearmor_req {
	uint64_t reserved;
};
/* When all bytes were sent; none: it is not one armored signature, and nothing
 * else. */
struct reader_dearmor_rep {
	int32_t	 error;		/* errno, or 0 */
	uint32_t reserved;
};
struct reader_bytes_req {
	uint32_t size;		/* 1 to READER_PIECE */
	uint32_t reserved;
	uint8_t	 bytes[READER_PIECE];
};

/*  number	    function	    request caps  answer caps  phases */
#define READER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(READER_READ,    reader_read,    CAPS0, CAPS0, READER_IDLE)	\
	CALL(READER_DEARMOR, reader_dearmor, CAPS0, CAPS0, READER_IDLE)	\
	NOTE(READER_BYTES,   reader_bytes,   CAPS0, CAPS0, READER_READING) \
	NOTE(READER_ENTRIES, reader_entries, CAPS0, CAPS0, READER_READING)

enum reader_rpc { READER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
READER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* READER_READER_H */

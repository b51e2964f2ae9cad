/*
 * extractor.h - what the manager may ask of an extractor's child.
 *
 * A child is forked from the extractor's template for one verified archive
 * (jail/template.h).  Its root and working directory is one empty staging
 * directory; it reads one archive and can name nothing else.  The manager walks
 * the staged tree itself afterwards: the same rules stand on both sides.
 */
#ifndef EXTRACTOR_EXTRACTOR_H
#define EXTRACTOR_EXTRACTOR_H

#include "depot/why.h"
#include "rpc/rpc.h"

#define EXTRACTOR_TOP	256	/* array size of the top directory's name */

enum extractor_format {
	EXTRACTOR_NO_FORMAT = 0,
	EXTRACTOR_TAR_XZ,	/* xz-compressed tar with one top directory */
	EXTRACTOR_XZ,		/* one xz-compressed file, written as top */
	EXTRACTOR_PKG,		/* as TAR_XZ, with a list of archives in it
				 * (depot/archives.h), which must be valid */
};

/* Why an archive is refused, in the words of depot/why.h. */
enum extractor_outcome {
	EXTRACTOR_NONE = 0,
	EXTRACTOR_DONE = WHY_INSTALLED,
	/* Not xz, not tar, damaged or cut short. */
	EXTRACTOR_ARCHIVES = WHY_ARCHIVES,	/* a pkg's list is not valid */
	EXTRACTOR_CORRUPT = WHY_CORRUPT,
	/* An absolute path; one with ".."; one that is empty, too long or has
	 * something that is no file name; one too many directories deep. */
	EXTRACTOR_ABSOLUTE = WHY_ABSOLUTE,
	EXTRACTOR_DOTDOT = WHY_DOTDOT,
	EXTRACTOR_NAME = WHY_NAME,
	EXTRACTOR_DEPTH = WHY_DEPTH,
	/* Not beneath the one top directory; beneath what is no directory. */
	EXTRACTOR_TOPDIR = WHY_TOPDIR,
	EXTRACTOR_THROUGH_LINK = WHY_THROUGH_LINK,
	/* A link that leads out of the archive. */
	EXTRACTOR_LINK_OUT = WHY_LINK_OUT,
	/* Replaces an earlier entry. */
	EXTRACTOR_REPLACES = WHY_REPLACES,
	/* Device, socket, fifo or unknown. */
	EXTRACTOR_TYPE = WHY_TYPE,
	/* Two headers, or two readers, disagree; or a sparse file. */
	EXTRACTOR_HEADERS = WHY_HEADERS,
	/* More than max_bytes, max_entries, max_ratio; no entry at all. */
	EXTRACTOR_BYTES = WHY_BYTES,
	EXTRACTOR_ENTRIES = WHY_ENTRIES,
	EXTRACTOR_RATIO = WHY_RATIO,
	EXTRACTOR_EMPTY = WHY_EMPTY,
	/* Its xz format asks for more memory than there is. */
	EXTRACTOR_MEMORY = WHY_MEMORY,
	/* The disk or the quota is full; the system failed otherwise, see
	 * error. */
	EXTRACTOR_SPACE = WHY_SPACE,
	EXTRACTOR_SYSTEM = WHY_SYSTEM,
};

enum extractor_phase { EXTRACTOR_IDLE = 1 << 0, EXTRACTOR_OVER = 1 << 1 };

/* Capability: the archive. */
struct extractor_extract_req {
	uint32_t format;	/* enum extractor_format */
	uint32_t max_depth;	/* components of a path */
	uint64_t size;		/* of the archive, bytes */
	uint64_t max_bytes;	/* of all files together, unpacked */
	uint64_t max_entries;
	uint64_t max_ratio;	/* unpacked to compressed, beyond 1 MiB */
	char	 top[EXTRACTOR_TOP];	/* required name of the top directory */
};
struct extractor_extract_rep {
	uint32_t outcome;	/* enum extractor_outcome */
	int32_t	 error;		/* errno, or 0 */
	uint64_t entry;		/* that was refused, from 1; 0: none */
	uint64_t entries;	/* names made, with implied directories */
	uint64_t bytes;		/* written into files */
	uint8_t	 manifest[32];	/* SHA-256 of the manifest (extractor/manifest.h)
				 * that lies beside the top directory */
};

/* At most every 100 ms, while it works. */
struct extractor_progress_req {
	uint64_t work;		/* bytes unpacked so far, and one a name: empty
				 * entries are work as well */
};

/*  number	 function	 request caps	 answer caps	 phases */
#define EXTRACTOR_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(EXTRACTOR_EXTRACT, extractor_extract, CAPS1(CAP_FILE), CAPS0, \
	    EXTRACTOR_IDLE)						\
	NOTE(EXTRACTOR_PROGRESS, extractor_progress, CAPS0, CAPS0,	\
	    EXTRACTOR_IDLE | EXTRACTOR_OVER)

enum extractor_rpc { EXTRACTOR_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
EXTRACTOR_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* EXTRACTOR_EXTRACTOR_H */

/*
 * packer.h - what the cli may ask of a packer.
 *
 * One process packs one archive, or measures one that is packed: the cli starts
 * it with exactly these descriptors, and needs no launcher for it.  The same
 * content gives the same bytes, whoever packs it, when and from which copy; with
 * another version of liblzma they may differ.
 */
#ifndef PACKER_PACKER_H
#define PACKER_PACKER_H

#include "rpc/rpc.h"

/* Descriptors that it is started with. */
#define PACKER_FD_CHANNEL	3
#define PACKER_FD_SOURCE	4	/* a directory, or a file: for reading */
#define PACKER_FD_OUTPUT	5	/* an empty file: for writing */

#define PACKER_TOP	256	/* array size of the top directory's name */
#define PACKER_WHERE	1024	/* of a path below the source */

/* Bytes of a block, each of which can be unpacked on its own; the dictionary is
 * as large, so that nothing larger would be of use. */
#define PACKER_BLOCK	(UINT32_C(4) << 20)

enum packer_format {
	PACKER_NO_FORMAT = 0,
	PACKER_TAR_XZ,		/* the directory, as one top directory */
	PACKER_XZ,		/* the file */
};

enum packer_phase { PACKER_IDLE = 1 << 0, PACKER_OVER = 1 << 1 };

struct packer_pack_req {
	uint32_t format;	/* enum packer_format */
	uint32_t threads;	/* 1 to 64; makes no difference to the bytes */
	int64_t	 mtime;		/* of all entries, seconds since 1970 */
	char	 top[PACKER_TOP];	/* name of the top directory */
};
struct packer_pack_rep {
	uint32_t why;		/* enum walk_why (depot/walk.h) */
	int32_t	 error;		/* errno, with WALK_SYSTEM */
	uint64_t entries;
	uint64_t bytes;		/* of all files together */
	char	 where[PACKER_WHERE];	/* which entry was refused */
};

/* How measuring ended. */
enum packer_measured {
	PACKER_NOT_MEASURED = 0,
	PACKER_MEASURED,
	PACKER_DAMAGED,		/* no archive of that format, or cut short */
	PACKER_LARGE,		/* more to keep than keep_max */
	PACKER_SYSTEM,		/* see error */
	PACKER_NMEASURED,
};
#define PACKER_ONLY	"-"	/* the one entry of an .xz file */

struct packer_measure_req {
	uint32_t format;	/* enum packer_format, of the source, a file */
	uint32_t reserved;
	uint64_t keep_max;	/* bytes */
	char	 keep[PACKER_WHERE];	/* the entry whose content is written to
					 * the output; "": none */
};
struct packer_measure_rep {
	uint32_t why;		/* enum packer_measured */
	int32_t	 error;		/* errno, with PACKER_SYSTEM */
	uint64_t entries;	/* names, with implied directories */
	uint64_t bytes;		/* of all files together */
	uint64_t kept;		/* bytes written to the output */
};

/*  number	 function	request caps	answer caps	 phases */
#define PACKER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(PACKER_PACK, packer_pack, CAPS0, CAPS0, PACKER_IDLE)	\
	CALL(PACKER_MEASURE, packer_measure, CAPS0, CAPS0, PACKER_IDLE)

enum packer_rpc { PACKER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
PACKER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* PACKER_PACKER_H */

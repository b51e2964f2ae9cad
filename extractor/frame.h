/*
 * frame.h - the framing of a tar, read a second time.
 *
 * A tar is headers and bodies in a row: whoever disagrees about the size of one
 * body takes the bytes of a file for the next header, and sees entries that
 * others do not (CVE-2025-62518).  So all plain bytes pass through this reader
 * before libarchive gets them.  It knows only where headers are, of which kind
 * and size their entries are, and which of them say so twice and differently;
 * names and times are libarchive's.  The two must agree about each entry.
 *
 * Follows pax(1) of POSIX.1-2024 (ustar and pax interchange formats) and the
 * GNU tar manual, "Basic Tar Format"; where those leave a choice, refuses.
 */
#ifndef EXTRACTOR_FRAME_H
#define EXTRACTOR_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "extractor/extractor.h"

#define FRAME_BLOCK	512	/* bytes */
#define FRAME_EXTRA	65536	/* longest extended header, bytes */

enum frame_kind {
	FRAME_NO_KIND = 0,
	FRAME_FILE,
	FRAME_HARD_LINK,
	FRAME_SYMBOLIC_LINK,
	FRAME_DIRECTORY,
};

struct frame {
	/* The entry whose header was read last. */
	uint64_t		 count;		/* its number, from 1 */
	uint64_t		 size;		/* of its data, bytes */
	enum frame_kind		 kind;
	enum extractor_outcome	 outcome;	/* DONE: no complaint */

	/* Where the reader is. */
	uint64_t		 body;		/* padded bytes before the next
						 * header */
	size_t			 filled;	/* of block */
	unsigned int		 zeros;		/* zero blocks; two end a tar */
	unsigned char		 block[FRAME_BLOCK];

	/* Extended headers before the coming entry. */
	unsigned int		 extras;	/* which kinds there were */
	char			 extra;		/* type of the one being read */
	bool			 pax_sized;	/* it has a size record: */
	uint64_t		 pax_size;
	size_t			 extra_size, extra_filled;
	unsigned char		 extra_body[FRAME_EXTRA];
};

void	frame_init(struct frame *);
/*
 * Read on, up to and with the header of the next entry, at most size bytes.
 * How many bytes were read; fewer than size only if an entry's header is
 * complete (count went up) or outcome is a complaint.
 */
size_t	frame_take(struct frame *, const unsigned char *data, size_t size);
/* May the tar end here?  EXTRACTOR_DONE, or what is wrong. */
enum extractor_outcome frame_end(const struct frame *);

#endif /* EXTRACTOR_FRAME_H */

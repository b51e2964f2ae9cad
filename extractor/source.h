/*
 * source.h - the plain bytes of an xz-compressed archive, counted.
 *
 * Exactly one layer of xz is taken off, by liblzma itself: nobody guesses what
 * else the archive might be.  All of its bytes belong to it; whatever follows
 * the compressed data and is not xz again, or its padding, is an error.
 */
#ifndef EXTRACTOR_SOURCE_H
#define EXTRACTOR_SOURCE_H

#include <lzma.h>
#include <stddef.h>
#include <stdint.h>

#include "extractor/extractor.h"

#define SOURCE_BLOCK	65536	/* bytes, of either kind, at once */
#define SOURCE_FREE	(UINT64_C(1) << 20)	/* bytes before ratios count */
#define SOURCE_MEMORY	(UINT64_C(256) << 20)	/* bytes; xz -9 takes 65 MiB */
#define SOURCE_SHARE	8	/* of the address space: liblzma's part of it */

struct source {
	int		 fd;		/* the archive, the caller's */
	int		 error;		/* errno behind EXTRACTOR_SYSTEM */
	uint64_t	 size;		/* of the archive, bytes */
	uint64_t	 offset;	/* read so far */
	uint64_t	 plain;		/* decompressed so far */
	uint64_t	 max_ratio;	/* plain to size */
	int		 ended;
	lzma_stream	 xz;
	unsigned char	 packed_block[SOURCE_BLOCK];
	unsigned char	 plain_block[SOURCE_BLOCK];
};

/* Before there is a jail: what liblzma may take follows from the limit that the
 * launcher has set (SOURCE_MEMORY of the usual 2 GiB). */
void	source_limit(void);
/* Begin: EXTRACTOR_DONE, or why not.  Close it in any case. */
enum extractor_outcome source_open(struct source *, int fd, uint64_t size,
    uint64_t max_ratio);
/* The next piece, valid until the next call; *size is 0 at the end. */
enum extractor_outcome source_next(struct source *,
    const unsigned char **data, size_t *size);
void	source_close(struct source *);

#endif /* EXTRACTOR_SOURCE_H */

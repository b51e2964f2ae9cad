/*
 * manifest.h - the list of all that is unpacked, made while it is written.
 *
 * A child may read no file, its own included: digests are taken of the bytes on
 * their way.  The list (depot/manifest.h) lies beside the top directory, under
 * a name that no archive can have, and its own digest goes to the manager, so
 * that whoever changes it later is found out.
 *
 * Nettle, and not depot/sha256.h: it uses the processor's own instructions, and
 * libarchive has brought it into this process anyway.
 */
#ifndef EXTRACTOR_MANIFEST_H
#define EXTRACTOR_MANIFEST_H

#include <nettle/sha2.h>

#include "depot/manifest.h"
#include "extractor/entry.h"

#define MANIFEST_NAME	".manifest"	/* in the staging directory */
#define MANIFEST_BLOCK	65536		/* bytes written at once */

struct manifest {
	int		 fd;		/* -1: not open */
	int		 error;		/* the first one: errno, or 0 */
	struct sha256_ctx whole, file;
	uint64_t	 size;		/* of the file at hand, bytes */
	size_t		 filled;	/* of block */
	char		 block[MANIFEST_BLOCK + MANIFEST_LINE];
};

/* Create it, in the working directory; manifest_close() says what failed. */
void	manifest_open(struct manifest *);
/* path[0..size) has become a directory. */
void	manifest_directory(struct manifest *, const char *path, size_t size);
/* A file: its bytes, then its path and mode. */
void	manifest_file_begin(struct manifest *);
void	manifest_file_add(struct manifest *, const void *, size_t size);
void	manifest_file_end(struct manifest *, const struct entry_path *,
	    unsigned int mode);
void	manifest_symbolic_link(struct manifest *, const struct entry_path *,
	    const char *target);
void	manifest_hard_link(struct manifest *, const struct entry_path *,
	    const struct entry_path *target);
/* Write what is left and close it, if it is open; its digest: 0 or -errno. */
int	manifest_close(struct manifest *, uint8_t digest[MANIFEST_DIGEST]);

#endif /* EXTRACTOR_MANIFEST_H */

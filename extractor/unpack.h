/*
 * unpack.h - from an archive to files, entry by entry.
 */
#ifndef EXTRACTOR_UNPACK_H
#define EXTRACTOR_UNPACK_H

#include "extractor/extractor.h"
#include "extractor/frame.h"
#include "extractor/needs.h"
#include "extractor/source.h"
#include "extractor/write.h"

struct archive;

struct unpack {
	const struct extractor_extract_req *req;	/* top has an end */
	void		(*progress)(struct unpack *);	/* called often */
	void		*owner;				/* progress's */
	uint64_t	 entry;		/* the one at hand, from 1 */
	struct source	 source;
	struct frame	 frame;
	struct writer	 writer;
	struct needs	 needs;
	uint8_t		 manifest[MANIFEST_DIGEST];	/* its digest */
	struct archive	*tar;		/* owned */

	/* Plain bytes that frame and libarchive have not taken yet. */
	const unsigned char	*rest;
	size_t			 rest_size;
	enum extractor_outcome	 stopped;	/* why they ended early */

	/* Too large for the stack. */
	struct entry_path	 path, target;
};

/* Unpack the archive fd (the caller's) into the working directory, as req says:
 * EXTRACTOR_DONE, or what was refused; entry, writer and source then tell
 * which entry, how much there is, and which error of the system it was. */
enum extractor_outcome unpack_archive(struct unpack *,
    const struct extractor_extract_req *req, int fd);

#endif /* EXTRACTOR_UNPACK_H */

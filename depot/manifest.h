/*
 * manifest.h - what an archive became when it was unpacked, as text.
 *
 * Written by an extractor, compared with the depot by a checker; the manager
 * moves it and keeps its digest, but never reads it.  The first line is
 * "airlock-manifest 1"; each further one has five fields with a tab between:
 *
 *	f	0644	120	DIGEST	bin/edit
 *	d	0755	-	-	bin
 *	l	-	-	edit	bin/e
 *	h	-	-	bin/ed	bin/v
 *
 * a file with its size in bytes and its SHA-256; a directory; a symbolic link and
 * its target; a hard link to an earlier line's file.  A path is below the
 * archive's top directory, which itself is ".", as is the one file of an archive
 * that is a file.  Neither a path nor a target can hold a tab: an extractor
 * refuses control characters.  Pure.
 */
#ifndef DEPOT_MANIFEST_H
#define DEPOT_MANIFEST_H

#include <stdint.h>

#include "depot/lines.h"

#define MANIFEST_HEAD	"airlock-manifest 1\n"
#define MANIFEST_DIGEST	32		/* bytes */
#define MANIFEST_TEXT	4095		/* longest path or target, bytes */
/* Array size that each line fits into, with an end. */
#define MANIFEST_LINE	(2 * MANIFEST_TEXT + 128)

enum manifest_kind {
	MANIFEST_NO_KIND = 0,
	MANIFEST_FILE,
	MANIFEST_DIRECTORY,
	MANIFEST_SYMBOLIC_LINK,
	MANIFEST_HARD_LINK,
};

struct manifest_line {
	enum manifest_kind kind;
	unsigned int	 mode;		/* 0644, 0755; of a link 0 */
	uint64_t	 size;		/* of a file, bytes */
	uint8_t		 digest[MANIFEST_DIGEST];	/* of a file: SHA-256 */
	struct slice	 target;	/* of a link; else empty */
	struct slice	 path;
};

/* Go behind the first line: 0, or -EINVAL if it is another one. */
int	manifest_begin(struct lines *);
/* The next line: 1; 0 at the end; -EINVAL if it is not of the grammar. */
int	manifest_next(struct lines *, struct manifest_line *);
/* Write the line with an end after it: its bytes without that, or -EINVAL if it
 * is not of the grammar. */
int	manifest_put(char text[MANIFEST_LINE], const struct manifest_line *);
#endif /* DEPOT_MANIFEST_H */

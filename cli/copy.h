/*
 * copy.h - an archive that lies in a local directory, copied into quarantine.
 *
 * For what lies in public/ and for a file: URL nobody fetches anything: the cli
 * may read it, and no library is needed for it.  What it has copied is as much a
 * stranger's as what a server sends: the manager measures and judges it.
 */
#ifndef CLI_COPY_H
#define CLI_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/status.h"
#include "depot/path.h"

#define COPY_FILES	2	/* signature and archive, in this order */

struct copy {
	int		 from[COPY_FILES];	/* owned; -1: there is none, */
	int		 to[COPY_FILES];	/* or it is done */
	uint64_t	 left[COPY_FILES];	/* bytes */
	uint64_t	 size;			/* of the archive, bytes */
	struct reason	 reason;	/* WHY_NONE, or why it failed */
};

/*
 * Open both files beneath directory, through no symbolic link, and make new ones
 * in the directory quarantine.  max: bytes of the archive at most; bare: it may
 * have no signature.  False with a reason: nothing is open, and nothing made.
 */
bool	copy_begin(struct copy *, int directory, int quarantine,
	    const struct depot_path *, uint64_t max, bool bare);
/* Are they there, so that they could be opened? */
bool	copy_possible(int directory, const struct depot_path *, bool bare);
/* Copy a few megabytes: true if there is more to do, and no reason against it. */
bool	copy_slice(struct copy *);
/* Bytes of the archive that are copied. */
uint64_t copy_now(const struct copy *);
/* Close all files.  Those that were made stay: store_discard() removes them. */
void	copy_end(struct copy *);

#endif /* CLI_COPY_H */

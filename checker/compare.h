/*
 * compare.h - an installed archive against its manifest.
 */
#ifndef CHECKER_COMPARE_H
#define CHECKER_COMPARE_H

#include <limits.h>
#include <nettle/sha2.h>

#include "checker/checker.h"
#include "checker/list.h"

struct compare {
	/* Told as they come; the process ends if that cannot be done. */
	void		(*found)(struct compare *, enum checker_finding,
			    uint32_t mode, const char *where);
	void		(*progress)(struct compare *);	/* called often */
	void		*owner;
	struct list	*list;
	uint64_t	 entries, bytes, findings;
	char		 path[PATH_MAX];	/* of the entry at hand, below
						 * the archive's top directory */
	uint8_t		 block[1 << 17];
};

/* All of the archive `path`, beneath the directory `depot`: CHECKER_DONE, or
 * CHECKER_SYSTEM and errno. */
enum checker_why compare_archive(struct compare *, int depot, const char *path);
/* The digest of an open file, which is the caller's, and its size: 0 or
 * -errno.  Bytes are counted. */
int	compare_digest(struct compare *, int fd, uint64_t *size,
	    uint8_t digest[CHECKER_DIGEST_SIZE]);

#endif /* CHECKER_COMPARE_H */

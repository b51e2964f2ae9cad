/*
 * store.h - ROOT's directories: where archives wait, and where they are kept.
 *
 *	depot/			installed archives, keys and origins
 *	depot/.airlock/staging/	trees that are being unpacked, numbered
 *	public/			archives and signatures as they were served
 *	public/.airlock/	quarantine: files that nobody has verified yet
 *	state/receipts/		one file for each installed archive
 *	state/lock		held by whoever writes
 *
 * All of it is opened beneath ROOT, through no symbolic link, and refused where
 * others may write.  What the manager does with it is store.c; what it need not
 * do, root.c.  Functions return 0 or -errno.
 */
#ifndef DEPOT_STORE_H
#define DEPOT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "depot/path.h"

#define STORE_NAME	(DEPOT_PATH_MAX + 32)	/* array size of any name here */

struct store {
	int depot, public, receipts, quarantine, staging;	/* descriptors */
};
/* What a manifest is called in staging, and after a receipt's name. */
#define STORE_MANIFEST		".manifest"
#define STORE_MANIFESTED	"@manifest"
#define STORE_NONE	((struct store){ -1, -1, -1, -1, -1 })

/* Make and open all of it in the directory root, whose lock is the caller's
 * business.  -EPERM: somebody else owns or may write to a part.  After a failure
 * nothing is open. */
int	store_open(struct store *, const char *root);
void	store_close(struct store *);

/* Open beneath dir, through no symbolic link: a descriptor or -errno. */
int	store_open_below(int dir, const char *path, int flags);
/* The directories that lead to path, below dir: made; and removed again, from
 * the last one up, those that are empty. */
int	store_make_parents(int dir, const char *path);
void	store_remove_parents(int dir, const struct depot_path *);
/* The last of them: a descriptor or -errno. */
int	store_open_parent(int dir, const char *path);

/* An empty staging directory for a job, of this owner if we are root; and to
 * remove it, if it is empty again. */
int	store_stage(int staging, uint32_t job, uint32_t uid);
void	store_unstage(struct store *, uint32_t job);

/* Move an archive's file, or its signature's, from the directory `quarantine` to
 * where its parents are, below `public`, as it was served. */
int	store_publish(int quarantine, int public, const struct depot_path *,
	    bool signature);
/* Or remove both: what the manager took is not wanted. */
void	store_discard(int quarantine, const struct depot_path *);

/* The receipt of an archive, before it is there (else -EEXIST), to be written: a
 * descriptor; and beside it the list of files that its extractor has left in
 * staging, which is not read, only moved.  Or no more of both. */
int	store_receipt(struct store *, const struct depot_path *, uint32_t job);
void	store_receipt_remove(struct store *, const struct depot_path *);
/* Put all that was written so far onto the disk. */
int	store_sync(struct store *);
/* The one instant at which a staged tree becomes an installed archive, whose
 * parents are there; -EEXIST: so is something in its place. */
int	store_commit(struct store *, const struct depot_path *, uint32_t job);

#endif /* DEPOT_STORE_H */

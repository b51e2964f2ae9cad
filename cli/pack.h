/*
 * pack.h - one archive being packed, or measured, in a process of its own.
 */
#ifndef CLI_PACK_H
#define CLI_PACK_H

#include "cli/helper.h"
#include "cli/making.h"
#include "packer/packer.h"

struct packing {
	struct helper	 helper;
	const struct making *making;
	const struct depot_path *path;	/* of the archive */
	int		 out;		/* what it is packed into; owned */
	char		 name[STORE_NAME];	/* of that, in quarantine */
	struct packer_pack_rep reply;
};

struct measuring {
	struct helper	 helper;
	struct packer_measure_rep reply;
};

/* Seconds since 1970 that all entries get: 0, or SOURCE_DATE_EPOCH: STATUS_DONE,
 * or STATUS_USAGE, said so. */
enum status packing_mtime(int64_t *mtime);
/* How many threads, and packers at a time, this machine has processors for. */
unsigned int packing_threads(void);
/*
 * Start to pack an archive of the depot into a new file in quarantine.  Then
 * wait for its end: STATUS_DONE, the file is complete, or another, said so.
 * packing_drop() after either.
 */
enum status packing_start(struct packing *, const struct making *,
    const struct depot_path *, int64_t mtime);
/* The same, of what a descriptor is open on, which the caller keeps. */
enum status packing_start_from(struct packing *, const struct making *,
    const struct depot_path *, int64_t mtime, int source);
enum status packing_finish(struct packing *);
/* A new description of the file, for reading: a descriptor, or -errno. */
int	packing_read(const struct packing *);
/* End it, remove the file if it is still there. */
void	packing_drop(struct packing *);

/*
 * Measure an archive that is packed (a description that nobody else reads), and
 * write one entry of it to out, of at most max bytes: its path in the archive,
 * PACKER_ONLY of a path that is one file, or "".  STATUS_DONE, *reply says how
 * it ended; or another, said so.
 */
enum status packed_measure(const struct depot_path *, int archive,
    const char *keep, uint64_t max, int out, struct packer_measure_rep *reply);

#endif /* CLI_PACK_H */

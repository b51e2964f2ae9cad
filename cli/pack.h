/*
 * pack.h - one archive being packed, in a process of its own.
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
enum status packing_finish(struct packing *);
/* A new description of the file, for reading: a descriptor, or -errno. */
int	packing_read(const struct packing *);
/* End it, remove the file if it is still there. */
void	packing_drop(struct packing *);

#endif /* CLI_PACK_H */

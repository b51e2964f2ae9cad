/*
 * quarantine.h - files that came from outside, before anything may read them.
 *
 * The manager alone holds them writable, and hashes what it writes, or what the
 * cli has copied before it asked (cli/copy.h).  Who verifies or unpacks one gets
 * a read-only description of the same inode, opened beforehand, so that nothing
 * can be put in its place.
 */
#ifndef DEPOT_QUARANTINE_H
#define DEPOT_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "depot/sha256.h"
#include "depot/store.h"
#include "depot/url.h"

/* What a signature's file has after the archive's flat name. */
#define QUARANTINE_SIGNATURE	"@sig"
/* And what is known of its server. */
#define QUARANTINE_TAGGED	"@tag"
struct quarantined {
	char		name[STORE_NAME];
	int		fd;		/* read and write; ours alone */
	int		reader[3];	/* each engine's, the extractor's */
	uint64_t	size;		/* bytes received and hashed */
	uint64_t	rehash;		/* an earlier run's, to be hashed */
	SHA2_CTX	hash;
	struct url_tag	tag;
};

/*
 * Open the archive's file, or its signature's, which nobody else may have open.
 * What is there is kept, to be hashed (rehash), or dropped.  0 or -errno.
 */
int	quarantine_open(struct store *, struct quarantined *,
	    const struct depot_path *, bool signature, bool keep);
/* Add size bytes; -EFBIG beyond max in all.  0 or -errno. */
int	quarantine_append(struct quarantined *, const void *data, size_t size,
	    uint64_t max);
/* Forget all bytes: 0 or -errno. */
int	quarantine_restart(struct quarantined *);
/* Hash a slice of what was there already.  1: there is more; 0: done; -EFBIG:
 * it is more than max; or another -errno. */
int	quarantine_slice(struct quarantined *, uint64_t max);
/* Close it, and keep the bytes for a later run or not. */
void	quarantine_close(struct store *, struct quarantined *, bool keep);
#endif /* DEPOT_QUARANTINE_H */

/*
 * receipt.h - what is remembered of an installed archive.
 *
 * A file of `word value` lines (depot/lines.h), one for each archive, below
 * state/receipts/.  Words are only ever added.
 */
#ifndef DEPOT_RECEIPT_H
#define DEPOT_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "depot/path.h"
#include "depot/sha256.h"
#include "depot/store.h"

struct receipt {
	const struct depot_path *path;
	const uint8_t	*digest;	/* SHA-256 of the archive as fetched */
	uint64_t	 size;		/* of the archive as fetched, bytes */
	const uint8_t	*manifest;	/* SHA-256 of the list of its files */
	uint32_t	 level;		/* enum jail_level, of all workers so far */
	uint32_t	 layers;	/* of the verifier's jail, enum jail_layer */
	uint64_t	 entries, bytes;	/* unpacked */
	bool		 wanted;	/* by name, not as a dependency */
	const char	*exceptions;	/* words; "": none */
	/* Who vouches for it; NULL, and what follows counts for nothing: nobody
	 * does, it is blessed. */
	const uint8_t	*key, *primary;	/* fingerprints */
	uint32_t	 key_size;	/* bytes of both: 20 or 32 */
	int64_t		 created;	/* of the signature, seconds since 1970 */
	const uint8_t	*signature;	/* SHA-256 of its file */
	uint32_t	 quorum, threshold;	/* engines, keys */
	uint64_t	 serial;	/* of the catalog that lists it; 0: none */
	bool		 bound;		/* the signature names the path */
	bool		 old;		/* algorithms, by exception */
};

/* Write it, as of now: 0 or -errno. */
int	receipt_write(struct store *, const struct receipt *);

#endif /* DEPOT_RECEIPT_H */

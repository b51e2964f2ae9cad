/*
 * receipt.h - what is remembered of an installed archive.
 *
 * A file of `word value` lines (depot/lines.h), one for each archive, below
 * state/receipts/.  Words are only ever added.
 */
#ifndef TRUST_RECEIPT_H
#define TRUST_RECEIPT_H

#include "depot/store.h"
#include "trust/trust.h"

struct receipt {
	const struct depot_path *path;
	uint32_t	 staging;	/* its directory there */
	const uint8_t	*digest;	/* SHA-256 of the archive as fetched */
	const uint8_t	*manifest;	/* SHA-256 of the list of its files */
	enum jail_level	 level;		/* the lowest of all workers so far */
	uint64_t	 entries, bytes;	/* unpacked */
	bool		 wanted;	/* by name, not as a dependency */
	const char	*exceptions;	/* words; "": none */
	uint64_t	 serial;	/* of the catalog that lists it; 0: none */
	const struct check *check;	/* good; without a user: blessed */
};

/* Write it, as of now: 0 or -errno. */
int	receipt_write(struct store *, const struct receipt *);

#endif /* TRUST_RECEIPT_H */

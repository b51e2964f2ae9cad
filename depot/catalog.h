/*
 * catalog.h - a publisher's signed list of archives, read line by line.
 *
 * Text of `word value` lines (depot/lines.h), which airlock-catalog(5) specifies:
 * five lines of head, then for each archive, in the order of their paths' bytes,
 * one line, and one for each archive that it needs.  Pure; no allocation.
 */
#ifndef DEPOT_CATALOG_H
#define DEPOT_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "depot/path.h"
#include "depot/sha256.h"

#define CATALOG_LINE	512	/* no line is longer, bytes */
#define CATALOG_NUMBER	UINT64_C(999999999999999999)	/* 18 digits */
#define CATALOG_HEAD	512	/* nor is the whole head */

struct catalog_head {
	char	 user[DEPOT_USER_MAX + 1];
	uint64_t serial;
	int64_t	 created, expires;	/* seconds since 1970 */
	size_t	 size;			/* of the head's lines, bytes */
};

struct catalog_entry {
	struct depot_path path;
	uint64_t size;			/* as served, bytes */
	uint64_t bytes, entries;	/* unpacked; as an extractor counts */
	uint8_t	 digest[SHA256_SIZE];	/* of the archive as served */
};

/* The head, with which text begins: 0, or -EINVAL, and *head is as it was. */
int	catalog_head_parse(const char *text, size_t size,
	    struct catalog_head *head);
/* The line of an archive, with which text begins, its newline included: 0, or
 * -EINVAL, and *entry is as it was. */
int	catalog_archive_parse(const char *text, size_t size,
	    struct catalog_entry *entry);

#endif /* DEPOT_CATALOG_H */

/*
 * catalog_head.c - who a catalog is of, and when.  The manager does not read it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "depot/catalog.h"

_Static_assert(DEPOT_USER_MAX == 64, "a width, below");

int
catalog_head_parse(const char *text, size_t size, struct catalog_head *head)
{
	struct catalog_head h = { .size = 0 };
	char copy[CATALOG_LINE], printed[CATALOG_LINE];
	struct depot_path path;

	snprintf(copy, sizeof(copy), "%.*s", (int)MIN(size, CATALOG_LINE), text);
	if (sscanf(copy, "airlock-catalog 1 user %64s serial %" SCNu64
	    " created %" SCNd64 " expires %" SCNd64, h.user, &h.serial,
	    &h.created, &h.expires) != 4 ||
	    h.serial > CATALOG_NUMBER || h.created < 0 || h.expires < h.created ||
	    (uint64_t)h.expires > CATALOG_NUMBER)
		return -EINVAL;
	h.size = (size_t)snprintf(printed, sizeof(printed), "airlock-catalog 1\n"
	    "user %s\nserial %" PRIu64 "\ncreated %" PRId64 "\nexpires %" PRId64
	    "\n", h.user, h.serial, h.created, h.expires);
	if (strncmp(copy, printed, h.size) != 0)
		return -EINVAL;
	snprintf(copy, sizeof(copy), "%s/catalog", h.user);
	if (depot_path_parse(&path, copy, strlen(copy)) < 0)
		return -EINVAL;
	*head = h;
	return 0;
}

/*
 * inventory.h - what lies in a depot: directories, and receipts for them.
 *
 * Needs no lock: a directory appears at once and whole, and its receipt before.
 */
#ifndef CLI_INVENTORY_H
#define CLI_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/root.h"
#include "depot/path.h"

#define RECEIPTS	"state/receipts"	/* below ROOT */
#define RECEIPT_MAX	8192			/* largest receipt, bytes */

struct item {
	char	path[DEPOT_PATH_MAX + 1];
	bool	receipt;	/* without: foreign, not installed by airlock */
	bool	present;	/* without: somebody removed it */
};

struct inventory {
	struct item	*items;		/* owned; sorted by path */
	size_t		 count, room;
};

/* Of one user, or of all (NULL): 0, or -errno, said so.  Archives only: keys
 * and origins do not count. */
int	inventory_read(struct inventory *, const struct root *,
	    const char *user);
void	inventory_free(struct inventory *);

#endif /* CLI_INVENTORY_H */

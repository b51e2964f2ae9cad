/*
 * accepted.h - the publishers' catalogs that were accepted last, to look at.
 *
 * ROOT/state/catalogs/USER; their publishers have signed them, and the manager has
 * accepted that, however long ago.
 */
#ifndef CLI_ACCEPTED_H
#define CLI_ACCEPTED_H

#include "cli/catalog.h"
#include "cli/root.h"

#define ACCEPTED	"state/catalogs"	/* below ROOT */

/* Visit each of them, by users' names, until a visitor returns an error: that, or
 * 0.  One that cannot be read is left out, said so. */
int	accepted_each(const struct root *,
	    int (*visit)(const struct catalog *, void *), void *context);

#endif /* CLI_ACCEPTED_H */

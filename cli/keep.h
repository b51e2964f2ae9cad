/*
 * keep.h - what `remove` and `gc` share: the depot as it is, held for writing,
 * and how archives go.
 *
 * Needs are taken as widely as they can be: a src in a pkg's list stands for
 * itself and for its bin archives of all architectures, a bin needs its dbg.
 */
#ifndef CLI_KEEP_H
#define CLI_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include "cli/graph.h"
#include "cli/making.h"

struct keep {
	const struct arguments *arguments;
	struct making	 making;	/* its root is chosen; begun, unless it
					 * is --dry-run, or there is no depot */
	struct graph	 graph;		/* of all that lies there, opened */
	struct graph_node **going;	/* owned: what is to go */
	size_t		 ngoing, room;
	size_t		 removed, leftovers;	/* archives; files */
	uint64_t	 bytes;		/* that were freed, or would be */
};

/* Take the lock, and look: STATUS_DONE, or another, said so. */
enum status keep_begin(struct keep *, const struct arguments *);
/* After keep_begin(), however it ended. */
void	keep_end(struct keep *);

/* Add an archive to those that are to go, and mark it: STATUS_DONE, or
 * STATUS_FAILED, said so. */
enum status keep_add(struct keep *, struct graph_node *);
/*
 * Remove what was added: tree, receipt, and what is kept of it in public/; or
 * say what would be.  Killed at any moment it leaves an archive installed, or
 * its receipt without a directory, which gc takes away.
 */
enum status keep_remove(struct keep *);
/* The last line: how many, and how much was freed. */
void	keep_report(const struct keep *);

#endif /* CLI_KEEP_H */

/*
 * closure.h - what is to be published: archives of one user in the local depot,
 * with all that they depend on.
 */
#ifndef CLI_CLOSURE_H
#define CLI_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/status.h"
#include "depot/path.h"

struct closure_item {
	struct depot_path path;
	bool		 named;		/* by the user, not as a dependency */
	bool		 opened;	/* its lists were read */
	bool		 ordered;	/* it is in the order */
};

struct closure {
	int		 depot;		/* directory; not owned */
	struct closure_item *items;	/* owned; as they were met */
	size_t		 count, room;
	size_t		*order;		/* owned: indices of items, each after
					 * what it depends on (but in cycles) */
	size_t		 norder, order_room;
	struct depot_path *others;	/* owned: other users', not published */
	size_t		 nothers, others_room;
	size_t		*stack;		/* owned */
	size_t		 depth, stack_room;
};

void	closure_init(struct closure *, int depot);
void	closure_fini(struct closure *);
/*
 * Add an archive that the user named; all of one run are of one user.
 * Then follow: a pkg needs what its `archives` list, of which a src stands for
 * itself and for its bin archives of all architectures, as far as they are in
 * the depot; a src needs its `used_apis`.  STATUS_DONE, or another, said so:
 * something is missing or not valid.
 */
enum status closure_name(struct closure *, const struct depot_path *);
enum status closure_follow(struct closure *);

#endif /* CLI_CLOSURE_H */

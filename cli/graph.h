/*
 * graph.h - what needs what, among the archives of a depot and what these name.
 *
 * Read as far as it is asked for: a node costs two looks at the file system,
 * what it needs one small file.
 */
#ifndef CLI_GRAPH_H
#define CLI_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/inventory.h"
#include "cli/options.h"
#include "cli/root.h"
#include "depot/path.h"

struct graph_node {
	struct depot_path path;
	bool		 receipt;	/* without: foreign, or not there */
	bool		 present;
	bool		 opened;	/* its list was read, */
	bool		 broken;	/* and is missing or not valid */
	bool		 shown, marked;	/* for who walks the graph */
	struct graph_node **needs;	/* owned; as its list names them */
	size_t		 nneeds;
};

struct graph {
	const char	*arch;		/* of the bin that a src stands for;
					 * NULL: each that is in the depot */
	char		**archs;	/* owned; those of graph_add() */
	size_t		 narchs;
	bool		 source;	/* a src also stands for itself */
	bool		 dbg;		/* a bin needs its dbg */
	int		 depot, receipts;	/* owned; < 0: none */
	struct graph_node **nodes;	/* owned, as they were met */
	size_t		 count, room;
	void		*by_path;	/* tsearch tree of nodes */
};

/* Arch (NULL: each), source and dbg are the arguments': 0, or -errno, said so. */
int	graph_init(struct graph *, const struct root *,
	    const struct arguments *);
void	graph_fini(struct graph *);
/* The node of this path, which need not be there; NULL: out of memory. */
struct graph_node *graph_node(struct graph *, const struct depot_path *);
/* Make nodes of all that lies in the depot: 0 or -ENOMEM. */
int	graph_add(struct graph *, const struct inventory *);
/* Read what a node needs, once; or what all nodes and those they name need: 0 or
 * -ENOMEM. */
int	graph_open(struct graph *, struct graph_node *);
int	graph_open_all(struct graph *);
/* "installed", "foreign" (without a receipt) or "missing". */
const char *graph_state(const struct graph_node *);

#endif /* CLI_GRAPH_H */

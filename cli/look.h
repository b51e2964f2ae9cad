/*
 * look.h - what the commands share that look at a depot and change nothing.
 */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include "cli/graph.h"
#include "cli/options.h"
#include "cli/root.h"
#include "cli/settings.h"
#include "cli/status.h"

struct look {
	struct arguments arguments;	/* with the settings */
	struct root	 root;
	struct settings	 settings;
	struct graph	 graph;
	char		 arch[DEPOT_PATH_MAX];	/* of the bin asked about */
};

/* Which depot, with which settings; and then its graph, as the arguments in it
 * say by now: STATUS_DONE, or another, said so. */
enum status look_begin(struct look *, const struct arguments *);
enum status look_graph(struct look *);
/* The graph of all that lies there. */
enum status look_at_all(struct look *);
/* After any of them; idempotent. */
void	look_end(struct look *);

/* A command that is about the path in its first word, from beginning to end:
 * read is look_graph or look_at_all; what a src in it stands for, and which
 * architecture is meant, is decided by that path. */
enum status look_path(const struct arguments *,
    enum status (*read)(struct look *),
    enum status (*show)(struct look *, const struct depot_path *));

#endif /* CLI_LOOK_H */

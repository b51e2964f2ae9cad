/*
 * airlock remove: archives that nothing needs any more, by name.
 */
#include <errno.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/keep.h"
#include "cli/message.h"

/* Somebody's need of an archive. */
struct edge {
	const struct graph_node *needed;
	struct graph_node *by;
};

struct edges {
	struct edge	*list;		/* owned; sorted by what is needed */
	size_t		 count;
};

/* ---- who needs it ---- */

/* The source of what a pkg uses can go, and what debuggers want of a bin: it
 * runs without. */
static bool
is_need(const struct graph_node *by, const struct graph_node *needed)
{
	return needed != by && needed->path.type != DEPOT_DBG &&
	    !(by->path.type == DEPOT_PKG && needed->path.type == DEPOT_SRC);
}

static int
compare(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->needed != y->needed ? (x->needed < y->needed ? -1 : 1) :
	    (x->by > y->by) - (x->by < y->by);
}

static int
edges_make(struct edges *edges, const struct graph *graph)
{
	size_t room = 1;

	for (size_t i = 0; i < graph->count; i++)
		room += graph->nodes[i]->nneeds;
	*edges = (struct edges){ calloc(room, sizeof(struct edge)), 0 };
	if (edges->list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < graph->count; i++) {
		struct graph_node *node = graph->nodes[i];
		for (size_t n = 0; n < node->nneeds; n++)
			if (is_need(node, node->needs[n]))
				edges->list[edges->count++] =
				    (struct edge){ node->needs[n], node };
	}
	qsort(edges->list, edges->count, sizeof(struct edge), compare);
	return 0;
}

/* The first of those that need it; edges->count, if there is none. */
static size_t
edges_of(const struct edges *edges, const struct graph_node *needed)
{
	size_t from = 0, to = edges->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (edges->list[middle].needed < needed)
			from = middle + 1;
		else
			to = middle;
	}
	return from < edges->count && edges->list[from].needed == needed ?
	    from : edges->count;
}

/* ---- what may go ---- */

static enum status
refuse_foreign(const struct graph_node *node)
{
	complain("%s: airlock did not install it", node->path.text);
	advise("--force removes it all the same");
	return STATUS_FAILED;
}

static enum status
name(struct keep *keep, const struct depot_path *path)
{
	struct graph_node *node = graph_node(&keep->graph, path);

	if (node == NULL)
		return making_failed(path->text, ENOMEM);
	if (!node->present && !node->receipt) {
		complain("%s: it is not installed", path->text);
		return STATUS_UNAVAILABLE;
	}
	if (!node->receipt && !keep->arguments->force)
		return refuse_foreign(node);
	return node->marked ? STATUS_DONE : keep_add(keep, node);
}

static enum status
cascade(struct keep *keep, const struct edges *edges)
{
	enum status status = STATUS_DONE;

	/* More are added meanwhile. */
	for (size_t i = 0; status == STATUS_DONE && i < keep->ngoing; i++) {
		const struct graph_node *node = keep->going[i];
		for (size_t e = edges_of(edges, node); e < edges->count &&
		    edges->list[e].needed == node; e++) {
			struct graph_node *by = edges->list[e].by;
			if (by->marked)
				continue;
			status = status_worse(status, !by->receipt &&
			    !keep->arguments->force ? refuse_foreign(by) :
			    keep_add(keep, by));
		}
	}
	return status;
}

static void
json_refused(const struct edges *edges, const struct graph_node *node, size_t e)
{
	json_begin("remove");
	json_text("path", node->path.text);
	json_text("result", "refused");
	json_text("state", graph_state(node));
	json_array("needed-by");
	for (; e < edges->count && edges->list[e].needed == node; e++)
		if (!edges->list[e].by->marked)
			json_text(NULL, edges->list[e].by->path.text);
	json_array_end();
	json_end();
}

/* Is it needed by what stays?  All that need it are named. */
static enum status
check(const struct keep *keep, const struct edges *edges,
    const struct graph_node *node)
{
	enum status status = STATUS_DONE;
	size_t first = edges_of(edges, node);

	for (size_t e = first; e < edges->count &&
	    edges->list[e].needed == node; e++) {
		if (edges->list[e].by->marked)
			continue;
		complain("%s: %s needs it", node->path.text,
		    edges->list[e].by->path.text);
		status = STATUS_FAILED;
	}
	if (status != STATUS_DONE && keep->arguments->json)
		json_refused(edges, node, first);
	return status;
}

static enum status
check_all(const struct keep *keep, const struct edges *edges)
{
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < keep->ngoing; i++)
		status = status_worse(status,
		    check(keep, edges, keep->going[i]));
	if (status != STATUS_DONE)
		advise("--cascade removes what needs it as well; nothing was "
		    "removed");
	return status;
}

static enum status
judge(struct keep *keep)
{
	struct edges edges;

	if (edges_make(&edges, &keep->graph) < 0)
		return making_failed(keep->making.root.path, ENOMEM);
	enum status status = keep->arguments->cascade ?
	    cascade(keep, &edges) : check_all(keep, &edges);
	free(edges.list);
	return status;
}

/* ---- */

static enum status
remove_named(struct keep *keep)
{
	const struct arguments *a = keep->arguments;
	enum status status = STATUS_DONE;
	struct depot_path path;

	/* Each that is wrong is said, and then nothing is removed. */
	for (size_t i = 0; i < a->nwords; i++) {
		enum status one = arguments_path(&path, a->words[i]);
		if (one == STATUS_DONE)
			one = name(keep, &path);
		status = status_worse(status, one);
	}
	if (status == STATUS_DONE)
		status = judge(keep);
	if (status != STATUS_DONE)
		return status;
	status = keep_remove(keep);
	keep_report(keep);
	return status;
}

enum status
remove_run(const struct arguments *a)
{
	static struct keep keep;
	enum status status = keep_begin(&keep, a);

	if (status == STATUS_DONE)
		status = remove_named(&keep);
	keep_end(&keep);
	return status;
}

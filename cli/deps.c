#include <errno.h>
#include <langinfo.h>
#include <string.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/look.h"
#include "cli/message.h"

/* Below this a tree is no picture any more, and a publisher chooses the depth:
 * deeper ones are left to --json and --dot. */
#define DEPTH_MAX	64
#define BRANCH_SIZE	16	/* bytes of one level's lines, at most */

/* What a tree is drawn with. */
struct pen {
	const char	*tee, *corner, *bar, *blank, *more;
};
static const struct pen unicode = {
	"\u251c\u2500\u2500 ", "\u2514\u2500\u2500 ", "\u2502   ", "    ",
	" \u2026",
};
static const struct pen ascii = { "|-- ", "`-- ", "|   ", "    ", " ..." };

struct tree_view {
	struct graph	*graph;
	const struct pen *pen;
	size_t		 depth;
	char		 lines[DEPTH_MAX * BRANCH_SIZE + 1];
};

static void
tree_line(const struct tree_view *view, const char *branch,
    const struct graph_node *node, bool more)
{
	const char *state = !node->present ? "  (missing)" :
	    node->broken ? "  (its list of archives is not valid)" :
	    node->receipt ? "" : "  (foreign)";

	say("%s%s%s%s%s", view->lines, branch, node->path.text, state,
	    more ? view->pen->more : "");
}

static int tree_below(struct tree_view *, struct graph_node *);

/* A node, and what it needs, unless that was shown before. */
static int
tree_node(struct tree_view *view, struct graph_node *node, bool last)
{
	const struct pen *pen = view->pen;
	size_t size = strlen(view->lines);
	int error = graph_open(view->graph, node);
	bool expand = !node->shown && view->depth < DEPTH_MAX;

	tree_line(view, last ? pen->corner : pen->tee, node,
	    node->nneeds > 0 && !expand);
	if (error < 0 || !expand)
		return error;
	strcat(view->lines, last ? pen->blank : pen->bar);
	view->depth++;
	error = tree_below(view, node);
	view->depth--;
	view->lines[size] = '\0';
	return error;
}

static int
tree_below(struct tree_view *view, struct graph_node *node)
{
	int error = 0;

	node->shown = true;
	for (size_t i = 0; error == 0 && i < node->nneeds; i++)
		error = tree_node(view, node->needs[i], i + 1 == node->nneeds);
	return error;
}

static int
show_tree(struct graph *graph, struct graph_node *top)
{
	struct tree_view view = { .graph = graph, .depth = 1, .pen =
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &unicode : &ascii };
	int error = graph_open(graph, top);

	if (error < 0)
		return error;
	tree_line(&view, "", top, false);
	return tree_below(&view, top);
}

/* Paths have no character that Graphviz would take for its own. */
static void
show_dot(const struct graph *graph)
{
	say("digraph depot {");
	say("\tnode [shape=box];");
	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_node *node = graph->nodes[i];
		say("\t\"%s\"%s;", node->path.text, node->present ? "" :
		    " [style=dashed, color=red]");
		for (size_t n = 0; n < node->nneeds; n++)
			say("\t\"%s\" -> \"%s\";", node->path.text,
			    node->needs[n]->path.text);
	}
	say("}");
}

static void
show_json(const struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_node *node = graph->nodes[i];
		json_begin("depends");
		json_text("path", node->path.text);
		json_text("state", graph_state(node));
		json_bool("valid", !node->broken);
		json_array("needs");
		for (size_t n = 0; n < node->nneeds; n++)
			json_text(NULL, node->needs[n]->path.text);
		json_array_end();
		json_end();
	}
}

static int
show_all(struct graph *graph, const struct arguments *a)
{
	/* The top is the only node as yet: what is met is what it needs. */
	int error = graph_open_all(graph);

	if (error == 0 && a->json)
		show_json(graph);
	else if (error == 0)
		show_dot(graph);
	return error;
}

static enum status
deps_of(struct look *look, const struct depot_path *path)
{
	const struct arguments *a = &look->arguments;
	struct graph_node *top = graph_node(&look->graph, path);

	if (top != NULL && !top->present) {
		complain("%s: it is not installed, so what it needs is not "
		    "known", path->text);
		return STATUS_UNAVAILABLE;
	}
	int error = top == NULL ? -ENOMEM : a->json || a->dot ?
	    show_all(&look->graph, a) : show_tree(&look->graph, top);
	if (error == 0)
		return STATUS_DONE;
	complain("%s: %s", path->text, strerror(-error));
	return STATUS_FAILED;
}

enum status
deps_run(const struct arguments *a)
{
	return look_path(a, look_graph, deps_of);
}

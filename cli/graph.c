#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/graph.h"
#include "cli/userfile.h"
#include "depot/archives.h"
#include "rpc/cap.h"

int
graph_init(struct graph *graph, const struct root *root,
    const struct arguments *a)
{
	*graph = (struct graph){ .arch = a->arch, .source = a->source,
	    .dbg = a->dbg, .depot = root_open(root, "depot"), .receipts = -1 };
	if (graph->depot < 0 && graph->depot != -ENOENT)
		return graph->depot;
	graph->receipts = root_open(root, RECEIPTS);
	return graph->receipts < 0 && graph->receipts != -ENOENT ?
	    graph->receipts : 0;
}

static void
keep(void *node)
{
	(void)node;	/* it is freed by its place in nodes */
}

void
graph_fini(struct graph *graph)
{
	tdestroy(graph->by_path, keep);
	for (size_t i = 0; i < graph->count; i++) {
		free(graph->nodes[i]->needs);
		free(graph->nodes[i]);
	}
	free(graph->nodes);
	for (size_t i = 0; i < graph->narchs; i++)
		free(graph->archs[i]);
	free(graph->archs);
	if (graph->depot >= 0)
		close(graph->depot);
	if (graph->receipts >= 0)
		close(graph->receipts);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct graph_node *)a)->path.text,
	    ((const struct graph_node *)b)->path.text);
}

static struct graph_node *
node_find(const struct graph *graph, const struct depot_path *path)
{
	struct graph_node key;

	depot_path_copy(&key.path, path);
	struct graph_node *const *found = tfind(&key, &graph->by_path, compare);
	return found == NULL ? NULL : *found;
}

static struct graph_node *
node_new(struct graph *graph, const struct depot_path *path)
{
	if (graph->count == graph->room) {
		size_t room = graph->room == 0 ? 64 : 2 * graph->room;
		struct graph_node **nodes = reallocarray(graph->nodes, room,
		    sizeof(*nodes));
		if (nodes == NULL)
			return NULL;
		graph->nodes = nodes;
		graph->room = room;
	}
	struct graph_node *node = calloc(1, sizeof(*node));
	if (node == NULL)
		return NULL;
	depot_path_copy(&node->path, path);
	if (tsearch(node, &graph->by_path, compare) == NULL) {
		free(node);
		return NULL;
	}
	return graph->nodes[graph->count++] = node;
}

/* What the inventory would say of it. */
static void
node_look(const struct graph *graph, struct graph_node *node)
{
	char flat[DEPOT_PATH_MAX + 1];
	struct stat st;

	depot_path_flat(&node->path, flat);
	node->receipt = graph->receipts >= 0 &&
	    faccessat(graph->receipts, flat, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	node->present = graph->depot >= 0 && fstatat(graph->depot,
	    node->path.text, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (depot_path_is_file(&node->path) ? S_ISREG(st.st_mode) :
	    S_ISDIR(st.st_mode));
}

struct graph_node *
graph_node(struct graph *graph, const struct depot_path *path)
{
	struct graph_node *node = node_find(graph, path);

	if (node != NULL)
		return node;
	node = node_new(graph, path);
	if (node != NULL)
		node_look(graph, node);
	return node;
}

/* Remember a bin archive's architecture: 0 or -ENOMEM. */
static int
arch_add(struct graph *graph, const struct depot_path *path)
{
	const char *arch = path->text + strlen(path->user) + strlen("/bin/");
	size_t size = strcspn(arch, "/");

	if (path->type != DEPOT_BIN)
		return 0;
	for (size_t i = 0; i < graph->narchs; i++)
		if (strncmp(graph->archs[i], arch, size) == 0 &&
		    graph->archs[i][size] == '\0')
			return 0;
	char **archs = reallocarray(graph->archs, graph->narchs + 1,
	    sizeof(*archs));
	if (archs == NULL)
		return -ENOMEM;
	graph->archs = archs;
	archs[graph->narchs] = strndup(arch, size);
	if (archs[graph->narchs] == NULL)
		return -ENOMEM;
	graph->narchs++;
	return 0;
}

int
graph_add(struct graph *graph, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++) {
		const struct item *item = &inventory->items[i];
		struct depot_path path;
		if (depot_path_parse(&path, item->path,
		    strlen(item->path)) < 0 || node_find(graph, &path) != NULL)
			continue;
		struct graph_node *node = node_new(graph, &path);
		if (node == NULL || arch_add(graph, &path) < 0)
			return -ENOMEM;
		node->receipt = item->receipt;
		node->present = item->present;
	}
	return 0;
}

static int
need(struct graph *graph, struct graph_node *node,
    const struct depot_path *path)
{
	struct graph_node *needed = graph_node(graph, path);
	size_t n = node->nneeds;

	if (needed == NULL)
		return -ENOMEM;
	/* Room is doubled at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct graph_node **needs = reallocarray(node->needs,
		    n == 0 ? 1 : 2 * n, sizeof(*needs));
		if (needs == NULL)
			return -ENOMEM;
		node->needs = needs;
	}
	node->needs[node->nneeds++] = needed;
	return 0;
}

static int
need_bin(struct graph *graph, struct graph_node *node,
    const struct depot_path *src, const char *arch)
{
	struct depot_path bin;

	if (archives_bin(&bin, src, arch) == 0)
		return need(graph, node, &bin);
	node->broken = true;
	return 0;
}

static int
need_bins(struct graph *graph, struct graph_node *node,
    const struct depot_path *src)
{
	int error = 0;

	if (graph->arch != NULL)
		return need_bin(graph, node, src, graph->arch);
	for (size_t i = 0; error == 0 && i < graph->narchs; i++)
		error = need_bin(graph, node, src, graph->archs[i]);
	return error;
}

/* A src stands for its bin; with source for both. */
static int
need_listed(struct graph *graph, struct graph_node *node,
    const struct depot_path *path)
{
	if (path->type != DEPOT_SRC)
		return need(graph, node, path);
	int error = need_bins(graph, node, path);
	return error == 0 && graph->source ? need(graph, node, path) : error;
}

static int
list_next(struct archives *list, const struct graph_node *node,
    struct depot_path *path)
{
	return node->path.type == DEPOT_PKG ? archives_next(list, path) :
	    archives_next_api(list, node->path.user, path);
}

static int
list_open(struct graph *graph, struct graph_node *node, const char *name)
{
	char file[DEPOT_PATH_MAX + 32];
	struct content content = { 0 };
	struct depot_path path;
	int more = 0, error = 0;

	snprintf(file, sizeof(file), "%s/%s", node->path.text, name);
	int missing = content_read(&content, graph->depot, file);
	/* A src that uses no api need not say so. */
	node->broken = missing < 0 && (missing != -ENOENT ||
	    node->path.type == DEPOT_PKG);
	struct archives list = { content.text, content.size, 0 };
	while (missing == 0 && error == 0 &&
	    (more = list_next(&list, node, &path)) > 0)
		error = need_listed(graph, node, &path);
	node->broken |= more < 0;
	content_free(&content);
	return error;
}

static int
need_dbg(struct graph *graph, struct graph_node *node)
{
	struct depot_path dbg;

	return archives_dbg(&dbg, &node->path) < 0 ? 0 :
	    need(graph, node, &dbg);
}

int
graph_open(struct graph *graph, struct graph_node *node)
{
	if (node->opened || !node->present)
		return 0;
	node->opened = true;
	switch (node->path.type) {
	case DEPOT_PKG:
		return list_open(graph, node, "archives");
	case DEPOT_SRC:
		return graph->source ? list_open(graph, node, "used_apis") : 0;
	case DEPOT_BIN:
		return graph->dbg ? need_dbg(graph, node) : 0;
	default:
		return 0;
	}
}

int
graph_open_all(struct graph *graph)
{
	int error = 0;

	/* Nodes are appended meanwhile. */
	for (size_t i = 0; error == 0 && i < graph->count; i++)
		error = graph_open(graph, graph->nodes[i]);
	return error;
}

const char *
graph_state(const struct graph_node *node)
{
	if (!node->present)
		return "missing";
	return node->receipt ? "installed" : "foreign";
}

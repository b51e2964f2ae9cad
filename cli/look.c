#include <stdio.h>
#include <string.h>

#include "cli/arch.h"
#include "cli/command.h"
#include "cli/inventory.h"
#include "cli/look.h"
#include "cli/message.h"

enum status
look_begin(struct look *look, const struct arguments *a)
{
	*look = (struct look){ .arguments = *a,
	    .graph = { .depot = -1, .receipts = -1 } };
	return root_choose(&look->root, a) < 0 ||
	    settings_read(&look->settings, &look->root, &look->arguments) < 0 ?
	    STATUS_FAILED : STATUS_DONE;
}

/* Whoever asks about a bin or a dbg means its architecture, about a src or an api
 * that sources count, about a dbg that these do. */
static void
asked(struct look *look, const struct depot_path *path)
{
	const char *rest = path->text + strlen(path->user) + strlen("/bin/");
	struct arguments *a = &look->arguments;

	a->source |= path->type == DEPOT_SRC || path->type == DEPOT_API;
	a->dbg |= path->type == DEPOT_DBG;
	if (path->type != DEPOT_BIN && path->type != DEPOT_DBG)
		return;
	snprintf(look->arch, sizeof(look->arch), "%.*s",
	    (int)strcspn(rest, "/"), rest);
	a->arch = look->arch;
}

enum status
look_graph(struct look *look)
{
	enum status status = arch_choose(&look->arguments);

	if (status == STATUS_DONE && graph_init(&look->graph, &look->root,
	    &look->arguments) < 0)
		status = STATUS_FAILED;
	return status;
}

enum status
look_at_all(struct look *look)
{
	struct inventory inventory;
	enum status status = look_graph(look);

	if (status != STATUS_DONE)
		return status;
	if (inventory_read(&inventory, &look->root, NULL) < 0)
		return STATUS_FAILED;
	int error = graph_add(&look->graph, &inventory);
	inventory_free(&inventory);
	if (error == 0)
		error = graph_open_all(&look->graph);
	if (error == 0)
		return STATUS_DONE;
	complain("out of memory");
	return STATUS_FAILED;
}

void
look_end(struct look *look)
{
	graph_fini(&look->graph);
	settings_free(&look->settings);
}

enum status
look_path(const struct arguments *a, enum status (*read)(struct look *),
    enum status (*show)(struct look *, const struct depot_path *))
{
	struct depot_path path;
	struct look look;

	enum status status = arguments_path(&path, a->words[0]);
	if (status != STATUS_DONE)
		return status;
	status = look_begin(&look, a);
	if (status == STATUS_DONE) {
		asked(&look, &path);
		status = read(&look);
	}
	if (status == STATUS_DONE)
		status = show(&look, &path);
	look_end(&look);
	return status;
}

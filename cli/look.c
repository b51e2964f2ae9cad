#include "cli/arch.h"
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

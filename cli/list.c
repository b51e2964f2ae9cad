#include <fnmatch.h>
#include <string.h>

#include "cli/command.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/receipts.h"
#include "rpc/cap.h"

/* A prefix ends where an element ends: alice/raw is not alice/raws. */
static bool
matches(const char *path, const char *wanted)
{
	size_t size = wanted == NULL ? 0 : strlen(wanted);

	if (size == 0)
		return true;
	if (strpbrk(wanted, "*?[") != NULL)
		return fnmatch(wanted, path, 0) == 0;
	return strncmp(path, wanted, size) == 0 && (wanted[size - 1] == '/' ||
	    path[size] == '/' || path[size] == '\0');
}

static void
json_receipt(int receipts, const char *path)
{
	struct receipt_text receipt;
	struct depot_path parsed;

	if (depot_path_parse(&parsed, path, strlen(path)) == 0 &&
	    receipt_read(&receipt, receipts, &parsed))
		receipt_json(&receipt);
}

/* Somebody's own, or named: not there because of another one. */
static bool
is_named(int receipts, const struct item *item)
{
	struct receipt_text receipt;
	struct depot_path path;

	if (!item->receipt || depot_path_parse(&path, item->path,
	    strlen(item->path)) < 0)
		return true;
	receipt_read(&receipt, receipts, &path);
	return receipt_wanted(&receipt);
}

static const char *
item_state(const struct item *item)
{
	if (!item->receipt)
		return "foreign";
	return item->present ? "installed" : "missing";
}

static bool
is_blessed(int receipts, const struct item *item)
{
	struct receipt_text receipt;
	struct depot_path path;

	return depot_path_parse(&path, item->path, strlen(item->path)) == 0 &&
	    receipt_read(&receipt, receipts, &path) &&
	    receipt_blessed(&receipt);
}

static void
list_item(const struct item *item, int receipts, bool json)
{
	if (json) {
		json_begin("archive");
		json_text("path", item->path);
		json_text("state", item_state(item));
		if (item->receipt)
			json_receipt(receipts, item->path);
		json_end();
	} else if (item->receipt && item->present) {
		say("%s%s", item->path, is_blessed(receipts, item) ?
		    "  not verified" : "");
	} else {
		say("%s  %s", item->path, item_state(item));
	}
}

enum status
list_run(const struct arguments *a)
{
	struct inventory inventory;
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	CLOSE int receipts = root_open(&root, RECEIPTS);
	for (size_t i = 0; i < inventory.count; i++)
		if (matches(inventory.items[i].path,
		    a->nwords == 0 ? NULL : a->words[0]) && (!a->named ||
		    is_named(receipts, &inventory.items[i])))
			list_item(&inventory.items[i], receipts, a->json);
	inventory_free(&inventory);
	return STATUS_DONE;
}

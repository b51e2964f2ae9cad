/*
 * keep.c - how archives go.
 *
 * First all trees are renamed into staging, where whoever writes next clears up
 * if this run is killed; that is put onto the disk before a receipt goes, since
 * a tree without one would be somebody else's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/keep.h"
#include "cli/message.h"
#include "cli/receipts.h"
#include "cli/text.h"
#include "depot/clear.h"
#include "rpc/cap.h"

#define STAGED	"tree"			/* its name in staging/N */
#define FILE_MAX (DEPOT_PATH_MAX + 16)	/* array size: with suffixes */

/* ---- what there is ---- */

static enum status
graph_build(struct keep *keep)
{
	struct inventory inventory;
	struct arguments all = { .arch = NULL, .source = true,
	    .dbg = true };

	if (graph_init(&keep->graph, &keep->making.root, &all) < 0 ||
	    inventory_read(&inventory, &keep->making.root, NULL) < 0)
		return STATUS_FAILED;
	int error = graph_add(&keep->graph, &inventory);
	inventory_free(&inventory);
	if (error == 0)
		error = graph_open_all(&keep->graph);
	return error < 0 ? making_failed(keep->making.root.path, -error) :
	    STATUS_DONE;
}

enum status
keep_begin(struct keep *keep, const struct arguments *a)
{
	*keep = (struct keep){ .arguments = a,
	    .graph = { .depot = -1, .receipts = -1 } };
	if (root_choose(&keep->making.root, a) < 0)
		return STATUS_FAILED;
	/* Where there is nothing to remove, nothing is made. */
	CLOSE int depot = root_open(&keep->making.root, "depot");
	if (depot < 0)
		return depot == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	enum status status = a->dry_run ? STATUS_DONE :
	    making_begin(&keep->making, a);
	return status == STATUS_DONE ? graph_build(keep) : status;
}

void
keep_end(struct keep *keep)
{
	graph_fini(&keep->graph);
	free(keep->going);
}

enum status
keep_add(struct keep *keep, struct graph_node *node)
{
	if (keep->ngoing == keep->room) {
		size_t room = keep->room == 0 ? 64 : 2 * keep->room;
		struct graph_node **going = reallocarray(keep->going, room,
		    sizeof(struct graph_node *));
		if (going == NULL)
			return making_failed(node->path.text, ENOMEM);
		keep->going = going;
		keep->room = room;
	}
	node->marked = true;
	keep->going[keep->ngoing++] = node;
	return STATUS_DONE;
}

/* ---- what is said ---- */

static void
say_gone(struct keep *keep, const struct graph_node *node, uint64_t bytes)
{
	const struct arguments *a = keep->arguments;
	char size[TEXT_SHORT];

	keep->removed++;
	keep->bytes += bytes;
	if (a->json) {
		json_begin("remove");
		json_text("path", node->path.text);
		json_text("result", a->dry_run ? "dry-run" : "removed");
		json_text("state", graph_state(node));
		json_number("bytes", (int64_t)bytes);
		json_end();
	} else if (!a->quiet) {
		text_size(size, bytes);
		say("%s: %s, %s", node->path.text, a->dry_run ?
		    "would be removed" : "removed", size);
	}
}

void
keep_report(const struct keep *keep)
{
	const struct arguments *a = keep->arguments;
	char size[TEXT_SHORT];

	if (a->json) {
		json_begin("freed");
		json_number("archives", (int64_t)keep->removed);
		json_number("leftovers", (int64_t)keep->leftovers);
		json_number("bytes", (int64_t)keep->bytes);
		json_bool("dry-run", a->dry_run);
		json_end();
	} else if (!a->quiet) {
		text_size(size, keep->bytes);
		say("%zu archive%s %sremoved, %ju bytes %sfreed (%s)",
		    keep->removed, keep->removed == 1 ? "" : "s",
		    a->dry_run ? "would be " : "", (uintmax_t)keep->bytes,
		    a->dry_run ? "would be " : "", size);
	}
}

/* ---- what is kept of it in public/ ---- */

/* What it takes there, bytes; 0: nothing, or it was not fetched but made here,
 * and is for others to fetch. */
static uint64_t
public_size(int public, const struct graph_node *node)
{
	char name[FILE_MAX];
	struct stat st;
	uint64_t bytes = 0;

	for (int i = 0; node->receipt && i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s%s", node->path.text,
		    depot_path_suffix(&node->path), i == 0 ? "" : ".sig");
		if (fstatat(public, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}

/* The archive before its signature: it is never seen without one. */
static void
public_remove(int dir, const struct graph_node *node)
{
	char name[FILE_MAX];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s%s", node->path.top,
		    depot_path_suffix(&node->path), i == 0 ? "" : ".sig");
		(void)unlinkat(dir, name, 0);
	}
}

/* ---- the steps ---- */

static int
tree_move(const struct store *store, const struct depot_path *path,
    const char *to)
{
	CLOSE int parent = store_open_parent(store->depot, path->text);

	if (parent < 0)
		return parent;
	if (renameat(parent, path->top, store->staging, to) == 0)
		return 0;
	/* To be moved, a directory has to be writable: its ".." changes. */
	if (errno != EACCES || fchmodat(parent, path->top, 0700,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	return renameat(parent, path->top, store->staging, to) == -1 ? -errno :
	    0;
}

static enum status
archive_stage(struct keep *keep, size_t number)
{
	struct store *store = &keep->making.store;
	const struct graph_node *node = keep->going[number];
	char to[32];

	if (!node->present)
		return STATUS_DONE;
	snprintf(to, sizeof(to), "%zu/" STAGED, number);
	int error = store_stage(store->staging, (uint32_t)number, geteuid());
	if (error == 0)
		error = tree_move(store, &node->path, to);
	return error < 0 ? making_failed(node->path.text, -error) :
	    STATUS_DONE;
}

/* Out of the depot, up to the first that cannot be: how many are. */
static size_t
archives_stage(struct keep *keep, enum status *status)
{
	size_t done;

	*status = STATUS_DONE;
	for (done = 0; done < keep->ngoing; done++) {
		*status = interrupt_asked() ? STATUS_INTERRUPTED :
		    archive_stage(keep, done);
		if (*status != STATUS_DONE)
			break;
	}
	return done;
}

/* What is not in the depot any more is forgotten, too. */
static uint64_t
archive_forget(struct keep *keep, const struct graph_node *node)
{
	struct store *store = &keep->making.store;
	uint64_t bytes = public_size(store->public, node);

	if (node->receipt) {
		CLOSE int dir = store_open_parent(store->public,
		    node->path.text);
		if (dir >= 0)
			public_remove(dir, node);
		store_remove_parents(store->public, &node->path);
		receipt_forget(store, &node->path);
	}
	store_remove_parents(store->depot, &node->path);
	return bytes;
}

static enum status
archive_clear(struct keep *keep, size_t number, uint64_t *bytes)
{
	struct store *store = &keep->making.store;
	const struct graph_node *node = keep->going[number];
	char name[32];

	if (!node->present)
		return STATUS_DONE;
	snprintf(name, sizeof(name), "%zu", number);
	int error = clear_measured(store->staging, name, bytes);
	store_unstage(store, (uint32_t)number);
	if (error == 0)
		return STATUS_DONE;
	complain("%s: it is removed, but not all of it could be cleared: %s",
	    node->path.text, strerror(-error));
	advise("what is left is in %s/depot/.airlock/staging/%s",
	    keep->making.root.path, name);
	return STATUS_FAILED;
}

static enum status
archives_remove(struct keep *keep)
{
	enum status status;
	size_t staged = archives_stage(keep, &status);
	int error = staged == 0 ? 0 : store_sync(&keep->making.store);

	/* Receipts stay; the trees are in staging, or back after a crash. */
	if (error < 0)
		return making_failed(keep->making.root.path, -error);
	for (size_t i = 0; i < staged; i++) {
		uint64_t bytes = archive_forget(keep, keep->going[i]);
		status = status_worse(status, archive_clear(keep, i, &bytes));
		say_gone(keep, keep->going[i], bytes);
	}
	return status;
}

/* By its receipt; of what has none nothing is known. */
static uint64_t
unpacked_size(const struct keep *keep, const struct graph_node *node)
{
	struct receipt_text receipt;
	int64_t size = 0;

	if (node->present && receipt_read(&receipt, keep->graph.receipts,
	    &node->path))
		size = receipt_number(&receipt, "unpacked");
	return size < 0 ? 0 : (uint64_t)size;
}

static enum status
archives_list(struct keep *keep)
{
	CLOSE int public = root_open(&keep->making.root, "public");

	for (size_t i = 0; i < keep->ngoing; i++) {
		const struct graph_node *node = keep->going[i];
		say_gone(keep, node, unpacked_size(keep, node) +
		    public_size(public, node));
	}
	return STATUS_DONE;
}

enum status
keep_remove(struct keep *keep)
{
	return keep->arguments->dry_run ? archives_list(keep) :
	    archives_remove(keep);
}

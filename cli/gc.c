/*
 * airlock gc: what nobody named, and nothing needs that somebody named.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/json.h"
#include "cli/keep.h"
#include "cli/message.h"
#include "cli/receipts.h"
#include "cli/text.h"
#include "rpc/cap.h"

/* A download that was cut off is worth keeping for so long, seconds. */
#define OLD		(7 * 24 * 3600)
#define QUARANTINE	"public/.airlock"	/* below ROOT */
#define TAG		"@tag"			/* see depot/quarantine.c */

/* ---- what stays ---- */

/* What airlock did not install is somebody's own, and its receipt's damage is
 * no reason to remove an archive. */
static bool
is_named(const struct keep *keep, const struct graph_node *node)
{
	struct receipt_text receipt;

	if (!node->present)
		return false;
	if (!node->receipt)
		return true;
	receipt_read(&receipt, keep->graph.receipts, &node->path);
	return receipt_wanted(&receipt);
}

static void
push(struct graph_node **stack, size_t *depth, struct graph_node *node)
{
	if (node->marked)
		return;
	node->marked = true;
	stack[(*depth)++] = node;
}

/* Mark what is named and all that it needs. */
static int
mark(struct keep *keep)
{
	const struct graph *graph = &keep->graph;
	/* Each is pushed once. */
	struct graph_node **stack = calloc(graph->count + 1,
	    sizeof(struct graph_node *));
	size_t depth = 0;

	if (stack == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < graph->count; i++) {
		if (is_named(keep, graph->nodes[i]))
			push(stack, &depth, graph->nodes[i]);
		while (depth > 0) {
			const struct graph_node *node = stack[--depth];
			for (size_t n = 0; n < node->nneeds; n++)
				push(stack, &depth, node->needs[n]);
		}
	}
	free(stack);
	return 0;
}

/* What a damaged list names is not known, and would be taken away. */
static enum status
check_lists(const struct graph *graph)
{
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_node *node = graph->nodes[i];
		if (!node->marked || !node->present || !node->broken)
			continue;
		complain("%s: what it needs is not known, because its list is "
		    "missing or not valid", node->path.text);
		status = STATUS_MALFORMED;
	}
	if (status != STATUS_DONE)
		advise("no archive was removed; airlock remove takes this one "
		    "away");
	return status;
}

/* Orphans, and receipts that have lost their directory. */
static enum status
orphans_remove(struct keep *keep)
{
	enum status status = mark(keep) < 0 ?
	    making_failed(keep->making.root.path, ENOMEM) :
	    check_lists(&keep->graph);

	for (size_t i = 0; status == STATUS_DONE && i < keep->graph.count;
	    i++) {
		struct graph_node *node = keep->graph.nodes[i];
		if (node->receipt && (!node->present || !node->marked))
			status = keep_add(keep, node);
	}
	return status == STATUS_DONE ? keep_remove(keep) : status;
}

/* ---- what lies in quarantine ---- */

/* A partial download that the next run can go on with has a tag beside it. */
static bool
is_resumable(int dir, const char *name)
{
	size_t size = strlen(name), tag = strlen(TAG);
	char base[NAME_MAX + 1], beside[NAME_MAX + 8];
	struct stat st;

	if (size > tag && strcmp(name + size - tag, TAG) == 0)
		size -= tag;
	snprintf(base, sizeof(base), "%.*s", (int)size, name);
	snprintf(beside, sizeof(beside), "%s" TAG, base);
	return fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtime > time(NULL) - OLD &&
	    fstatat(dir, beside, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
say_leftover(struct keep *keep, const char *name, uint64_t bytes)
{
	const struct arguments *a = keep->arguments;
	char size[TEXT_SHORT];

	keep->leftovers++;
	keep->bytes += bytes;
	if (a->json) {
		json_begin("leftover");
		json_text("file", name);
		json_number("bytes", (int64_t)bytes);
		json_end();
	} else if (!a->quiet) {
		text_size(size, bytes);
		say("%s: %s, %s", name, a->dry_run ? "would be removed" :
		    "removed", size);
	}
}

/* What is in the way of nothing, and of use to nobody: which of a directory's
 * files that is, depends on the directory. */
typedef bool is_leftover(int dir, const char *name);

static bool
is_waste(int dir, const char *name)
{
	return !evidence_is(name) && !is_resumable(dir, name);
}

/* Of an archive that was not installed in the end. */
static bool
is_stray_manifest(int dir, const char *name)
{
	size_t size = strlen(name), end = strlen(STORE_MANIFESTED);
	char receipt[NAME_MAX + 1];
	struct stat st;

	if (size <= end || strcmp(name + size - end, STORE_MANIFESTED) != 0)
		return false;
	snprintf(receipt, sizeof(receipt), "%.*s", (int)(size - end), name);
	return fstatat(dir, receipt, &st, AT_SYMLINK_NOFOLLOW) == -1 &&
	    errno == ENOENT;
}

static enum status
leftover_remove(struct keep *keep, int dir, const char *where,
    const char *name)
{
	char below[NAME_MAX + 64];
	struct stat st;

	snprintf(below, sizeof(below), "%s/%s", where, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return STATUS_DONE;
	if (!keep->arguments->dry_run && unlinkat(dir, name, 0) == -1)
		return making_failed(below, errno);
	say_leftover(keep, below, (uint64_t)st.st_size);
	return STATUS_DONE;
}

/* What a killed run had unpacked is gone since the lock was taken. */
static void
staging_report(struct keep *keep)
{
	if (keep->making.cleared > 0)
		say_leftover(keep, "depot/.airlock/staging",
		    keep->making.cleared);
}

static enum status
leftovers_remove(struct keep *keep, const char *where, is_leftover *is)
{
	CLOSE int dir = root_open(&keep->making.root, where);
	enum status status = STATUS_DONE;
	struct dirent **names;

	if (dir < 0)
		return dir == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	int n = scandirat(dir, ".", &names, NULL, alphasort);
	if (n == -1)
		return making_failed(where, errno);
	for (int i = 0; i < n; i++) {
		if (is(dir, names[i]->d_name))
			status = status_worse(status, leftover_remove(keep,
			    dir, where, names[i]->d_name));
		free(names[i]);
	}
	free(names);
	return status;
}

static enum status
all_leftovers_remove(struct keep *keep)
{
	staging_report(keep);
	return status_worse(leftovers_remove(keep, QUARANTINE, is_waste),
	    leftovers_remove(keep, RECEIPTS, is_stray_manifest));
}

enum status
gc_run(const struct arguments *a)
{
	static struct keep keep;
	enum status status = keep_begin(&keep, a);

	if (status == STATUS_DONE) {
		status = orphans_remove(&keep);
		if (status != STATUS_INTERRUPTED)
			status = status_worse(status,
			    all_leftovers_remove(&keep));
		keep_report(&keep);
	}
	keep_end(&keep);
	return status;
}

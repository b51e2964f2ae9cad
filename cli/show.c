#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/accepted.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/look.h"
#include "cli/measure.h"
#include "cli/message.h"
#include "cli/receipts.h"
#include "cli/text.h"
#include "rpc/cap.h"

/* What is shown of an archive. */
struct showing {
	const struct root *root;
	const struct graph_node *node;
	const struct graph *graph;
	struct receipt_text receipt;
	struct measured	 measured;	/* as it lies in the depot now, which
					 * its receipt need not agree with */
	int64_t		 served;	/* bytes in public/; -1: not there */
};

static int64_t
served_size(const struct root *root, const struct depot_path *path)
{
	CLOSE int public = root_open(root, "public");
	char name[DEPOT_PATH_MAX + 16];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path->text,
	    depot_path_suffix(path));
	return public >= 0 && fstatat(public, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

static bool
needs(const struct graph_node *node, const struct graph_node *needed)
{
	for (size_t i = 0; i < node->nneeds; i++)
		if (node->needs[i] == needed)
			return true;
	return false;
}

/* ---- for people ---- */

static void
say_content(const struct showing *showing)
{
	const struct measured *m = &showing->measured;
	char bytes[TEXT_SHORT];

	if (!showing->node->present)
		return;
	text_size(bytes, m->bytes);
	say("  content    %ju file%s, %s; %ju director%s, %ju link%s",
	    (uintmax_t)m->files, m->files == 1 ? "" : "s", bytes,
	    (uintmax_t)m->directories, m->directories == 1 ? "y" : "ies",
	    (uintmax_t)m->links, m->links == 1 ? "" : "s");
}

static void
say_served(const struct showing *showing)
{
	int64_t size = showing->served >= 0 ? showing->served :
	    receipt_number(&showing->receipt, "size");
	char bytes[TEXT_SHORT];

	if (size <= 0)
		return;
	text_size(bytes, (uint64_t)size);
	say("  served     %s%s", bytes, showing->served >= 0 ?
	    ", in public/" : ", no longer in public/");
}

/* On which terms it was accepted; what a receipt does not say is left out. */
static void
say_trust(const struct receipt_text *receipt)
{
	static const struct {
		const char *title, *word;
	} rows[] = {
		{ "policy", "policy" },
		{ "binding", "binding" },
		{ "catalog", "catalog-serial" },
		{ "jail", "jail-level" },
		{ "except", "exceptions" },
	};
	char value[RECEIPT_MAX];

	say("  checked    by %s", receipt_has(receipt, "engine", "sequoia") ?
	    "gpgme and sequoia" : receipt_has(receipt, "engine", "gpgme") ?
	    "gpgme" : "NOBODY: verification was waived");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		receipt_value(receipt, rows[i].word, value);
		if (value[0] != '\0' && strcmp(value, "0") != 0)
			say("  %-9s  %s", rows[i].title, value);
	}
	if (receipt_has(receipt, "old-algorithms", "yes"))
		say("  except     OLD ALGORITHMS");
}

static void
say_receipt(const struct showing *showing)
{
	const struct receipt_text *receipt = &showing->receipt;
	char value[RECEIPT_MAX], when[TEXT_SHORT];

	if (receipt->size == 0)
		return;
	receipt_value(receipt, "sha256", value);
	say("  sha256     %s", value);
	receipt_value(receipt, "key", value);
	text_time(when, receipt_number(receipt, "signed"));
	if (receipt_blessed(receipt))
		say("  signed     not verified, as was asked for");
	else
		say("  signed     %s by %s", when, value);
	receipt_value(receipt, "wanted", value);
	text_time(when, receipt_number(receipt, "installed"));
	say("  installed  %s, %s", when, strcmp(value, "yes") == 0 ?
	    "by name" : "as a dependency");
	say_trust(receipt);
}

static void
say_relations(const struct showing *showing)
{
	const struct graph_node *node = showing->node;
	const char *title = "needs";

	for (size_t i = 0; i < node->nneeds; i++, title = "")
		say("  %-9s  %s%s", title, node->needs[i]->path.text,
		    node->needs[i]->present ? "" : "  (missing)");
	if (node->broken)
		say("  %-9s  (its list of archives is not valid)", title);
	title = "needed by";
	for (size_t i = 0; i < showing->graph->count; i++) {
		if (!needs(showing->graph->nodes[i], node))
			continue;
		say("  %-9s  %s", title, showing->graph->nodes[i]->path.text);
		title = "";
	}
}

static void
show_text(const struct showing *showing)
{
	say("%s", showing->node->path.text);
	say("  state      %s", graph_state(showing->node));
	say_content(showing);
	say_served(showing);
	say_receipt(showing);
	say_relations(showing);
}

/* ---- for programs ---- */

static void
json_relations(const struct showing *showing)
{
	const struct graph_node *node = showing->node;

	json_bool("valid", !node->broken);
	json_array("needs");
	for (size_t i = 0; i < node->nneeds; i++)
		json_text(NULL, node->needs[i]->path.text);
	json_array_end();
	json_array("missing");
	for (size_t i = 0; i < node->nneeds; i++)
		if (!node->needs[i]->present)
			json_text(NULL, node->needs[i]->path.text);
	json_array_end();
	json_array("needed-by");
	for (size_t i = 0; i < showing->graph->count; i++)
		if (needs(showing->graph->nodes[i], node))
			json_text(NULL, showing->graph->nodes[i]->path.text);
	json_array_end();
}

static void
show_json(const struct showing *showing)
{
	const struct measured *m = &showing->measured;

	json_begin("show");
	json_text("path", showing->node->path.text);
	json_text("state", graph_state(showing->node));
	if (showing->node->present) {
		json_number("files", (int64_t)m->files);
		json_number("directories", (int64_t)m->directories);
		json_number("links", (int64_t)m->links);
		json_number("bytes", (int64_t)m->bytes);
	}
	if (showing->served >= 0)
		json_number("served", showing->served);
	if (showing->receipt.size > 0)
		receipt_json(&showing->receipt);
	json_relations(showing);
	json_end();
}

/* ---- */

static enum status
show_node(struct showing *showing, const struct arguments *a)
{
	const struct depot_path *path = &showing->node->path;
	char dir[PATH_MAX + DEPOT_PATH_MAX + 8];

	snprintf(dir, sizeof(dir), "%s/depot/%s", showing->root->path,
	    path->text);
	receipt_read(&showing->receipt, showing->graph->receipts, path);
	showing->served = served_size(showing->root, path);
	int error = showing->node->present ?
	    measure(&showing->measured, dir) : 0;
	if (error < 0) {
		complain("%s: %s", path->text, strerror(-error));
		return STATUS_FAILED;
	}
	if (a->json)
		show_json(showing);
	else
		show_text(showing);
	return STATUS_DONE;
}

/* ---- what only its publisher's catalog knows ---- */

static void
show_listed(const struct catalog *catalog, const struct catalog_entry *entry,
    size_t at, bool json)
{
	char size[TEXT_SHORT], bytes[TEXT_SHORT];
	struct depot_path path;

	text_size(size, entry->size);
	text_size(bytes, entry->bytes);
	if (json) {
		json_begin("show");
		json_text("path", entry->path.text);
		json_text("state", "listed");
		json_number("served", (int64_t)entry->size);
		json_number("bytes", (int64_t)entry->bytes);
		json_number("entries", (int64_t)entry->entries);
		json_array("needs");
	} else {
		say("%s", entry->path.text);
		say("  state      listed: not installed, in its publisher's "
		    "catalog %ju", (uintmax_t)catalog->head.serial);
		say("  served     %s", size);
		say("  content    %ju entries, %s", (uintmax_t)entry->entries,
		    bytes);
	}
	while (catalog_need(catalog, &at, &path)) {
		if (json)
			json_text(NULL, path.text);
		else
			say("  needs      %s", path.text);
	}
	if (json) {
		json_array_end();
		json_end();
	}
}

static bool
show_catalog(const struct look *look, const struct depot_path *path)
{
	CLOSE int dir = root_open(&look->root, ACCEPTED);
	struct catalog_entry entry;
	struct catalog catalog;
	size_t at;

	bool listed = dir >= 0 && catalog_open(&catalog, dir, path->user) == 0;
	if (!listed)
		return false;
	listed = catalog_find(&catalog, path->text, &entry, &at);
	if (listed)
		show_listed(&catalog, &entry, at, look->arguments.json);
	catalog_close(&catalog);
	return listed;
}

static bool
is_known(const struct graph *graph, const struct graph_node *node,
    const struct root *root)
{
	if (node->present || node->receipt ||
	    served_size(root, &node->path) >= 0)
		return true;
	for (size_t i = 0; i < graph->count; i++)
		if (needs(graph->nodes[i], node))
			return true;
	return false;
}

static enum status
show_in(struct look *look, const struct depot_path *path)
{
	struct showing showing = { .root = &look->root,
	    .graph = &look->graph };
	const struct graph_node *node = graph_node(&look->graph, path);

	if (node == NULL) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	if (!is_known(&look->graph, node, &look->root)) {
		if (show_catalog(look, path))
			return STATUS_DONE;
		complain("%s: neither installed, nor in public/ or a catalog, "
		    "nor needed by what is installed", path->text);
		return STATUS_UNAVAILABLE;
	}
	showing.node = node;
	return show_node(&showing, &look->arguments);
}

enum status
show_run(const struct arguments *a)
{
	return look_path(a, look_at_all, show_in);
}

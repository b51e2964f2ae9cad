/*
 * search.c - index and search: what publishers say that there is.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/index.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"

struct catalog {
	const struct arguments *arguments;
	const char	*word;		/* to be found; NULL: all */
	struct inventory inventory;
	bool		*seen;		/* of the inventory: in an index */
	size_t		 found;
};

static int
compare(const void *path, const void *item)
{
	return strcmp(path, ((const struct item *)item)->path);
}

/* -1: it is not installed. */
static ssize_t
installed(const struct catalog *catalog, const char *path)
{
	const struct inventory *inventory = &catalog->inventory;
	const struct item *item = inventory->count == 0 ? NULL :
	    bsearch(path, inventory->items, inventory->count,
	    sizeof(*inventory->items), compare);

	return item != NULL && item->present ? item - inventory->items : -1;
}

static bool
matches(const struct catalog *catalog, const char *text)
{
	return catalog->word == NULL || strcasestr(text, catalog->word) != NULL;
}

/* ---- index ---- */

/* The names of the groups that are open. */
struct groups {
	const char	*names[READER_DEPTH_MAX];
};

static void
json_entry(const struct index *index, const struct reader_entry *entry,
    const struct groups *groups, bool is_installed)
{
	json_begin("entry");
	json_text("index", index->path.text);
	json_array("groups");
	for (uint32_t i = 0; i < entry->depth; i++)
		json_text(NULL, groups->names[i] == NULL ? "" :
		    groups->names[i]);
	json_array_end();
	json_text("path", entry->path);
	json_text("info", entry->text);
	json_bool("installed", is_installed);
	json_end();
}

static void
json_supports(const struct index *index, const struct reader_entry *entry)
{
	json_begin("supports");
	json_text("index", index->path.text);
	json_text("arch", entry->text);
	json_end();
}

static void
show_entry(const struct catalog *catalog, const struct index *index,
    const struct reader_entry *entry, const struct groups *groups)
{
	bool is_installed = entry->kind == READER_ARCHIVE &&
	    installed(catalog, entry->path) >= 0;
	int indent = 2 * (int)entry->depth + 2;

	if (catalog->arguments->json) {
		if (entry->kind == READER_ARCHIVE)
			json_entry(index, entry, groups, is_installed);
		else if (entry->kind == READER_SUPPORTS)
			json_supports(index, entry);
	} else if (entry->kind == READER_SUPPORTS) {
		say("%*ssupports %s", indent, "", entry->text);
	} else if (entry->kind == READER_GROUP) {
		say("%*s%s:", indent, "", entry->text);
	} else {
		say("%*s%s%s%s%s", indent, "", entry->path,
		    entry->text[0] == '\0' ? "" : "  ", entry->text,
		    is_installed ? "  (installed)" : "");
	}
}

static enum status
show_index(const struct index *index, void *context)
{
	struct catalog *catalog = context;
	struct groups groups = { { NULL } };

	catalog->found++;
	if (!catalog->arguments->json)
		say("%s", index->path.text);
	for (size_t i = 0; i < index->count; i++) {
		const struct reader_entry *entry = &index->entries[i];
		show_entry(catalog, index, entry, &groups);
		if (entry->kind == READER_GROUP)
			groups.names[entry->depth] = entry->text;
	}
	if (index->skipped > 0)
		complain("%s: %u entries without a valid path were left out",
		    index->path.text, index->skipped);
	return STATUS_DONE;
}

/* USER, or USER/index/VERSION. */
static enum status
show_chosen(struct catalog *catalog, const struct root *root, const char *word)
{
	struct depot_path path;
	struct index index;

	if (word == NULL || depot_user_valid(word))
		return index_each(root, word, show_index, catalog);
	if (depot_path_parse(&path, word, strlen(word)) < 0 ||
	    path.type != DEPOT_INDEX) {
		complain("%s: neither a user's name nor an index", word);
		return STATUS_USAGE;
	}
	enum status status = index_read(&index, root, &path);
	if (status == STATUS_DONE)
		status = show_index(&index, catalog);
	index_free(&index);
	return status;
}

enum status
index_run(const struct arguments *a)
{
	struct catalog catalog = { .arguments = a };
	const char *word = a->nwords == 0 ? NULL : a->words[0];
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&catalog.inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	enum status status = show_chosen(&catalog, &root, word);
	if (status == STATUS_DONE && catalog.found == 0) {
		complain("%s: no index is installed", word == NULL ?
		    root.path : word);
		advise("airlock install USER/index/VERSION gets one");
		status = STATUS_UNAVAILABLE;
	}
	inventory_free(&catalog.inventory);
	return status;
}

/* ---- search ---- */

static void
show_found(struct catalog *catalog, const char *path, const char *info,
    const char *index, bool is_installed)
{
	catalog->found++;
	if (catalog->arguments->json) {
		json_begin("found");
		json_text("path", path);
		json_text("info", info);
		if (index != NULL)
			json_text("index", index);
		json_bool("installed", is_installed);
		json_end();
		return;
	}
	say("%s%s%s%s", path, info[0] == '\0' ? "" : "  ", info,
	    is_installed ? "  (installed)" : "");
}

static enum status
search_index(const struct index *index, void *context)
{
	struct catalog *catalog = context;

	for (size_t i = 0; i < index->count; i++) {
		const struct reader_entry *entry = &index->entries[i];
		if (entry->kind != READER_ARCHIVE ||
		    (!matches(catalog, entry->path) &&
		    !matches(catalog, entry->text)))
			continue;
		ssize_t at = installed(catalog, entry->path);
		if (at >= 0)
			catalog->seen[at] = true;
		show_found(catalog, entry->path, entry->text, index->path.text,
		    at >= 0);
	}
	return STATUS_DONE;
}

/* What is installed without being in an index. */
static void
search_installed(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->inventory.count; i++) {
		const struct item *item = &catalog->inventory.items[i];
		if (item->present && !catalog->seen[i] &&
		    matches(catalog, item->path))
			show_found(catalog, item->path, "", NULL, true);
	}
}

enum status
search_run(const struct arguments *a)
{
	struct catalog catalog = { .arguments = a, .word = a->words[0] };
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&catalog.inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	catalog.seen = calloc(catalog.inventory.count + 1,
	    sizeof(*catalog.seen));
	if (catalog.seen == NULL) {
		complain("out of memory");
		inventory_free(&catalog.inventory);
		return STATUS_FAILED;
	}
	enum status status = index_each(&root, NULL, search_index, &catalog);
	search_installed(&catalog);
	if (status == STATUS_DONE && catalog.found == 0) {
		complain("%s: nothing is known by that word", a->words[0]);
		status = STATUS_UNAVAILABLE;
	}
	free(catalog.seen);
	inventory_free(&catalog.inventory);
	return status;
}

/*
 * search.c - index and search: what publishers say that there is.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cli/accepted.h"
#include "cli/command.h"
#include "cli/index.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"

struct lookup {
	const struct arguments *arguments;
	const char	*word;		/* to be found; NULL: all */
	struct inventory inventory;
	bool		*seen;		/* of the inventory: shown already */
	void		*told;		/* tsearch tree of paths in an index */
	size_t		 found;
};

static int
compare(const void *path, const void *item)
{
	return strcmp(path, ((const struct item *)item)->path);
}

/* -1: it is not installed. */
static ssize_t
installed(const struct lookup *lookup, const char *path)
{
	const struct inventory *inventory = &lookup->inventory;
	const struct item *item = inventory->count == 0 ? NULL :
	    bsearch(path, inventory->items, inventory->count,
	    sizeof(*inventory->items), compare);

	return item != NULL && item->present ? item - inventory->items : -1;
}

static bool
matches(const struct lookup *lookup, const char *text)
{
	return lookup->word == NULL || strcasestr(text, lookup->word) != NULL;
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
show_entry(const struct lookup *lookup, const struct index *index,
    const struct reader_entry *entry, const struct groups *groups)
{
	bool is_installed = entry->kind == READER_ARCHIVE &&
	    installed(lookup, entry->path) >= 0;
	int indent = 2 * (int)entry->depth + 2;

	if (lookup->arguments->json) {
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
	struct lookup *lookup = context;
	struct groups groups = { { NULL } };

	lookup->found++;
	if (!lookup->arguments->json)
		say("%s", index->path.text);
	for (size_t i = 0; i < index->count; i++) {
		const struct reader_entry *entry = &index->entries[i];
		show_entry(lookup, index, entry, &groups);
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
show_chosen(struct lookup *lookup, const struct root *root, const char *word)
{
	struct depot_path path;
	struct index index;

	if (word == NULL || depot_user_valid(word))
		return index_each(root, lookup->arguments, word, show_index,
		    lookup);
	if (depot_path_parse(&path, word, strlen(word)) < 0 ||
	    path.type != DEPOT_INDEX) {
		complain("%s: neither a user's name nor an index", word);
		return STATUS_USAGE;
	}
	enum status status = index_find(&index, root,
	    lookup->arguments, &path);
	if (status == STATUS_DONE)
		status = show_index(&index, lookup);
	index_free(&index);
	return status;
}

enum status
index_run(const struct arguments *a)
{
	struct lookup lookup = { .arguments = a };
	const char *word = a->nwords == 0 ? NULL : a->words[0];
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&lookup.inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	enum status status = show_chosen(&lookup, &root, word);
	if (status == STATUS_DONE && lookup.found == 0) {
		complain("%s: no index is installed", word == NULL ?
		    root.path : word);
		advise("airlock install USER/index/VERSION gets one");
		status = STATUS_UNAVAILABLE;
	}
	inventory_free(&lookup.inventory);
	return status;
}

/* ---- search ---- */

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
show_found(struct lookup *lookup, const char *path, const char *info,
    const char *index, bool is_installed)
{
	lookup->found++;
	if (lookup->arguments->json) {
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

/* An index tells more of it than a catalog: which of them have told it? */
static int
remember(struct lookup *lookup, const char *path)
{
	char *copy = strdup(path);

	if (copy == NULL)
		return -ENOMEM;
	char *const *kept = tsearch(copy, &lookup->told, by_text);
	if (kept == NULL || *kept != copy)
		free(copy);
	return kept == NULL ? -ENOMEM : 0;
}

static enum status
search_index(const struct index *index, void *context)
{
	struct lookup *lookup = context;

	for (size_t i = 0; i < index->count; i++) {
		const struct reader_entry *entry = &index->entries[i];
		if (entry->kind != READER_ARCHIVE ||
		    (!matches(lookup, entry->path) &&
		    !matches(lookup, entry->text)))
			continue;
		ssize_t at = installed(lookup, entry->path);
		if (at >= 0)
			lookup->seen[at] = true;
		show_found(lookup, entry->path, entry->text, index->path.text,
		    at >= 0);
		if (remember(lookup, entry->path) < 0) {
			complain("out of memory");
			return STATUS_FAILED;
		}
	}
	return STATUS_DONE;
}

/* What one installs by name; the rest of a catalog comes by itself. */
static bool
is_named_often(const struct depot_path *path)
{
	return path->type == DEPOT_PKG || path->type == DEPOT_RAW ||
	    path->type == DEPOT_INDEX || path->type == DEPOT_IMAGE;
}

static int
search_catalog(const struct catalog *catalog, void *context)
{
	struct lookup *lookup = context;
	struct catalog_entry entry;
	size_t at = catalog->head.size;

	while (catalog_next(catalog, &at, &entry)) {
		const char *path = entry.path.text;
		if (!is_named_often(&entry.path) || !matches(lookup, path) ||
		    tfind(path, &lookup->told, by_text) != NULL)
			continue;
		ssize_t place = installed(lookup, path);
		if (place >= 0)
			lookup->seen[place] = true;
		show_found(lookup, path, "", NULL, place >= 0);
	}
	return 0;
}

/* What is installed without being in an index. */
static void
search_installed(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->inventory.count; i++) {
		const struct item *item = &lookup->inventory.items[i];
		if (item->present && !lookup->seen[i] &&
		    matches(lookup, item->path))
			show_found(lookup, item->path, "", NULL, true);
	}
}

enum status
search_run(const struct arguments *a)
{
	struct lookup lookup = { .arguments = a, .word = a->words[0] };
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&lookup.inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	lookup.seen = calloc(lookup.inventory.count + 1,
	    sizeof(*lookup.seen));
	if (lookup.seen == NULL) {
		complain("out of memory");
		inventory_free(&lookup.inventory);
		return STATUS_FAILED;
	}
	enum status status = index_each(&root, a, NULL, search_index,
	    &lookup);
	if (accepted_each(&root, search_catalog, &lookup) < 0)
		status = STATUS_FAILED;
	search_installed(&lookup);
	if (status == STATUS_DONE && lookup.found == 0) {
		complain("%s: nothing is known by that word", a->words[0]);
		status = STATUS_UNAVAILABLE;
	}
	tdestroy(lookup.told, free);
	free(lookup.seen);
	inventory_free(&lookup.inventory);
	return status;
}

/*
 * outdated.c - what is installed, and of what there is a newer version.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/accepted.h"
#include "cli/command.h"
#include "cli/index.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"

/* Where a version is known from; of one version, the first of these counts. */
enum origin { FROM_INSTALLED, FROM_PUBLIC, FROM_CATALOG, FROM_INDEX };
static const char *const origin_words[] = { "installed", "public", "catalog",
	"index" };

struct version {
	char		 path[DEPOT_PATH_MAX + 1];
	size_t		 series;	/* bytes of the path before its version */
	enum origin	 origin;
	char		 user[DEPOT_USER_MAX + 1];	/* whose index says so */
};

struct versions {
	struct version	*items;		/* owned */
	size_t		 count, room;
	size_t		 ninstalled;	/* the first ones, by their paths */
};

/* user: whose index, else "". */
static int
add(struct versions *versions, const struct depot_path *path,
    enum origin origin, const char *user)
{
	/* An image has a name and no version. */
	if (path->type == DEPOT_IMAGE || path->type == DEPOT_IMAGE_INDEX)
		return 0;
	if (versions->count == versions->room) {
		size_t room = versions->room == 0 ? 256 : 2 * versions->room;
		struct version *items = reallocarray(versions->items, room,
		    sizeof(*items));
		if (items == NULL)
			return -ENOMEM;
		versions->items = items;
		versions->room = room;
	}
	struct version *version = &versions->items[versions->count++];
	*version = (struct version){ .origin = origin,
	    .series = (size_t)(path->top - path->text) };
	memcpy(version->path, path->text, sizeof(version->path));
	snprintf(version->user, sizeof(version->user), "%s", user);
	return 0;
}

/* ---- what is known ---- */

static int
add_installed(struct versions *versions, const struct root *root)
{
	struct inventory inventory;
	struct depot_path path;
	int error = inventory_read(&inventory, root, NULL);

	for (size_t i = 0; error == 0 && i < inventory.count; i++)
		if (inventory.items[i].present &&
		    depot_path_parse(&path, inventory.items[i].path,
		    strlen(inventory.items[i].path)) == 0)
			error = add(versions, &path, FROM_INSTALLED, "");
	versions->ninstalled = versions->count;
	inventory_free(&inventory);
	return error;
}

/* Is some version of it installed? */
static bool
is_of_interest(const struct versions *versions, const struct depot_path *path)
{
	size_t series = (size_t)(path->top - path->text);
	size_t from = 0, to = versions->ninstalled;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct version *version = &versions->items[middle];
		int order = strncmp(path->text, version->path, series);
		if (order == 0)
			return true;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return false;
}

/* A catalog may list a million archives: only what matters is remembered. */
static int
add_catalog(const struct catalog *catalog, void *context)
{
	struct catalog_entry entry;
	size_t at = catalog->head.size;
	int error = 0;

	while (error == 0 && catalog_next(catalog, &at, &entry))
		if (is_of_interest(context, &entry.path))
			error = add(context, &entry.path, FROM_CATALOG, "");
	return error;
}

/* ROOT/public/PATH with its suffix, of which size bytes are before PATH. */
static int
add_file(struct versions *versions, const char *file, size_t before)
{
	const char *name = file + before;
	size_t size = strlen(name), suffix;
	struct depot_path path;

	for (const char *const *end = (const char *const[]){ ".tar.xz", ".xz",
	    NULL }; *end != NULL; end++) {
		suffix = strlen(*end);
		if (size > suffix &&
		    strcmp(name + size - suffix, *end) == 0 &&
		    depot_path_parse(&path, name, size - suffix) == 0 &&
		    strcmp(depot_path_suffix(&path), *end) == 0)
			return add(versions, &path, FROM_PUBLIC, "");
	}
	return 0;
}

static int
add_public(struct versions *versions, const struct root *root)
{
	char top[sizeof(root->path) + 8];
	char *const paths[] = { top, NULL };
	const FTSENT *entry;
	int error = 0;

	int size = snprintf(top, sizeof(top), "%s/public", root->path);
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT,
	    NULL);
	if (fts == NULL)
		return -errno;
	while (error == 0 && (entry = fts_read(fts)) != NULL)
		if (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK)
			error = add_file(versions, entry->fts_path,
			    (size_t)size + 1);
	fts_close(fts);
	return error;
}

static enum status
add_index(const struct index *index, void *context)
{
	struct depot_path path;

	for (size_t i = 0; i < index->count; i++) {
		const struct reader_entry *entry = &index->entries[i];
		if (entry->kind != READER_ARCHIVE ||
		    depot_path_parse(&path, entry->path,
		    strlen(entry->path)) < 0)
			continue;
		if (add(context, &path, FROM_INDEX, index->path.user) < 0) {
			complain("out of memory");
			return STATUS_FAILED;
		}
	}
	return STATUS_DONE;
}

/* ---- what is newer ---- */

static int
compare_series(const struct version *a, const struct version *b)
{
	size_t size = a->series < b->series ? a->series : b->series;
	int order = memcmp(a->path, b->path, size);

	return order != 0 ? order : (a->series > b->series) -
	    (a->series < b->series);
}

/* Versions bytewise, as the dates that Genode's are. */
static int
compare(const void *left, const void *right)
{
	const struct version *a = left, *b = right;
	int order = compare_series(a, b);

	if (order == 0)
		order = strcmp(a->path + a->series, b->path + b->series);
	if (order == 0)
		order = (int)b->origin - (int)a->origin;
	return order != 0 ? order : strcmp(b->user, a->user);
}

static void
show(const struct version *old, const struct version *newest, bool json)
{
	const char *from = origin_words[newest->origin];

	if (json) {
		json_begin("outdated");
		json_text("path", old->path);
		json_text("newest", newest->path);
		json_text("from", from);
		if (newest->user[0] != '\0')
			json_text("user", newest->user);
		json_end();
		return;
	}
	/* An index may list what is another's: it is that one's word. */
	say("%s  %s (%s%s%s)", old->path, newest->path + newest->series, from,
	    newest->user[0] == '\0' ? "" : " of ", newest->user);
}

/* One series, sorted: the last one is the newest, and the installed one if that
 * is known from elsewhere, too. */
static void
show_series(const struct version *items, size_t n, bool json)
{
	const struct version *newest = &items[n - 1];

	for (size_t i = 0; i + 1 < n; i++)
		if (items[i].origin == FROM_INSTALLED)
			show(&items[i], newest, json);
}

static void
show_all(const struct versions *versions, bool json)
{
	const struct version *items = versions->items;

	for (size_t i = 0, n; i < versions->count; i += n) {
		for (n = 1; i + n < versions->count &&
		    compare_series(&items[i], &items[i + n]) == 0; n++)
			continue;
		show_series(&items[i], n, json);
	}
}

enum status
outdated_run(const struct arguments *a)
{
	struct versions versions = { 0 };
	struct root root;

	if (root_choose(&root, a) < 0)
		return STATUS_FAILED;
	int error = add_installed(&versions, &root);
	if (error == 0)
		error = accepted_each(&root, add_catalog, &versions);
	if (error == 0)
		error = add_public(&versions, &root);
	enum status status = error < 0 ? STATUS_FAILED :
	    index_each(&root, a, NULL, add_index, &versions);
	if (error < 0)
		complain("%s: %s", root.path, strerror(-error));
	if (versions.count > 0)
		qsort(versions.items, versions.count, sizeof(*versions.items),
		    compare);
	show_all(&versions, a->json);
	free(versions.items);
	return status;
}

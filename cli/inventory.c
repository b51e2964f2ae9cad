#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/inventory.h"
#include "cli/message.h"
#include "rpc/cap.h"

/* user/bin/arch/name/version */
#define DEEPEST	5

static int
add(struct inventory *inventory, const char *path, bool receipt)
{
	if (inventory->count == inventory->room) {
		size_t room = inventory->room == 0 ? 256 :
		    2 * inventory->room;
		struct item *items = realloc(inventory->items,
		    room * sizeof(*items));
		if (items == NULL)
			return -ENOMEM;
		inventory->items = items;
		inventory->room = room;
	}
	struct item *item = &inventory->items[inventory->count++];
	*item = (struct item){ .receipt = receipt, .present = !receipt };
	snprintf(item->path, sizeof(item->path), "%s", path);
	return 0;
}

static bool
belongs(const struct depot_path *path, const char *user)
{
	return user == NULL || strcmp(path->user, user) == 0;
}

/* A receipt's name is its archive's path, with ',' for '/'. */
static int
add_receipt(struct inventory *inventory, const char *name, const char *user)
{
	char text[DEPOT_PATH_MAX + 1];
	struct depot_path path;
	size_t size = strlen(name);

	if (size > DEPOT_PATH_MAX)
		return 0;
	for (size_t i = 0; i <= size; i++)
		text[i] = name[i] == ',' ? '/' : name[i];
	if (depot_path_parse(&path, text, size) < 0 || !belongs(&path, user))
		return 0;
	return add(inventory, path.text, true);
}

static int
read_receipts(struct inventory *inventory, const struct root *root,
    const char *user)
{
	int fd = root_open(root, RECEIPTS);
	struct dirent *entry;
	int error = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return -ENOMEM;
	}
	while (error == 0 && (entry = readdir(dir)) != NULL)
		error = add_receipt(inventory, entry->d_name, user);
	closedir(dir);
	return error;
}

static bool
is_directory(int dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

static int walk(struct inventory *, int dir, const char *prefix,
    unsigned int depth, const char *user);

/* An archive, a directory on the way to one, or nothing of ours. */
static int
walk_entry(struct inventory *inventory, int dir, const struct dirent *entry,
    const char *prefix, unsigned int depth, const char *user)
{
	char text[DEPOT_PATH_MAX + 1];
	struct depot_path path;
	int size = snprintf(text, sizeof(text), "%s%s%s", prefix,
	    depth == 0 ? "" : "/", entry->d_name);
	bool directory = is_directory(dir, entry);

	if (entry->d_name[0] == '.' || size >= (int)sizeof(text) ||
	    (depth == 0 && user != NULL && strcmp(entry->d_name, user) != 0))
		return 0;
	if (depot_path_parse(&path, text, (size_t)size) == 0)
		return directory == !depot_path_is_file(&path) ?
		    add(inventory, text, false) : 0;
	if (!directory || depth + 1 == DEEPEST)
		return 0;
	int below = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	return below == -1 ? 0 : walk(inventory, below, text, depth + 1, user);
}

/* Owns dir. */
static int
walk(struct inventory *inventory, int dir, const char *prefix,
    unsigned int depth, const char *user)
{
	DIR *stream = fdopendir(dir);
	struct dirent *entry;
	int error = 0;

	if (stream == NULL) {
		close(dir);
		return -ENOMEM;
	}
	while (error == 0 && (entry = readdir(stream)) != NULL)
		error = walk_entry(inventory, dir, entry, prefix, depth, user);
	closedir(stream);
	return error;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->path,
	    ((const struct item *)b)->path);
}

/* A path with a receipt and a directory came twice. */
static void
merge(struct inventory *inventory)
{
	struct item *items = inventory->items;
	size_t kept = 0;

	if (inventory->count > 0)
		qsort(items, inventory->count, sizeof(*items), compare);
	for (size_t i = 0; i < inventory->count; i++) {
		if (kept > 0 && compare(&items[kept - 1], &items[i]) == 0) {
			items[kept - 1].receipt |= items[i].receipt;
			items[kept - 1].present |= items[i].present;
		} else {
			items[kept++] = items[i];
		}
	}
	inventory->count = kept;
}

/*
 * What came or went meanwhile: an archive has its receipt before its tree, and
 * loses its tree before that.  Whoever has a tree now and no receipt after that is
 * foreign.
 */
static void
foreign_look_again(struct inventory *inventory, const struct root *root)
{
	CLOSE int depot = root_open(root, "depot");
	CLOSE int receipts = root_open(root, RECEIPTS);
	char flat[DEPOT_PATH_MAX + 1];
	struct depot_path path;
	struct stat st;
	size_t kept = 0;

	for (size_t i = 0; i < inventory->count; i++) {
		struct item *item = &inventory->items[i];
		if (!item->receipt && depot_path_parse(&path, item->path,
		    strlen(item->path)) == 0) {
			item->present = fstatat(depot, item->path, &st,
			    AT_SYMLINK_NOFOLLOW) == 0;
			depot_path_flat(&path, flat);
			item->receipt = receipts >= 0 && fstatat(receipts,
			    flat, &st, AT_SYMLINK_NOFOLLOW) == 0;
		}
		if (item->receipt || item->present)
			inventory->items[kept++] = *item;
	}
	inventory->count = kept;
}

int
inventory_read(struct inventory *inventory, const struct root *root,
    const char *user)
{
	*inventory = (struct inventory){ 0 };
	int error = read_receipts(inventory, root, user);
	int depot = error < 0 ? error : root_open(root, "depot");

	if (depot >= 0)
		error = walk(inventory, depot, "", 0, user);
	else if (depot != -ENOENT)
		return depot;
	if (error < 0) {
		complain("%s: %s", root->path, strerror(-error));
		return error;
	}
	merge(inventory);
	foreign_look_again(inventory, root);
	return 0;
}

void
inventory_free(struct inventory *inventory)
{
	free(inventory->items);
	*inventory = (struct inventory){ 0 };
}

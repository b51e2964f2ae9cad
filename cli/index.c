#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/index.h"
#include "cli/message.h"
#include "cli/peek.h"
#include "cli/reading.h"
#include "depot/store.h"

enum status
index_read(struct index *index, const struct root *root,
    const struct depot_path *path)
{
	CLOSE int depot = root_open(root, "depot");
	struct stat st;

	*index = (struct index){ .what = READER_INDEX };
	depot_path_copy(&index->path, path);
	index->name = index->path.text;
	/* A fifo must not hold us up. */
	CLOSE int file = depot < 0 ? depot : store_open_below(depot, path->text,
	    O_RDONLY | O_NONBLOCK);
	if (file >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode))
		return reading_index(index, file);
	complain("%s: %s", path->text, file == -ENOENT ?
	    "it is not installed" : file < 0 ? strerror(-file) :
	    "this is no file");
	return file == -ENOENT ? STATUS_UNAVAILABLE : STATUS_FAILED;
}

enum status
index_find(struct index *index, const struct root *root,
    const struct arguments *a, const struct depot_path *path)
{
	CLOSE int depot = root_open(root, "depot");
	CLOSE int public = root_open(root, "public");
	char served[DEPOT_PATH_MAX + 8];
	struct stat st;

	snprintf(served, sizeof(served), "%s%s", path->text,
	    depot_path_suffix(path));
	return fstatat(depot, path->text, &st, AT_SYMLINK_NOFOLLOW) == -1 &&
	    fstatat(public, served, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    peek_index(index, root, a, path) : index_read(index, root, path);
}

enum status
installation_read(struct index *index, int file, const char *name)
{
	*index = (struct index){ .name = name, .what = READER_INSTALLATION };
	return reading_index(index, file);
}

void
index_free(struct index *index)
{
	free(index->entries);
	*index = (struct index){ .count = 0 };
}

/* ---- all of them ---- */

static int
is_name(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

static void
names_free(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
}

/* The last one in a depot, or (suffix) in a public directory, as versions are
 * compared: bytewise.  False: there is none after *path, if that is found. */
static bool
newest(int dir, const char *suffix, const char *user, struct depot_path *path,
    bool found)
{
	char text[DEPOT_PATH_MAX + 256];
	struct dirent **names;
	bool newer = false;

	snprintf(text, sizeof(text), "%s/index", user);
	int n = scandirat(dir, text, &names, is_name, NULL);
	for (int i = 0; i < n; i++) {
		struct depot_path next;
		int size = snprintf(text, sizeof(text), "%s/index/%s", user,
		    names[i]->d_name) - (int)strlen(suffix);
		if (size <= 0 || strcmp(text + size, suffix) != 0 ||
		    depot_path_parse(&next, text, (size_t)size) < 0 ||
		    (found && strcmp(next.top, path->top) <= 0))
			continue;
		depot_path_copy(path, &next);
		found = newer = true;
	}
	names_free(names, n);
	return newer;
}

/* alphasort() goes by the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Of a user the newest one, which may lie in public/ only. */
static enum status
newest_visit(const struct root *root, const struct arguments *a,
    const char *user, enum status (*visit)(const struct index *, void *),
    void *context)
{
	CLOSE int depot = root_open(root, "depot");
	CLOSE int public = root_open(root, "public");
	enum status status = STATUS_DONE;
	struct depot_path path = { .type = DEPOT_NO_TYPE }, served = path;
	struct index index;

	bool found = newest(depot, "", user, &path, false);
	if (found)
		depot_path_copy(&served, &path);
	if (newest(public, ".xz", user, &served, found)) {
		status = peek_index(&index, root, a, &served);
		found &= status != STATUS_DONE;
		if (status == STATUS_DONE)
			status = visit(&index, context);
		index_free(&index);
	}
	/* Where that one is no good, the one that is installed is. */
	if (!found)
		return status;
	enum status one = index_read(&index, root, &path);
	if (one == STATUS_DONE)
		one = visit(&index, context);
	index_free(&index);
	return status_worse(status, one);
}

enum status
index_each(const struct root *root, const struct arguments *a,
    const char *user, enum status (*visit)(const struct index *, void *),
    void *context)
{
	CLOSE int depot = root_open(root, "depot");
	enum status status = STATUS_DONE;
	struct dirent **users;

	if (depot < 0)
		return depot == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	int n = scandirat(depot, ".", &users, is_name, by_bytes);
	for (int i = 0; i < n && status != STATUS_INTERRUPTED; i++)
		if (user == NULL || strcmp(user, users[i]->d_name) == 0)
			status = status_worse(status, newest_visit(root, a,
			    users[i]->d_name, visit, context));
	names_free(users, n);
	return status;
}

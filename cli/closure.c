#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/closure.h"
#include "cli/message.h"
#include "cli/userfile.h"
#include "depot/archives.h"

void
closure_init(struct closure *c, int depot)
{
	*c = (struct closure){ .depot = depot };
}

void
closure_fini(struct closure *c)
{
	free(c->items);
	free(c->order);
	free(c->others);
	free(c->stack);
}

/* Room for one more in an array of such elements: the array, or NULL. */
static void *
grow(void *array, size_t count, size_t *room, size_t element)
{
	if (count < *room)
		return array;
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *larger = reallocarray(array, more, element);
	if (larger != NULL)
		*room = more;
	return larger;
}

static enum status
out_of_memory(void)
{
	complain("out of memory");
	return STATUS_FAILED;
}

static enum status
index_push(size_t **array, size_t *count, size_t *room, size_t index)
{
	size_t *larger = grow(*array, *count, room, sizeof(**array));

	if (larger == NULL)
		return out_of_memory();
	*array = larger;
	larger[(*count)++] = index;
	return STATUS_DONE;
}

static enum status
other_add(struct closure *c, const struct depot_path *path)
{
	for (size_t i = 0; i < c->nothers; i++)
		if (strcmp(c->others[i].text, path->text) == 0)
			return STATUS_DONE;
	struct depot_path *larger = grow(c->others, c->nothers,
	    &c->others_room, sizeof(*larger));
	if (larger == NULL)
		return out_of_memory();
	c->others = larger;
	depot_path_copy(&larger[c->nothers++], path);
	return STATUS_DONE;
}

static enum status
item_add(struct closure *c, const struct depot_path *path, size_t *index)
{
	for (*index = 0; *index < c->count; ++*index)
		if (strcmp(c->items[*index].path.text, path->text) == 0)
			return STATUS_DONE;
	struct closure_item *larger = grow(c->items, c->count, &c->room,
	    sizeof(*larger));
	if (larger == NULL)
		return out_of_memory();
	if (larger != c->items)
		/* Each path points into itself. */
		for (size_t i = 0; i < c->count; i++)
			depot_path_copy(&larger[i].path, &larger[i].path);
	c->items = larger;
	larger[c->count] = (struct closure_item){ .named = false };
	depot_path_copy(&larger[c->count++].path, path);
	return STATUS_DONE;
}

enum status
closure_name(struct closure *c, const struct depot_path *path)
{
	size_t index;

	if (c->count > 0 && strcmp(c->items[0].path.user, path->user) != 0) {
		complain("%s: all archives of one run are of one user, and %s "
		    "is not", path->text, c->items[0].path.text);
		return STATUS_USAGE;
	}
	enum status status = item_add(c, path, &index);
	if (status == STATUS_DONE)
		c->items[index].named = true;
	return status;
}

/* A dependency, to be opened before what needs it. */
static enum status
want(struct closure *c, const struct depot_path *path)
{
	size_t index;

	if (strcmp(path->user, c->items[0].path.user) != 0)
		return other_add(c, path);
	enum status status = item_add(c, path, &index);
	if (status != STATUS_DONE || c->items[index].opened)
		return status;
	return index_push(&c->stack, &c->depth, &c->stack_room, index);
}

static bool
is_there(const struct closure *c, const struct depot_path *path)
{
	struct stat st;

	return fstatat(c->depot, path->text, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (depot_path_is_file(path) ? S_ISREG(st.st_mode) :
	    S_ISDIR(st.st_mode));
}

static enum status
missing(const struct depot_path *path, const struct depot_path *needed_by)
{
	if (needed_by == NULL)
		complain("%s: it is not in the depot", path->text);
	else
		complain("%s: it is not in the depot, and %s needs it",
		    path->text, needed_by->text);
	advise("airlock create %s DIR", path->text);
	return STATUS_UNAVAILABLE;
}

static int
is_arch(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

/* The bin archives of a src, of each architecture; how many in *found. */
static enum status
want_bins(struct closure *c, const struct depot_path *src, size_t *found)
{
	enum status status = STATUS_DONE;
	char dir[DEPOT_USER_MAX + 8];
	struct depot_path bin;
	struct dirent **archs;

	snprintf(dir, sizeof(dir), "%s/bin", src->user);
	int n = scandirat(c->depot, dir, &archs, is_arch, alphasort);
	for (int i = 0; i < n; i++) {
		if (status == STATUS_DONE &&
		    archives_bin(&bin, src, archs[i]->d_name) == 0 &&
		    is_there(c, &bin)) {
			status = want(c, &bin);
			++*found;
		}
		free(archs[i]);
	}
	if (n >= 0)
		free(archs);
	return status;
}

/* A src in a list of archives.  A publisher may keep the source back. */
static enum status
want_source(struct closure *c, const struct depot_path *src,
    const struct depot_path *needed_by)
{
	size_t found = 0;

	if (strcmp(src->user, needed_by->user) != 0)
		return other_add(c, src);
	enum status status = want_bins(c, src, &found);
	if (status != STATUS_DONE)
		return status;
	if (is_there(c, src))
		return want(c, src);
	return found > 0 ? STATUS_DONE : missing(src, needed_by);
}

static enum status
want_listed(struct closure *c, const struct depot_path *path,
    const struct depot_path *needed_by)
{
	if (path->type == DEPOT_SRC && needed_by->type == DEPOT_PKG)
		return want_source(c, path, needed_by);
	if (strcmp(path->user, needed_by->user) == 0 && !is_there(c, path))
		return missing(path, needed_by);
	return want(c, path);
}

static int
list_next(struct archives *list, const struct depot_path *of,
    struct depot_path *path)
{
	return of->type == DEPOT_PKG ? archives_next(list, path) :
	    archives_next_api(list, of->user, path);
}

/* What a pkg or a src lists; an api list may be missing. */
static enum status
list_follow(struct closure *c, const struct depot_path *of, const char *name)
{
	enum status status = STATUS_DONE;
	struct content content = { 0 };
	char file[DEPOT_PATH_MAX + 32];
	struct depot_path path;
	int more = 0;

	snprintf(file, sizeof(file), "%s/%s", of->text, name);
	int error = content_read(&content, c->depot, file);
	if (error == -ENOENT && of->type == DEPOT_SRC)
		return STATUS_DONE;
	if (error < 0) {
		complain("%s: %s", file, strerror(-error));
		return STATUS_MALFORMED;
	}
	struct archives list = { content.text, content.size, 0 };
	while (status == STATUS_DONE &&
	    (more = list_next(&list, of, &path)) > 0)
		status = want_listed(c, &path, of);
	if (more < 0) {
		complain("%s: it has a line that is no archive's path", file);
		status = STATUS_MALFORMED;
	}
	content_free(&content);
	return status;
}

static enum status
item_open(struct closure *c, size_t index)
{
	struct depot_path path;

	/* A copy: the items move when there are more of them. */
	depot_path_copy(&path, &c->items[index].path);
	c->items[index].opened = true;
	if (!is_there(c, &path))
		return missing(&path, NULL);
	switch (path.type) {
	case DEPOT_PKG:
		return list_follow(c, &path, "archives");
	case DEPOT_SRC:
		return list_follow(c, &path, "used_apis");
	default:
		return STATUS_DONE;
	}
}

static enum status
item_close(struct closure *c, size_t index)
{
	c->depth--;
	if (c->items[index].ordered)
		return STATUS_DONE;
	c->items[index].ordered = true;
	return index_push(&c->order, &c->norder, &c->order_room, index);
}

enum status
closure_follow(struct closure *c)
{
	enum status status = STATUS_DONE;
	size_t named = c->count;

	for (size_t i = 0; status == STATUS_DONE && i < named; i++) {
		status = index_push(&c->stack, &c->depth, &c->stack_room, i);
		while (status == STATUS_DONE && c->depth > 0) {
			size_t top = c->stack[c->depth - 1];
			status = c->items[top].opened ? item_close(c, top) :
			    item_open(c, top);
		}
	}
	return status;
}

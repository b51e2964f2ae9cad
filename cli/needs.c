#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/index.h"
#include "cli/needs.h"
#include "cli/plan.h"
#include "cli/userfile.h"
#include "depot/archives.h"

/* A list in the archive's directory: 0 or -errno. */
static int
list_read(const struct plan *plan, const struct depot_path *path,
    const char *list, struct content *content)
{
	char name[DEPOT_PATH_MAX + 32];

	snprintf(name, sizeof(name), "%s/%s", path->text, list);
	return content_read(content, plan->depot, name);
}

/* What is waived for one publisher is not for another. */
static uint32_t
inherited(uint32_t needs, const char *from, const char *to)
{
	return strcmp(from, to) == 0 ? needs : needs & ~(uint32_t)NEEDS_WAIVED;
}

int
needs_want_listed(struct plan *plan, const struct depot_path *path,
    uint32_t needs, bool wanted)
{
	struct depot_path bin;

	if (path->type != DEPOT_SRC) {
		plan_want(plan, path, needs, wanted);
		return 0;
	}
	if (archives_bin(&bin, path, plan->arguments->arch) < 0)
		return -EINVAL;
	if (needs & NEEDS_BINARY)
		plan_want(plan, &bin, needs, wanted);
	if (needs & NEEDS_SOURCE)
		plan_want(plan, path, needs, wanted);
	return 0;
}

static int
archives_want(struct plan *plan, const struct planned *item,
    const struct content *content)
{
	struct archives list = { .text = content->text,
	    .size = content->size };
	struct depot_path path;
	int more, error = 0;

	/* All lines are checked before one of them is wanted. */
	while ((more = archives_next(&list, &path)) > 0)
		continue;
	list.at = 0;
	while (more == 0 && error == 0 && archives_next(&list, &path) > 0)
		error = needs_want_listed(plan, &path, inherited(item->needs,
		    item->path.user, path.user), false);
	return more < 0 ? more : error;
}

static int
apis_want(struct plan *plan, const struct planned *item,
    const struct content *content)
{
	const char *user = item->path.user;
	struct archives list = { .text = content->text,
	    .size = content->size };
	struct depot_path api;
	int more;

	while ((more = archives_next_api(&list, user, &api)) > 0)
		continue;
	list.at = 0;
	while (more == 0 && archives_next_api(&list, user, &api) > 0)
		plan_want(plan, &api, inherited(item->needs & NEEDS_WAIVED,
		    user, api.user), false);
	return more;
}

/* A publisher who has a bin need not have its dbg: then that one fails. */
static int
dbg_want(struct plan *plan, const struct planned *bin)
{
	struct depot_path dbg;
	int error = archives_dbg(&dbg, &bin->path);

	if (error == 0)
		plan_want(plan, &dbg, bin->needs & NEEDS_WAIVED, false);
	return error;
}

/* A mirror has what the indexes list that it has. */
static int
index_want(struct plan *plan, const struct planned *item)
{
	struct depot_path path;
	struct index index;
	int error = index_read(&index, plan->root, &item->path) ==
	    STATUS_DONE ? 0 : -EINVAL;

	for (size_t i = 0; error == 0 && i < index.count; i++)
		if (index.entries[i].kind == READER_ARCHIVE &&
		    depot_path_parse(&path, index.entries[i].path,
		    strlen(index.entries[i].path)) == 0)
			error = needs_want_listed(plan, &path, item->needs,
			    false);
	index_free(&index);
	return error;
}

int
needs_want(struct plan *plan, const struct planned *item)
{
	const struct depot_path *path = &item->path;
	struct content content = { 0 };
	int error = 0;

	if (path->type == DEPOT_PKG) {
		error = list_read(plan, path, "archives", &content);
		if (error == 0)
			error = archives_want(plan, item, &content);
	} else if (path->type == DEPOT_SRC && (item->needs & NEEDS_SOURCE)) {
		error = list_read(plan, path, "used_apis", &content);
		/* A src that uses no api need not say so. */
		error = error == -ENOENT ? 0 : error == 0 ?
		    apis_want(plan, item, &content) : error;
	} else if (path->type == DEPOT_INDEX && plan->mirrors) {
		return index_want(plan, item);
	} else if (path->type == DEPOT_BIN && (item->needs & NEEDS_DEBUG)) {
		error = dbg_want(plan, item);
	}
	content_free(&content);
	return error == 0 ? 0 : -EINVAL;
}

void
needs_want_catalog(struct plan *plan, const struct planned *item,
    const struct catalog *catalog, size_t at)
{
	enum depot_type type = item->path.type;
	struct depot_path path;

	if (type == DEPOT_SRC && !(item->needs & NEEDS_SOURCE))
		return;
	/* One that can have no bin is told when the list itself is read. */
	while (catalog_need(catalog, &at, &path))
		(void)needs_want_listed(plan, &path, inherited(type == DEPOT_PKG
		    ? item->needs : item->needs & NEEDS_WAIVED,
		    item->path.user, path.user), false);
	if (type == DEPOT_BIN && (item->needs & NEEDS_DEBUG))
		(void)dbg_want(plan, item);
}

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

/* A src stands for its bin of the architecture; with --source for both. */
static int
archive_want(struct plan *plan, const struct depot_path *path)
{
	struct depot_path bin;

	if (path->type != DEPOT_SRC) {
		plan_want(plan, path, false);
		return 0;
	}
	if (archives_bin(&bin, path, plan->arguments->arch) < 0)
		return -EINVAL;
	plan_want(plan, &bin, false);
	if (plan->source)
		plan_want(plan, path, false);
	return 0;
}

static int
archives_want(struct plan *plan, const struct content *content)
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
		error = archive_want(plan, &path);
	return more < 0 ? more : error;
}

static int
apis_want(struct plan *plan, const char *user, const struct content *content)
{
	struct archives list = { .text = content->text,
	    .size = content->size };
	struct depot_path api;
	int more;

	while ((more = archives_next_api(&list, user, &api)) > 0)
		continue;
	list.at = 0;
	while (more == 0 && archives_next_api(&list, user, &api) > 0)
		plan_want(plan, &api, false);
	return more;
}

int
needs_want(struct plan *plan, const struct depot_path *path)
{
	struct content content = { 0 };
	int error = 0;

	if (path->type == DEPOT_PKG) {
		error = list_read(plan, path, "archives", &content);
		if (error == 0)
			error = archives_want(plan, &content);
	} else if (path->type == DEPOT_SRC && plan->source) {
		error = list_read(plan, path, "used_apis", &content);
		/* A src that uses no api need not say so. */
		error = error == -ENOENT ? 0 : error == 0 ?
		    apis_want(plan, path->user, &content) : error;
	}
	content_free(&content);
	return error == 0 ? 0 : -EINVAL;
}

/*
 * archives.c - walk an `archives` file.  Its text was signed by one publisher,
 * but may name archives of any: each is verified with its own user's key.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "depot/archives.h"
#include "depot/lines.h"

int
archives_next(struct archives *archives, struct depot_path *path)
{
	struct lines lines = { archives->text, archives->size, archives->at };
	struct depot_path next;
	struct slice line;

	if (archives->size > ARCHIVES_MAX)
		return -EINVAL;
	if (lines_next_plain(&lines, &line) == 0)
		return 0;
	if (depot_path_parse(&next, line.text, line.size) != 0 ||
	    (next.type != DEPOT_SRC && next.type != DEPOT_RAW &&
	    next.type != DEPOT_PKG))
		return -EINVAL;
	archives->at = lines.at;
	depot_path_copy(path, &next);
	return 1;
}

static int
api_parse(struct depot_path *api, const char *user, const struct slice *line)
{
	char text[DEPOT_PATH_MAX + 1];
	size_t slashes = 0;

	for (size_t i = 0; i < line->size; i++)
		slashes += line->text[i] == '/';
	if (slashes != 1)
		return depot_path_parse(api, line->text, line->size) < 0 ||
		    api->type != DEPOT_API ? -EINVAL : 0;
	if (line->size > DEPOT_PATH_MAX)
		return -EINVAL;
	int size = snprintf(text, sizeof(text), "%s/api/%.*s", user,
	    (int)line->size, line->text);
	return depot_path_parse(api, text, (size_t)size);
}

int
archives_next_api(struct archives *archives, const char *user,
    struct depot_path *path)
{
	struct lines lines = { archives->text, archives->size, archives->at };
	struct depot_path next;
	struct slice line;

	if (archives->size > ARCHIVES_MAX)
		return -EINVAL;
	if (lines_next_plain(&lines, &line) == 0)
		return 0;
	if (api_parse(&next, user, &line) != 0)
		return -EINVAL;
	archives->at = lines.at;
	depot_path_copy(path, &next);
	return 1;
}

int
archives_bin(struct depot_path *bin, const struct depot_path *src,
    const char *arch)
{
	char text[DEPOT_PATH_MAX + 1];
	const char *name;
	int size;

	if (src->type != DEPOT_SRC)
		return -EINVAL;
	name = src->text + strlen(src->user) + strlen("/src/");
	size = snprintf(text, sizeof(text), "%s/bin/%s/%s", src->user, arch,
	    name);
	/* Also judges whether arch is one element, with a '/' in it there would
	 * be six, and whether the path was cut: size is that of all of it. */
	return size < 0 ? -EINVAL : depot_path_parse(bin, text, (size_t)size);
}

int
archives_dbg(struct depot_path *dbg, const struct depot_path *bin)
{
	char text[DEPOT_PATH_MAX + 1];
	size_t type = strlen(bin->user) + strlen("/");

	if (bin->type != DEPOT_BIN)
		return -EINVAL;
	/* Both words have three letters: everything else stays in its place. */
	memcpy(text, bin->text, sizeof(text));
	memcpy(text + type, "dbg", strlen("dbg"));
	return depot_path_parse(dbg, text, strlen(text));
}

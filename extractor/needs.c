#include <string.h>

#include "extractor/needs.h"

void
needs_init(struct needs *needs)
{
	needs->is_open = needs->is_seen = false;
	needs->size = 0;
}

void
needs_begin(struct needs *needs, const struct entry_path *path)
{
	const char *name = strchr(path->text, '/');

	needs->is_open = name != NULL && strcmp(name, "/archives") == 0;
	needs->is_seen |= needs->is_open;
}

void
needs_add(struct needs *needs, const void *data, size_t size)
{
	if (!needs->is_open || needs->size > ARCHIVES_MAX)
		return;
	if (size <= ARCHIVES_MAX - needs->size)
		memcpy(needs->text + needs->size, data, size);
	needs->size += size;
}

bool
needs_valid(struct needs *needs)
{
	struct archives list = { needs->text, needs->size, 0 };
	struct depot_path path;
	int more = 1;

	if (!needs->is_seen || needs->size > ARCHIVES_MAX)
		return false;
	while (more > 0)
		more = archives_next(&list, &path);
	return more == 0;
}

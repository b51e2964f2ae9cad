/*
 * path_fuzz.c - any bytes as an archive's path.  What is accepted is safe below
 * a directory, and is what it says it is.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "depot/path.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_elements(const char *text)
{
	const char *element = text;

	for (;;) {
		size_t size = strcspn(element, "/");

		assert(size > 0);
		assert(element[0] != '.' && element[0] != '-');
		if (element[size] == '\0')
			return;
		element += size + 1;
	}
}

/* From the flat name there is one way back. */
static void
check_flat(const struct depot_path *path)
{
	char flat[DEPOT_PATH_MAX + 1];

	assert(strchr(path->text, ',') == NULL);
	depot_path_flat(path, flat);
	assert(strchr(flat, '/') == NULL);
	for (char *comma = flat; (comma = strchr(comma, ',')) != NULL;)
		*comma = '/';
	assert(strcmp(flat, path->text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct depot_path path, again;

	if (depot_path_parse(&path, (const char *)data, size) != 0)
		return 0;
	assert(path.type != DEPOT_NO_TYPE);
	assert(strlen(path.text) == size);
	assert(memcmp(path.text, data, size) == 0);
	assert(path.text[0] != '/' && strspn(path.text, "ABCDEFGHIJKLMNOPQRST"
	    "UVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+.:~-/") == size);
	assert(path.top > path.text && path.top[-1] == '/');
	assert(strchr(path.top, '/') == NULL);
	assert(depot_user_valid(path.user));
	check_elements(path.text);
	check_flat(&path);
	assert(depot_path_parse(&again, path.text, strlen(path.text)) == 0);
	assert(again.type == path.type);
	assert(strcmp(again.user, path.user) == 0);
	return 0;
}

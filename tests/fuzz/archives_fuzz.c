/*
 * archives_fuzz.c - any bytes as an `archives` file.  The walk ends; each
 * dependency is a valid path of one of three types; a src archive has a bin.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "depot/archives.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_bin(const struct depot_path *src)
{
	struct depot_path bin;

	if (archives_bin(&bin, src, "x86_64") != 0) {
		assert(strlen(src->text) + strlen("x86_64/") > DEPOT_PATH_MAX);
		return;
	}
	assert(bin.type == DEPOT_BIN);
	assert(strcmp(bin.user, src->user) == 0);
	assert(strcmp(bin.top, src->top) == 0);
	assert(strlen(bin.text) == strlen(src->text) + strlen("x86_64/"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct archives archives = { (const char *)data, size, 0 };
	struct depot_path path, again;
	size_t before = 0;
	int next;

	while ((next = archives_next(&archives, &path)) == 1) {
		assert(archives.at > before && archives.at <= size);
		before = archives.at;
		assert(path.type == DEPOT_SRC || path.type == DEPOT_RAW ||
		    path.type == DEPOT_PKG);
		assert(depot_path_parse(&again, path.text,
		    strlen(path.text)) == 0);
		if (path.type == DEPOT_SRC)
			check_bin(&path);
	}
	assert(next == 0 || next == -EINVAL);
	return 0;
}

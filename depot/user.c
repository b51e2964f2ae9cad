/*
 * user.c - names that come without a path.  By the path's own grammar, so that
 * there is one; apart from it, so that the manager need not have it.
 */
#include <stdio.h>
#include <string.h>

#include "depot/path.h"

bool
depot_user_valid(const char *text)
{
	char path[DEPOT_USER_MAX + sizeof("/raw/name/version")];
	struct depot_path parsed;
	int n = snprintf(path, sizeof(path), "%s/raw/name/version", text);

	return n >= 0 && (size_t)n < sizeof(path) &&
	    depot_path_parse(&parsed, path, (size_t)n) == 0 &&
	    strcmp(parsed.user, text) == 0;
}

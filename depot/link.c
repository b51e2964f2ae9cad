/*
 * link.c - the lexical test of a symbolic link's target.
 */
#include <string.h>

#include "depot/link.h"

bool
link_stays(size_t depth, const char *target)
{
	bool climbing = true;
	size_t up = 0;

	if (target[0] == '\0' || target[0] == '/')
		return false;
	while (*target != '\0') {
		size_t size = strcspn(target, "/");

		if (size == 2 && memcmp(target, "..", 2) == 0) {
			if (!climbing || ++up > depth)
				return false;
		} else {
			climbing = false;
		}
		target += size;
		target += strspn(target, "/");
	}
	return true;
}

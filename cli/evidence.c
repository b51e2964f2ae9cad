#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/evidence.h"
#include "cli/message.h"
#include "depot/quarantine.h"

#define QUARANTINED	".airlock/"	/* beneath public/ */
#define KEPT		"@split"

static void
keep(int public, const char *flat, const char *part)
{
	char from[DEPOT_PATH_MAX + 64], to[DEPOT_PATH_MAX + 64];

	snprintf(from, sizeof(from), QUARANTINED "%s%s", flat, part);
	snprintf(to, sizeof(to), QUARANTINED "%s%s" KEPT, flat, part);
	if (renameat(public, from, public, to) == -1)
		complain("public/%s: it cannot be kept: %s", from,
		    strerror(errno));
}

void
evidence_keep(int public, const struct depot_path *path)
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(path, flat);
	keep(public, flat, "");
	keep(public, flat, QUARANTINE_SIGNATURE);
}

void
evidence_name(char name[STORE_NAME], const char *flat, bool signature)
{
	snprintf(name, STORE_NAME, QUARANTINED "%s%s" KEPT, flat,
	    signature ? QUARANTINE_SIGNATURE : "");
}

bool
evidence_is(const char *name)
{
	size_t size = strlen(name), kept = strlen(KEPT);

	return size > kept && strcmp(name + size - kept, KEPT) == 0;
}

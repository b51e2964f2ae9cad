#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/accepted.h"
#include "cli/message.h"
#include "rpc/cap.h"

static int
is_name(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

/* Of this user; another's would list what is not that one's to list. */
static int
accepted_visit(int dir, const char *user,
    int (*visit)(const struct catalog *, void *), void *context)
{
	struct catalog catalog;
	int error = catalog_open(&catalog, dir, user);

	if (error == 0 && strcmp(catalog.head.user, user) != 0)
		error = -EINVAL;
	if (error < 0) {
		complain(ACCEPTED "/%s: %s", user, error == -EINVAL ?
		    "this is not the catalog of that user" : strerror(-error));
		error = 0;
	} else {
		error = visit(&catalog, context);
	}
	catalog_close(&catalog);
	return error;
}

int
accepted_each(const struct root *root,
    int (*visit)(const struct catalog *, void *), void *context)
{
	CLOSE int dir = root_open(root, ACCEPTED);
	struct dirent **names;
	int error = 0;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	int n = scandirat(dir, ".", &names, is_name, alphasort);
	for (int i = 0; i < n; i++) {
		if (error == 0)
			error = accepted_visit(dir, names[i]->d_name, visit,
			    context);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return error;
}

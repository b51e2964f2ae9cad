#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/publisher.h"
#include "cli/userfile.h"
#include "depot/store.h"
#include "rpc/buffer.h"
#include "verifier/verifier.h"

int
publisher_request(struct cli_key_req *req, const struct arguments *a,
    const char *name)
{
	*req = (struct cli_key_req){ .quorum = 1, .threshold = 1,
	    .level = (uint32_t)a->level };
	if (strlen(name) >= sizeof(req->name))
		return -EINVAL;
	strcpy(req->name, name);
	return 0;
}

static bool
is_known(const struct publishers *all, const char *name)
{
	for (unsigned int i = 0; i < all->count; i++)
		if (strcmp(all->name[i], name) == 0)
			return true;
	return false;
}

enum cli_why
publisher_introduce(struct publishers *all, struct session *session,
    const struct arguments *a, int depot, const char *name)
{
	char path[DEPOT_USER_MAX + sizeof("/" USER_KEY)];
	struct cli_key_req req;

	if (is_known(all, name))
		return WHY_NONE;
	if (all->count == CLI_USERS)
		return WHY_MANY;
	snprintf(path, sizeof(path), "%s/" USER_KEY, name);
	CLOSE int file = store_open_below(depot, path, O_RDONLY | O_NONBLOCK);
	CLOSE int key = file < 0 ? file :
	    buffer_seal_file(file, VERIFIER_KEY_FILE);
	if (key < 0)
		return key == -ENOENT ? WHY_NO_KEY : WHY_BAD_KEY;
	if (publisher_request(&req, a, name) < 0)
		return WHY_SYSTEM;
	strcpy(all->name[all->count++], name);
	return session_publisher(session, &req, key) < 0 ? WHY_SYSTEM :
	    WHY_NONE;
}

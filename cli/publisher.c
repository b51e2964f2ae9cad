#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/message.h"
#include "cli/moment.h"
#include "cli/publisher.h"
#include "cli/terms.h"
#include "cli/userfile.h"
#include "depot/store.h"
#include "rpc/buffer.h"
#include "verifier/verifier.h"

/* Hexadecimal in capital letters, as fpr_parse() has left it. */
static void
window_fill(struct cli_window *to, const struct terms_window *from)
{
	*to = (struct cli_window){ .from = from->from, .until = from->until };
	for (size_t i = 0; from->fpr[2 * i] != '\0'; i++)
		(void)sscanf(&from->fpr[2 * i], "%2hhx", &to->fpr[i]);
}

static void
terms_fill(struct cli_key_req *req, const struct terms *terms)
{
	req->quorum = (uint32_t)terms->quorum;
	req->threshold = (uint32_t)terms->threshold;
	req->flags = (terms->require_binding ? CLI_REQUIRE_BINDING : 0) |
	    (terms->old_algorithms ? CLI_OLD_ALGORITHMS : 0) |
	    (terms->own_signatures ? CLI_OWN_SIGNATURES : 0);
	req->nwindows = (uint32_t)terms->nwindows;
	for (size_t i = 0; i < terms->nwindows; i++)
		window_fill(&req->windows[i], &terms->windows[i]);
}

/* Of a publisher of the depot: its terms, which may not be less than they were;
 * of none: what the command line says. */
static int
terms_find(struct terms *terms, const struct arguments *a, const char *name)
{
	struct root root;

	*terms = (struct terms){ .quorum = a->quorum,
	    .threshold = a->threshold, .require_binding = a->require_binding };
	if (name[0] == '\0')
		return 0;
	if (root_choose(&root, a) < 0 ||
	    terms_read(terms, &root, a, name) != STATUS_DONE ||
	    terms_are_less(terms, &root, name))
		return -EPERM;
	return 0;
}

int
publisher_request(struct cli_key_req *req, const struct arguments *a,
    const char *name)
{
	struct terms terms;

	*req = (struct cli_key_req){ .level = (uint32_t)a->level };
	if (strlen(name) >= sizeof(req->name))
		return -EINVAL;
	strcpy(req->name, name);
	if (a->as_of != NULL && moment_parse(a->as_of, &req->as_of) < 0) {
		complain("--as-of %s: this is no time", a->as_of);
		advise("2026-01-31, 2026-01-31T23:59:59Z or @SECONDS, in UTC");
		return -EINVAL;
	}
	int error = terms_find(&terms, a, name);
	if (error == 0)
		terms_fill(req, &terms);
	return error;
}

static bool
is_known(const struct publishers *all, const char *name)
{
	for (unsigned int i = 0; i < all->count; i++)
		if (strcmp(all->name[i], name) == 0)
			return true;
	return false;
}

/* Now that something of this publisher's is wanted: 0 or -errno, said so. */
static int
terms_keep(const struct arguments *a, const struct cli_key_req *req)
{
	const struct terms terms = { .quorum = req->quorum,
	    .threshold = req->threshold };
	struct root root;
	int error = root_choose(&root, a);

	if (error == 0)
		error = terms_remember(&terms, &root, req->name);
	if (error < 0)
		complain("%s: its terms cannot be remembered: %s", req->name,
		    strerror(-error));
	return error;
}

enum cli_why
publisher_introduce(struct publishers *all, struct session *session,
    const struct arguments *a, int depot, const char *name,
    uint32_t flags)
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
	if (publisher_request(&req, a, name) < 0 || terms_keep(a, &req) < 0)
		return WHY_TERMS;
	req.flags |= flags;
	strcpy(all->name[all->count++], name);
	return session_publisher(session, &req, key) < 0 ? WHY_SYSTEM :
	    WHY_NONE;
}

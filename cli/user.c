#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/catalogs.h"
#include "cli/command.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/keyfile.h"
#include "cli/message.h"
#include "cli/root.h"
#include "cli/user_policy.h"
#include "cli/userfile.h"
#include "rpc/cap.h"

static enum status
not_known(const char *user)
{
	complain("%s: no such user", user);
	advise("airlock user list names those that are known");
	return STATUS_FAILED;
}

/* ---- user list, user show ---- */

/* The lines of a `download` file, one by one: each gets an end in place. */
static char *
next_url(char **rest)
{
	char *line;

	while ((line = strsep(rest, "\n")) != NULL)
		if (line[strspn(line, " \t\r")] != '\0')
			return line;
	return NULL;
}

static void
json_urls(struct content *origin)
{
	char *rest = origin->text, *url;

	json_array("urls");
	while ((url = next_url(&rest)) != NULL)
		json_text(NULL, url);
	json_array_end();
}

/* Of one user directory; a publisher has at least one of the two files. */
static void
list_user(int depot, const char *name, bool json)
{
	struct content origin = { 0 };
	CLOSE int dir = openat(depot, name, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	bool key = dir != -1 && faccessat(dir, USER_KEY, F_OK, 0) == 0;

	if (dir == -1 || (content_read(&origin, dir, USER_ORIGIN) < 0 && !key))
		return;
	if (json) {
		json_begin("user");
		json_text("user", name);
		json_bool("key", key);
		json_urls(&origin);
		json_end();
	} else {
		char *rest = origin.text;
		const char *url = next_url(&rest);
		say("%-15s %s%s", name, url == NULL ? "(no origin)" : url,
		    key ? "" : "  (no key)");
	}
	content_free(&origin);
}

static int
is_user(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

enum status
user_list_run(const struct arguments *a)
{
	struct dirent **entries;
	struct root root;

	if (root_choose(&root, a) < 0)
		return STATUS_FAILED;
	CLOSE int depot = root_open(&root, "depot");
	if (depot < 0)
		return depot == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	int n = scandirat(depot, ".", &entries, is_user, alphasort);
	if (n == -1) {
		complain("%s/depot: %s", root.path, strerror(errno));
		return STATUS_FAILED;
	}
	for (int i = 0; i < n; i++) {
		list_user(depot, entries[i]->d_name, a->json);
		free(entries[i]);
	}
	free(entries);
	return STATUS_DONE;
}

static void
show_user(const struct arguments *a, struct content *origin,
    const struct cli_key_rep *keys, const struct terms *terms, size_t archives)
{
	if (a->json) {
		json_begin("user");
		json_text("user", a->words[0]);
		json_urls(origin);
		json_number("archives", (int64_t)archives);
		keys_json(keys);
		terms_json(terms);
		json_end();
		return;
	}
	say("%s: %zu archives in the depot", a->words[0], archives);
	char *rest = origin->text, *url;
	for (const char *what = "origin"; (url = next_url(&rest)) != NULL;
	    what = "mirror")
		say("%s  %s", what, url);
	keys_say(keys);
	terms_say(terms);
}

enum status
user_show_run(const struct arguments *a)
{
	const char *name = a->words[0];
	struct cli_key_rep keys = { 0 };
	struct content origin = { 0 };
	struct inventory inventory;
	struct terms terms;
	struct root root;
	enum status status = user_root(&root, a, name);

	if (status != STATUS_DONE)
		return status;
	CLOSE int dir = userdir_open(&root, name);
	if (dir < 0)
		return dir == -ENOENT ? not_known(name) : STATUS_FAILED;
	bool has_origin = content_read(&origin, dir, USER_ORIGIN) == 0;
	if (faccessat(dir, USER_KEY, F_OK, 0) == 0) {
		CLOSE int key = keyfile_open(dir, USER_KEY, USER_KEY);
		status = key < 0 ? STATUS_FAILED :
		    keys_ask(a, key, &keys, USER_KEY);
	} else if (!has_origin) {
		return not_known(name);
	}
	if (status == STATUS_DONE)
		status = terms_read(&terms, &root, a, name);
	if (status == STATUS_DONE &&
	    inventory_read(&inventory, &root, name) < 0)
		status = STATUS_FAILED;
	if (status == STATUS_DONE) {
		show_user(a, &origin, &keys, &terms, inventory.count);
		inventory_free(&inventory);
	}
	content_free(&origin);
	return status;
}

/* ---- user remove ---- */

/* Archives whose publisher is not known could not be checked any more. */
static enum status
check_unused(const struct arguments *a, const struct root *root)
{
	struct inventory inventory;

	if (a->force)
		return STATUS_DONE;
	if (inventory_read(&inventory, root, a->words[0]) < 0)
		return STATUS_FAILED;
	size_t count = inventory.count;
	inventory_free(&inventory);
	if (count == 0)
		return STATUS_DONE;
	complain("%s: %zu of this user's archives are in the depot",
	    a->words[0], count);
	advise("airlock list %s names them; --force forgets the key all the "
	    "same", a->words[0]);
	return STATUS_FAILED;
}

/* Key first: what has no key is not trusted. */
static enum status
remove_files(const struct root *root, const char *name, int dir)
{
	static const char *const files[] = { USER_KEY, USER_ORIGIN };
	size_t removed = 0;

	for (size_t i = 0; i < 2; i++) {
		if (unlinkat(dir, files[i], 0) == 0) {
			removed++;
		} else if (errno != ENOENT) {
			complain("%s/depot/%s/%s: %s", root->path, name,
			    files[i], strerror(errno));
			return STATUS_FAILED;
		}
	}
	return removed == 0 ? not_known(name) : STATUS_DONE;
}

enum status
user_remove_run(const struct arguments *a)
{
	const char *name = a->words[0];
	struct root root;
	enum status status = user_root(&root, a, name);

	if (status != STATUS_DONE)
		return status;
	CLOSE int dir = userdir_open(&root, name);
	if (dir < 0)
		return dir == -ENOENT ? not_known(name) : STATUS_FAILED;
	status = check_unused(a, &root);
	if (status == STATUS_DONE)
		status = remove_files(&root, name, dir);
	if (status == STATUS_DONE)
		catalogs_forget(&root, name);
	CLOSE int depot = root_open(&root, "depot");
	/* Goes if nothing of the user is left in it; else it stays. */
	if (status == STATUS_DONE && depot >= 0 &&
	    unlinkat(depot, name, AT_REMOVEDIR) == 0)
		fsync(depot);
	if (status == STATUS_DONE && !a->quiet && !a->json)
		say("%s: forgotten", name);
	return status;
}

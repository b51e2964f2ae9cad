/*
 * A catalog's signature stands for the archives that it lists.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rpc/cap.h"
#include "trust/trust.h"

enum cli_why
catalog_accept(const struct check *check, int catalog)
{
	struct user *user = check->user;
	const struct cli_key_req *policy = &user->policy;
	int64_t now = policy->as_of != 0 ? policy->as_of : time(NULL);
	struct catalog_head head;
	char text[CATALOG_HEAD];
	ssize_t n = pread(catalog, text, sizeof(text), 0);

	if (n < 0 || catalog_head_parse(text, (size_t)n, &head) < 0 ||
	    strcmp(head.user, policy->name) != 0 || head.serial == 0)
		return WHY_CATALOG;
	if (head.serial < policy->serial)
		return WHY_ROLLBACK;
	if (head.expires <= now && !(policy->flags & CLI_EXPIRED_CATALOG))
		return WHY_FROZEN;
	cap_close_fd(&user->catalog);
	user->catalog = dup(catalog);
	user->voucher = *check;
	user->voucher.serial = head.serial;
	return WHY_NONE;
}

enum cli_why
catalog_vouch(struct check *check, uint64_t offset,
    struct catalog_entry *entry)
{
	const struct user *user = check->user;
	const char *path = check->path;
	char text[1 + CATALOG_LINE];
	/* From the end of the line before: the cli may be wrong about where. */
	ssize_t n = pread(user->catalog, text, sizeof(text),
	    (off_t)(offset - 1));

	if (n < 1 || text[0] != '\n' || catalog_archive_parse(text + 1, (size_t)n - 1,
	    entry) < 0 || strcmp(entry->path.text, path) != 0)
		return WHY_UNLISTED;
	if (user->policy.flags & CLI_OWN_SIGNATURES)
		check->serial = user->voucher.serial;
	else
		*check = user->voucher;
	check->path = path;
	return WHY_NONE;
}

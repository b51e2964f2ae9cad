/*
 * A catalog's signature stands for the archives that it lists.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rpc/cap.h"
#include "trust/trust.h"

int
catalog_accept(const struct check *check, int catalog)
{
	struct user *user = check->user;

	cap_close_fd(&user->catalog);
	user->catalog = fcntl(catalog, F_DUPFD_CLOEXEC, 0);
	user->voucher = *check;
	return user->catalog == -1 ? -errno : 0;
}

enum cli_why
catalog_vouch(struct check *check, uint64_t offset, uint8_t digest[SHA256_SIZE])
{
	const struct user *user = check->user;
	const char *path = check->path;
	char text[1 + CATALOG_LINE];
	struct catalog_entry entry;
	/* From the end of the line before: the cli may be wrong about where. */
	ssize_t n = pread(user->catalog, text, sizeof(text),
	    (off_t)(offset - 1));

	if (n < 1 || text[0] != '\n' || catalog_archive_parse(text + 1,
	    (size_t)n - 1, &entry) < 0 || strcmp(entry.path.text, path) != 0)
		return WHY_UNLISTED;
	if (!(user->policy.flags & CLI_OWN_SIGNATURES))
		*check = user->voucher;
	check->path = path;
	check->listed = true;
	memcpy(digest, entry.digest, SHA256_SIZE);
	return WHY_NONE;
}

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/tag.h"
#include "rpc/cap.h"

bool
tag_read(int quarantine, const char *name, struct url_tag *tag)
{
	char tag_name[STORE_NAME];

	snprintf(tag_name, sizeof(tag_name), "%s" QUARANTINE_TAGGED, name);
	CLOSE int fd = openat(quarantine, tag_name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC);
	return fd != -1 && pread(fd, tag, sizeof(*tag), 0) == sizeof(*tag) &&
	    memchr(tag->host, '\0', sizeof(tag->host)) != NULL &&
	    memchr(tag->validator, '\0', sizeof(tag->validator)) != NULL &&
	    tag->validator[0] != '\0';
}

void
tag_write(int quarantine, const struct depot_path *path,
    const struct url_tag *tag)
{
	char name[STORE_NAME], flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(path, flat);
	snprintf(name, sizeof(name), "%s" QUARANTINE_TAGGED, flat);
	/* What is named no more must not keep the name of what was there. */
	(void)unlinkat(quarantine, name, 0);
	if (tag->validator[0] == '\0')
		return;
	CLOSE int fd = openat(quarantine, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0644);
	if (fd != -1)
		(void)!write(fd, tag, sizeof(*tag));
}

void
tag_tidy(int quarantine, const struct depot_path *path)
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(path, flat);
	if (faccessat(quarantine, flat, F_OK, AT_SYMLINK_NOFOLLOW) == -1)
		tag_write(quarantine, path, &(struct url_tag){ "", "" });
}

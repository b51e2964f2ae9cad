/*
 * locked.h - lockfiles (depot/lockfile.h): written after an install, and obeyed
 * by one.
 */
#ifndef CLI_LOCKED_H
#define CLI_LOCKED_H

#include <limits.h>
#include <stddef.h>

#include "cli/cli.h"
#include "cli/status.h"
#include "depot/lockfile.h"

struct plan;

struct locked {
	struct lockfile_entry	*entries;	/* owned; sorted by path */
	size_t			 count;
};

/* Read the file: STATUS_DONE, or another, said so; then locked_free(). */
enum status locked_read(struct locked *, const char *file);
void	locked_free(struct locked *);
/* The entry of an archive, or NULL. */
const struct lockfile_entry *locked_find(const struct locked *,
    const struct depot_path *);
/* Is what is installed, by its receipt, what the entry says?  WHY_NONE;
 * WHY_DIGEST: other content; WHY_OTHER_KEY: another one's signature. */
enum cli_why locked_compare(const struct lockfile_entry *, int receipts);

/* The directory that this file is written in, in dir; of NULL none: "". */
const char *locked_directory(const char *file, char dir[PATH_MAX]);
/* Write what the plan has installed or found, all of it, by its receipts:
 * STATUS_DONE, or another, said so, and the file is as it was. */
enum status locked_write(const struct plan *, const char *file);

#endif /* CLI_LOCKED_H */

/*
 * store.c - what is done within ROOT's directories.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "depot/store.h"
#include "rpc/cap.h"

int
store_open_below(int dir, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)(flags | O_CLOEXEC),
	    .mode = flags & O_CREAT ? 0644 : 0,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd == -1 ? -errno : fd;
}

/* 0, or -EEXIST if anything has the archive's name. */
static int
path_is_free(struct store *s, const struct depot_path *path)
{
	CLOSE int fd = store_open_below(s->depot, path->text, O_PATH);

	return fd >= 0 || fd == -ELOOP ? -EEXIST : fd == -ENOENT ? 0 : fd;
}

int
store_receipt(struct store *s, const struct depot_path *path, uint32_t job)
{
	char name[DEPOT_PATH_MAX + 1], from[STORE_NAME], to[STORE_NAME];
	int error = path_is_free(s, path);

	/* What is installed keeps its receipt. */
	if (error < 0)
		return error;
	depot_path_flat(path, name);
	snprintf(from, sizeof(from), "%u/" STORE_MANIFEST, job);
	snprintf(to, sizeof(to), "%s" STORE_MANIFESTED, name);
	return renameat(s->staging, from, s->receipts, to) == -1 ? -errno :
	    store_open_below(s->receipts, name, O_WRONLY | O_CREAT | O_TRUNC);
}

void
store_receipt_remove(struct store *s, const struct depot_path *path)
{
	char name[STORE_NAME];

	depot_path_flat(path, name);
	unlinkat(s->receipts, name, 0);
	strcat(name, STORE_MANIFESTED);
	unlinkat(s->receipts, name, 0);
}

int
store_sync(struct store *s)
{
	/* One file system as a rule: then the second has nothing to do. */
	return syncfs(s->depot) == -1 || syncfs(s->receipts) == -1 ? -errno : 0;
}

int
store_commit(struct store *s, const struct depot_path *path, uint32_t job)
{
	char from[STORE_NAME], parent[STORE_NAME];

	snprintf(parent, sizeof(parent), "%.*s", (int)(path->top - path->text),
	    path->text);
	CLOSE int to = store_open_below(s->depot, parent,
	    O_RDONLY | O_DIRECTORY);
	if (to < 0)
		return to;
	snprintf(from, sizeof(from), "%u/%s", job, path->top);
	/* Some file systems lack the flag; the lock keeps airlocks out. */
	return renameat2(s->staging, from, to, path->top,
	    RENAME_NOREPLACE) == -1 && (errno != EINVAL ||
	    renameat(s->staging, from, to, path->top) == -1) ? -errno : 0;
}

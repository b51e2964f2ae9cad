/*
 * root.c - what the manager need not do with ROOT's directories: it is started
 * with them open (cli/start.c), and has no name for what is above them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/quarantine.h"
#include "depot/store.h"
#include "rpc/cap.h"

/* A directory of ours: made if it is missing, refused if it is another's. */
static int
directory_open(int parent, const char *name, mode_t mode, int *fd)
{
	struct stat st;

	if (mkdirat(parent, name, mode) == -1 && errno != EEXIST)
		return -errno;
	*fd = store_open_below(parent, name, O_RDONLY | O_DIRECTORY);
	if (*fd < 0)
		return *fd;
	if (fstat(*fd, &st) == -1)
		return -errno;
	return (st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) ? -EPERM : 0;
}

int
store_open(struct store *s, const char *root)
{
	CLOSE int top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLOSE int own = -1, state = -1, hidden = -1;
	const struct { int *fd; const int *parent; const char *name;
		mode_t mode; } rows[] = {
		{ &own, &top, ".", 0755 },
		{ &s->depot, &own, "depot", 0755 },
		{ &s->public, &own, "public", 0755 },
		{ &state, &own, "state", 0755 },
		{ &s->receipts, &state, "receipts", 0755 },
		{ &s->quarantine, &s->public, ".airlock", 0700 },
		{ &hidden, &s->depot, ".airlock", 0700 },
		/* Hidden, and yet to be passed through: the extractor's uid
		 * must reach its own part of it. */
		{ &s->staging, &hidden, "staging", 0711 },
	};
	int error = top == -1 ? -errno : 0;

	*s = STORE_NONE;
	for (size_t i = 0; error == 0 && i < sizeof(rows) / sizeof(rows[0]);
	    i++)
		error = directory_open(*rows[i].parent, rows[i].name,
		    rows[i].mode, rows[i].fd);
	if (error == 0 && fchmod(s->staging, 0711) == -1)
		error = -errno;
	if (error < 0)
		store_close(s);
	return error;
}

void
store_close(struct store *s)
{
	cap_close_fd(&s->depot);
	cap_close_fd(&s->public);
	cap_close_fd(&s->receipts);
	cap_close_fd(&s->quarantine);
	cap_close_fd(&s->staging);
}

int
store_stage(int staging, uint32_t job, uint32_t uid)
{
	char name[STORE_NAME];

	snprintf(name, sizeof(name), "%u", job);
	if (mkdirat(staging, name, 0700) == -1)
		return -errno;
	/* EINVAL: in our user namespace there is no such uid, and so nobody
	 * else's process either; its workers have ours. */
	return geteuid() == 0 && fchownat(staging, name, uid, uid,
	    AT_SYMLINK_NOFOLLOW) == -1 && errno != EINVAL ? -errno : 0;
}

/* Its name in quarantine. */
static void
quarantined_name(char name[STORE_NAME], const struct depot_path *path,
    bool signature)
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(path, flat);
	snprintf(name, STORE_NAME, "%s%s", flat,
	    signature ? QUARANTINE_SIGNATURE : "");
}

int
store_publish(int quarantine, int public, const struct depot_path *path,
    bool signature)
{
	char from[STORE_NAME], to[STORE_NAME];

	quarantined_name(from, path, signature);
	snprintf(to, sizeof(to), "%s%s%s", path->text, depot_path_suffix(path),
	    signature ? ".sig" : "");
	if (renameat(quarantine, from, public, to) == -1)
		return -errno;
	strcat(from, QUARANTINE_TAGGED);
	(void)unlinkat(quarantine, from, 0);
	return 0;
}

void
store_discard(int quarantine, const struct depot_path *path)
{
	char name[STORE_NAME];

	for (int signature = 0; signature <= 1; signature++) {
		quarantined_name(name, path, signature == 1);
		(void)unlinkat(quarantine, name, 0);
		strcat(name, QUARANTINE_TAGGED);
		(void)unlinkat(quarantine, name, 0);
	}
}

void
store_unstage(struct store *s, uint32_t job)
{
	char name[STORE_NAME];

	snprintf(name, sizeof(name), "%u", job);
	unlinkat(s->staging, name, AT_REMOVEDIR);
}

int
store_make_parents(int dir, const char *path)
{
	char at[STORE_NAME];

	for (const char *p = path; (p = strchr(p, '/')) != NULL; p++) {
		snprintf(at, sizeof(at), "%.*s", (int)(p - path), path);
		if (mkdirat(dir, at, 0755) == -1 && errno != EEXIST)
			return -errno;
		/* mkdir() would follow a symbolic link in the next round. */
		CLOSE int fd = store_open_below(dir, at, O_PATH | O_DIRECTORY);
		if (fd < 0)
			return fd;
	}
	return 0;
}

int
store_open_parent(int dir, const char *path)
{
	const char *last = strrchr(path, '/');
	char parent[DEPOT_PATH_MAX + 1];

	snprintf(parent, sizeof(parent), "%.*s",
	    last == NULL ? 1 : (int)(last - path), last == NULL ? "." : path);
	return store_open_below(dir, parent, O_RDONLY | O_DIRECTORY);
}

void
store_remove_parents(int dir, const struct depot_path *path)
{
	char parent[DEPOT_PATH_MAX + 1], *slash;

	snprintf(parent, sizeof(parent), "%s", path->text);
	while ((slash = strrchr(parent, '/')) != NULL) {
		*slash = '\0';
		const char *last = strrchr(parent, '/');
		CLOSE int above = store_open_parent(dir, parent);
		if (above < 0 || unlinkat(above, last == NULL ? parent :
		    last + 1, AT_REMOVEDIR) == -1)
			return;
	}
}

/*
 * root.c - what the manager need not do with ROOT's directories: it is started
 * with them open (cli/start.c), and has no name for what is above them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

void
store_unstage(struct store *s, uint32_t job)
{
	char name[STORE_NAME];

	snprintf(name, sizeof(name), "%u", job);
	unlinkat(s->staging, name, AT_REMOVEDIR);
}

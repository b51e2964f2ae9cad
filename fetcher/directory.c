#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fetcher/directory.h"
#include "rpc/cap.h"

static struct directory {
	struct session	*session;
	int		 root;
	struct transfer	*transfer;	/* being read; or NULL */
	int		 fd;		/* its file */
	uint64_t	 size;		/* bytes, when it was opened */
} directory = { .root = -1, .fd = -1 };

bool
directory_given(void)
{
	return access(DIRECTORY_ORIGIN, F_OK) == 0;
}

int
directory_init(void)
{
	directory.root = open(DIRECTORY_ORIGIN,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return directory.root == -1 ? -errno : 0;
}

static bool
path_climbs(const char *path)
{
	for (; path != NULL; path = strchr(path, '/')) {
		path += strspn(path, "/");
		if (strncmp(path, "..", 2) == 0 &&
		    (path[2] == '/' || path[2] == '\0'))
			return true;
	}
	return false;
}

/*
 * A mirror may have links within itself; none leads out of it.  O_NONBLOCK: a
 * fifo does not hold us up.  Before Linux 5.6, and in containers that know no
 * newer call, the path is looked at instead, and the walls around this process
 * must do for the links on the way.
 */
static int
file_open(int root, const char *target)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	const char *path = target + strspn(target, "/");
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		fd = path_climbs(path) ? (errno = ENOENT, -1) :
		    openat(root, path, (int)how.flags | O_NOFOLLOW);
	return fd == -1 ? -errno : fd;
}

static enum fetcher_outcome
outcome_of(int error)
{
	switch (error) {
	case ENOENT: case ENOTDIR: case ELOOP: case EXDEV: case ENAMETOOLONG:
		return FETCHER_NOT_FOUND;
	case EACCES: case EPERM:
		return FETCHER_FORBIDDEN;
	default:
		return FETCHER_NETWORK;
	}
}

static void
file_end(struct directory *d, enum fetcher_outcome outcome)
{
	cap_close_fd(&d->fd);
	session_end(d->session, d->transfer, outcome);
	d->transfer = NULL;
}

/* What tells this content from what was there before, and is quick to get. */
static void
validator_make(const struct stat *st, char out[FETCHER_VALIDATOR])
{
	snprintf(out, FETCHER_VALIDATOR, "%llx-%llx-%llx.%lx",
	    (unsigned long long)st->st_ino, (unsigned long long)st->st_size,
	    (unsigned long long)st->st_mtim.tv_sec,
	    (unsigned long)st->st_mtim.tv_nsec);
}

static void
file_begin(struct directory *d, struct transfer *t)
{
	char validator[FETCHER_VALIDATOR];
	struct stat st;

	d->transfer = t;
	t->state = TRANSFER_ACTIVE;
	d->fd = file_open(d->root, t->req.target);
	if (d->fd < 0) {
		int error = -d->fd;
		d->fd = -1;
		file_end(d, outcome_of(error));
		return;
	}
	if (fstat(d->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		file_end(d, FETCHER_NOT_FOUND);
		return;
	}
	d->size = (uint64_t)st.st_size;
	validator_make(&st, validator);
	session_head(d->session, t, t->offset > 0 && (t->offset > d->size ||
	    strcmp(validator, t->req.validator) != 0), d->size, validator);
}

/* The next slot: true, if it makes sense to go on. */
static bool
file_read(struct directory *d)
{
	struct transfer *t = d->transfer;

	if (t->stopped || t->offset > t->req.max) {
		file_end(d, FETCHER_STOPPED);
		return true;
	}
	if (t->offset == d->size) {
		file_end(d, FETCHER_DONE);
		return true;
	}
	unsigned char *slot = session_slot_take(d->session, t);
	if (slot == NULL)
		return false;
	uint64_t left = d->size - t->offset;
	ssize_t n = pread(d->fd, slot, left < SLOT_SIZE ? left : SLOT_SIZE,
	    (off_t)t->offset);
	session_slot_filled(d->session, t, n > 0 ? (uint32_t)n : 0);
	/* It became shorter, or the disk fails. */
	if (n <= 0)
		file_end(d, FETCHER_NETWORK);
	return true;
}

static void
directory_turn(struct directory *d)
{
	struct transfer *t;

	do {
		if (d->transfer == NULL && (t = session_oldest(d->session,
		    TRANSFER_WAITING)) != NULL)
			file_begin(d, t);
		else if (d->transfer == NULL)
			return;
	} while (d->transfer == NULL || file_read(d));
}

int
directory_serve(struct session *s)
{
	int error;

	directory.session = s;
	while ((error = session_wait(s)) == 0)
		directory_turn(&directory);
	return error == -EPIPE ? 0 : error;
}

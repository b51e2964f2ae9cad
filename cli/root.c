#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/root.h"
#include "rpc/cap.h"

static const char *const subdirectories[] = {
	"depot", "public", "state", "etc", "etc/users",
};

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

static int
path_set(struct root *root, const char *directory, const char *below)
{
	int n = snprintf(root->path, sizeof(root->path), "%s%s", directory,
	    below);

	if (n >= (int)sizeof(root->path)) {
		complain("%s: this path is too long", directory);
		return -ENAMETOOLONG;
	}
	return 0;
}

static int
choose_default(struct root *root)
{
	const char *data = environment("XDG_DATA_HOME");
	const char *home = environment("HOME");

	if (geteuid() == 0)
		return path_set(root, "/var/lib/airlock", "");
	/* A relative one is to be ignored (XDG base directories). */
	if (data != NULL && data[0] == '/')
		return path_set(root, data, "/airlock");
	if (home != NULL && home[0] == '/')
		return path_set(root, home, "/.local/share/airlock");
	complain("no HOME in the environment, so no place for a depot");
	advise("--root DIR says where it is");
	return -ENOENT;
}

int
root_choose(struct root *root, const struct arguments *a)
{
	const char *named = a->root != NULL ? a->root :
	    environment("AIRLOCK_ROOT");

	root->named = named != NULL;
	return named != NULL ? path_set(root, named, "") : choose_default(root);
}

/* mkdir -p, of a path that is left as it was. */
static int
make_path(char *path)
{
	for (char *p = path + 1;; p++) {
		char c = *p;
		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		int failed = mkdir(path, 0755) == -1 && errno != EEXIST ?
		    errno : 0;
		*p = c;
		/* A parent that is there may answer otherwise than EEXIST. */
		if (c == '\0')
			return -failed;
	}
}

/* Who can write here decides whom we trust: the user, or root. */
static int
check_owner(int fd, const char *path, const char *below)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -errno;
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
	    (st.st_uid != geteuid() && st.st_uid != 0)) {
		complain("%s%s%s: others than you may write it", path,
		    below[0] == '\0' ? "" : "/", below);
		advise("a depot must be its user's alone: chmod go-w, or "
		    "another --root");
		return -EPERM;
	}
	return 0;
}

static int
make_subdirectory(int dir, const char *path, const char *name)
{
	if (mkdirat(dir, name, 0755) == -1 && errno != EEXIST) {
		int error = -errno;
		complain("%s/%s: %s", path, name, strerror(errno));
		return error;
	}
	CLOSE int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd == -1) {
		int error = -errno;
		complain("%s/%s: %s", path, name, strerror(errno));
		return error;
	}
	return check_owner(fd, path, name);
}

int
root_make(const struct root *root)
{
	struct root copy = *root;
	int error = make_path(copy.path);

	if (error < 0) {
		complain("%s: cannot be created: %s", root->path,
		    strerror(-error));
		advise("--root DIR names another place for the depot");
		return error;
	}
	CLOSE int dir = open(root->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1) {
		error = -errno;
		complain("%s: %s", root->path, strerror(errno));
		return error;
	}
	error = check_owner(dir, root->path, "");
	for (size_t i = 0; error == 0 && i < sizeof(subdirectories) /
	    sizeof(subdirectories[0]); i++)
		error = make_subdirectory(dir, root->path, subdirectories[i]);
	return error;
}

int
root_open(const struct root *root, const char *below)
{
	CLOSE int dir = open(root->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1 && (errno != ENOENT || root->named)) {
		int error = errno == ENOENT ? -ENOTDIR : -errno;
		complain("%s: %s", root->path, strerror(errno));
		return error;
	}
	if (dir == -1)
		return -ENOENT;
	int fd = openat(dir, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT) {
		int error = -errno;
		complain("%s/%s: %s", root->path, below, strerror(errno));
		return error;
	}
	return fd == -1 ? -ENOENT : fd;
}

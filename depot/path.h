/*
 * path.h - names of archives in a depot, made from untrusted text.
 *
 * The only way from text to a name: whoever holds a struct depot_path holds a
 * path that is safe to append to a directory.  Pure; no allocation.  The format
 * is that of Genode's depots (doc/ARCHITECTURE.md).
 */
#ifndef DEPOT_PATH_H
#define DEPOT_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define DEPOT_PATH_MAX	200	/* longest path, bytes: with suffixes, and with
				 * ',' for '/', it still is a file's name */
#define DEPOT_USER_MAX	64

enum depot_type {
	DEPOT_NO_TYPE = 0,
	DEPOT_API,		/* user/api/name/version */
	DEPOT_SRC,
	DEPOT_RAW,
	DEPOT_PKG,
	DEPOT_BIN,		/* user/bin/arch/name/version */
	DEPOT_DBG,
	DEPOT_INDEX,		/* user/index/version, a single file */
	DEPOT_IMAGE,		/* user/image/name */
	DEPOT_IMAGE_INDEX,	/* user/image/index, a single file */
	DEPOT_CATALOG,		/* user/catalog, a single file, not installed */
	/* Other forms of an image, kept as they are: no path says which. */
	DEPOT_IMAGE_DISK,	/* .img.xz */
	DEPOT_IMAGE_ZIP,	/* .zip */
};

struct depot_path {
	enum depot_type	 type;
	char		 text[DEPOT_PATH_MAX + 1];
	char		 user[DEPOT_USER_MAX + 1];
	const char	*top;	/* last element, within text: the archive's
				 * required top directory */
};

/* Parse size bytes (no end needed) into *path: 0, or -EINVAL (then *path is
 * as it was).  An element is [A-Za-z0-9_+.:~-]+, is not "." or "..", does not
 * begin with "." or "-". */
int	depot_path_parse(struct depot_path *path, const char *text,
	    size_t size);
/* Copy: top is relocated. */
void	depot_path_copy(struct depot_path *to, const struct depot_path *from);
/* Is text a valid user name (one path element, at most DEPOT_USER_MAX)? */
bool	depot_user_valid(const char *text);
/* A single compressed file rather than a directory? */
bool	depot_path_is_file(const struct depot_path *);
/* Suffix of what a server serves: ".tar.xz", ".xz", ".img.xz", ".zip"
 * (suffix.c: the manager does not ask). */
const char *depot_path_suffix(const struct depot_path *);
/* The path with ',' for '/', which no element has: one flat file name, at most
 * DEPOT_PATH_MAX bytes and its end, in name[]. */
void	depot_path_flat(const struct depot_path *,
	    char name[DEPOT_PATH_MAX + 1]);

#endif /* DEPOT_PATH_H */

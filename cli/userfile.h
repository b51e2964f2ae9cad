/*
 * userfile.h - the two files that make a publisher known:
 * ROOT/depot/USER/pubkey and ROOT/depot/USER/download.
 */
#ifndef CLI_USERFILE_H
#define CLI_USERFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/root.h"
#include "cli/status.h"
#include "depot/url.h"

#define USER_KEY	"pubkey"
#define USER_ORIGIN	"download"

/* A small file's content. */
struct content {
	char	*text;		/* owned, with an end after it */
	size_t	 size;		/* bytes */
};

/* Is it a user's name; and which ROOT: STATUS_DONE, or another, said so. */
enum status user_root(struct root *, const struct arguments *,
    const char *user);
/* ROOT/depot/USER: a descriptor, or -ENOENT, not said, or -errno, said so. */
int	userdir_open(const struct root *, const char *user);
/* The same; made if it is not there. */
int	userdir_make(const struct root *, const char *user);

/* Read the whole file, of dir or (name NULL) dir itself: 0, or -errno, not
 * said. */
int	content_read(struct content *, int dir, const char *name);
void	content_free(struct content *);
/* Replace the file at once and whole, so that a crash leaves the old or the new
 * one: 0, or -errno, not said. */
int	content_write(const struct content *, int dir, const char *name);

/* Both, from one directory into another: 0, or -errno, not said. */
int	content_copy(int from, int to, const char *name);

/* The n-th line, from 0, of a user's `download`, below the directory `depot`: as
 * url_line(); 0 as well if there is no such file. */
int	origin_line(struct url *, int depot, const char *user, unsigned int n);
/* Array size for a URL as text: scheme, "://[", host, "]:65535", path. */
#define ORIGIN_TEXT	(URL_HOST + URL_PATH + 24)
/* As it may be written there, without a usual port. */
void	origin_text(char text[ORIGIN_TEXT], const struct url *);

#endif /* CLI_USERFILE_H */

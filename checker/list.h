/*
 * list.h - a manifest in memory, to look paths up in.
 */
#ifndef CHECKER_LIST_H
#define CHECKER_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "checker/checker.h"
#include "depot/manifest.h"

/* What has become of a line's entry. */
enum listed_state {
	LISTED_WANTING = 0,	/* not met yet */
	LISTED_MET,
	LISTED_LOST,		/* something else is in its place, or it cannot
				 * be read: what was in it is not looked for */
};

/* A hard link has become a line of its file's kind, mode, size and digest. */
struct listed {
	struct manifest_line	line;
	enum listed_state	state;
};

struct list {
	char		*text;		/* owned; the lines point into it */
	size_t		 size;
	struct listed	*lines;		/* owned; sorted by path */
	size_t		 count, room;
	int		 error;		/* errno, with CHECKER_SYSTEM */
	uint64_t	 line;		/* with CHECKER_SYNTAX, from 1 */
};

/* Read the file, which is the caller's, into a new list: CHECKER_DONE, or what
 * is wrong.  To be freed in any case. */
enum checker_why list_load(struct list *, int fd,
    const uint8_t digest[CHECKER_DIGEST_SIZE]);
void	list_free(struct list *);
/* The line with this path, or NULL. */
struct listed *list_find(const struct list *, const char *path, size_t size);

#endif /* CHECKER_LIST_H */

/*
 * needs.h - a pkg archive's list of what it needs, checked as it goes by.
 *
 * A pkg with a bad list is refused before it is installed.  An extractor's child
 * may read no file, its own included, so the list is kept while it is written.
 */
#ifndef EXTRACTOR_NEEDS_H
#define EXTRACTOR_NEEDS_H

#include <stdbool.h>

#include "depot/archives.h"
#include "extractor/entry.h"

struct needs {
	bool	is_open;	/* the file at hand is the list */
	bool	is_seen;
	size_t	size;		/* bytes so far; more than ARCHIVES_MAX: too many */
	char	text[ARCHIVES_MAX];
};

void	needs_init(struct needs *);
/* A file with this path, size bytes of which follow by needs_add(). */
void	needs_begin(struct needs *, const struct entry_path *);
void	needs_add(struct needs *, const void *data, size_t size);
/* Was there a list, and is each of its lines an archive's path? */
bool	needs_valid(struct needs *);

#endif /* EXTRACTOR_NEEDS_H */

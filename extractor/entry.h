/*
 * entry.h - what an entry of an archive may be called, and where a link of it
 * may lead.  Pure: text in, an outcome out; EXTRACTOR_DONE means "allowed".
 *
 * The manager applies the same rules to the staged tree, with code of its own.
 */
#ifndef EXTRACTOR_ENTRY_H
#define EXTRACTOR_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "extractor/extractor.h"

#define ENTRY_NAME	255	/* longest component, bytes */
#define ENTRY_PATH	4095	/* longest path or link target, bytes */

/* A path that is safe to walk, component by component. */
struct entry_path {
	char	 text[ENTRY_PATH + 1];	/* no "./" before, no "/" behind */
	size_t	 depth;			/* components; 0: the staging directory
					 * itself, which "./" stands for */
};

/*
 * Parse the path that an archive claims.  Bytes are kept as they are: no case,
 * charset or normal form is touched, so that two names differ if and only if
 * their bytes do.  *path is undefined unless EXTRACTOR_DONE is returned.
 */
enum extractor_outcome entry_path_parse(struct entry_path *path,
    const char *claimed, const char *top, size_t max_depth);

/*
 * May a symbolic link `depth` components deep (from 2: directly in the top
 * directory) have this target?  It must be relative, climb with ".." only at
 * its front, and no higher than the top directory: then no chain of such links
 * leads out, because every directory above a link is a real one.
 */
enum extractor_outcome entry_target_check(size_t depth, const char *target);

#endif /* EXTRACTOR_ENTRY_H */

/*
 * tree.h - staged trees, measured.
 *
 * The extractor has refused the same things already; this side does not rely
 * on it.  Nobody else can reach a tree that is measured: the extractor is gone,
 * and staging/ is ours.
 */
#ifndef DEPOT_TREE_H
#define DEPOT_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tree {
	uint64_t max_entries, max_bytes;	/* limits */
	uint64_t entries, bytes;		/* measured; top is an entry */
	const char *top;			/* required, and its type */
	mode_t	 top_type;
};

/*
 * Is `top` the only name in staging/job, and beneath it nothing but directories
 * (0755), regular files (0644, 0755) and symbolic links that stay inside?  A
 * file in place of a directory if is_file.  Makes all of it ours.  0; -EPERM if
 * not, or beyond a limit; or another -errno.
 */
int	tree_check(int staging, uint32_t job, const char *top, bool is_file,
	    struct tree *);

/* What is done with a name in a directory, so many levels below the directory
 * that the walk began with: 0 or -errno. */
typedef int tree_visitor(struct tree *, int dir, const char *name,
	    size_t depth);
/* Visit each name in a directory, through no symbolic link, until one fails: 0
 * or -errno. */
int	tree_visit(int parent, const char *path, tree_visitor *visit,
	    struct tree *tree, size_t depth);

#endif /* DEPOT_TREE_H */

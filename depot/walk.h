/*
 * walk.h - a directory that is to become an archive, entry by entry.
 *
 * For whoever makes archives: `airlock create` copies what is walked, the packer
 * packs it.  Only directories, regular files and symbolic links that stay
 * inside, under the names that an extractor accepts: what would be refused when
 * it is installed is refused when it is made, by name.
 */
#ifndef DEPOT_WALK_H
#define DEPOT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WALK_PATH	1023	/* longest path, bytes */
#define WALK_DEPTH	60	/* most components of one: what is unpacked may
				 * be 64 deep, with its top directory */

enum walk_why {
	WALK_NONE = 0,
	WALK_DONE,
	WALK_TYPE,	/* neither directory, regular file nor symbolic link */
	WALK_LINK_OUT,	/* a link that leads out */
	WALK_NAME,	/* a control character in a name or a link's target */
	WALK_LONG,	/* a path that is too long or too deep */
	WALK_CHANGED,	/* it was changed meanwhile */
	WALK_SYSTEM,	/* see error */
	WALK_NWHYS,
};

struct walk_entry {
	const char	*path;		/* "": the directory itself; "a/b" */
	mode_t		 type;		/* S_IFDIR, S_IFREG or S_IFLNK */
	bool		 executable;	/* a file that its owner may execute */
	uint64_t	 size;		/* of a file, bytes */
	const char	*target;	/* of a link, else NULL */
	int		 fd;		/* of a file, to be read with pread() and
					 * not kept; else -1 */
};

struct walk {
	/* 0, or -errno, which ends the walk; -ESTALE: the file was shorter than
	 * its size. */
	int		(*visit)(struct walk *, const struct walk_entry *);
	void		*owner;		/* the visitor's */
	enum walk_why	 why;		/* after a failure: what, and where */
	int		 error;		/* errno, of WALK_SYSTEM */
	char		 path[WALK_PATH + 1];
};

/*
 * Visit the directory and all beneath it, each directory before what is in it,
 * names in the order of their bytes.  Follows no link.  WALK_DONE, or what is
 * wrong, with walk->path saying with what.  dir is the caller's.
 */
enum walk_why walk_directory(struct walk *, int dir);
/* In words, for messages. */
const char *walk_text(enum walk_why);

#endif /* DEPOT_WALK_H */

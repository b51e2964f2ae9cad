/*
 * closure.h - all that the dynamic loader maps to start a program.
 */
#ifndef AUDIT_CLOSURE_H
#define AUDIT_CLOSURE_H

#include <stdbool.h>

#include "audit/elf.h"

#define CLOSURE_PATH	512	/* array size of a file's path */
#define CLOSURE_MAX	128	/* libraries of one program */

struct library {
	char	 name[ELF_NAME];	/* as it is asked for: libz.so.1 */
	char	 path[CLOSURE_PATH];	/* of its file; "": there is none */
	uint64_t code;			/* bytes of machine code */
	bool	 is_direct;		/* the program itself names it */
};

struct closure {
	struct elf	 program;
	size_t		 count;
	struct library	 item[CLOSURE_MAX];	/* in the loader's order */
};

/*
 * Follow what the file at path needs, breadth first, through dirs (ending with
 * NULL), as ld.so(8) does in a jail: with an empty environment and no cache.
 * What is only loaded later by dlopen() is not seen.  0; -EBADMSG and the like
 * as elf_read(); -E2BIG for too many; -errno if path cannot be opened.
 * Libraries that cannot be found, or read, are listed with an empty path.
 */
int	closure_read(struct closure *, const char *path,
	    const char *const *dirs);

#endif /* AUDIT_CLOSURE_H */

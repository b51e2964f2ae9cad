/*
 * kinds.h - the fixed kinds of process that the launcher can create, as data.
 */
#ifndef JAIL_KINDS_H
#define JAIL_KINDS_H

#include "jail/jail.h"
#include "jail/launcher.h"

/* What a kind's view holds beside the library directories. */
enum kind_extra {
	KIND_HOME = 1 << 0,	/* a private, empty, writable /home */
	KIND_STAGING = 1 << 1,	/* the depot's staging directory */
	KIND_NULL = 1 << 2,	/* /dev/null, to write to */
};

struct kind {
	const char		*title;		/* argv[0]; NULL: no such kind */
	enum launcher_program	 program;
	int			 namespaces;	/* CLONE_NEW* flags */
	unsigned int		 extra;		/* enum kind_extra */
	const char *const	*view;		/* paths of the host, read-only
						 * at the same place, if there;
						 * ends with NULL */
	rlim_t			 memory;	/* address space, bytes */
	rlim_t			 cpu_seconds;	/* of one process */
	rlim_t			 processes;
	rlim_t			 file_size;	/* bytes */
};

extern const struct kind kinds[LAUNCHER_KINDS];
/* What the loader needs, and every kind's view has, read-only; ends with NULL.
 * Whole directories: which files a library needs changes with each upgrade. */
extern const char *const kind_libraries[];

#endif /* JAIL_KINDS_H */

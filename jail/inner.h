/*
 * inner.h - rules that several inner stages share, and no outer one needs
 * (groups.h has those).
 */
#ifndef JAIL_INNER_H
#define JAIL_INNER_H

#include <sys/mman.h>

#include "jail/groups.h"

/* Its own memory, never executable. */
#define JAIL_RULES_MEMORY						\
	JAIL_ALLOW(brk),						\
	JAIL_ALLOW(munmap),						\
	JAIL_ALLOW(mremap),						\
	JAIL_ALLOW(madvise),						\
	JAIL_ALLOW_IF(mmap, 2, PROT_EXEC, 0),				\
	JAIL_ALLOW_IF(mprotect, 2, PROT_EXEC, 0)

/* glibc's fstat() is newfstatat(fd, "", ..., AT_EMPTY_PATH). */
#define JAIL_RULES_STAT							\
	JAIL_ALLOW(newfstatat)

#endif /* JAIL_INNER_H */

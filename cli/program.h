/*
 * program.h - airlock's own programs: where they lie, and how they begin.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#define PROGRAM_FDS	16	/* descriptors given to one, at most */

/* One of those beside the cli, in the tree as when installed: a descriptor, or
 * -errno, said so. */
int	program_open(const char *name);
/*
 * Exec `program` with from[i] as descriptor 3 + i and nothing else open but
 * standard input and outputs.  A -1 leaves its place empty.  envp NULL: an empty
 * environment.  confine, if there is one (confine.h), is called last.  Returns
 * only on failure.
 */
void	program_exec(int program, char *const argv[], char *const envp[],
	    const int *from, int n, void (*confine)(void));

#endif /* CLI_PROGRAM_H */

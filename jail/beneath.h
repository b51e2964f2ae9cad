/*
 * beneath.h - one directory as the root, for a process that the cli starts.
 */
#ifndef JAIL_BENEATH_H
#define JAIL_BENEATH_H

/*
 * In new namespaces make the directory `dir` the root, read-only, and nothing
 * else; or, where the kernel has Landlock but refuses namespaces, only the
 * working directory.  Then dir is closed and open again under the same number,
 * from inside: a directory of outside is a way out ("../..").  0; or -errno,
 * and the process must end, since half of it may be done.
 */
int	beneath_enter(int dir);
/* The same namespaces for a process that opens nothing, if they can be had. */
void	beneath_nothing(void);

#endif /* JAIL_BENEATH_H */

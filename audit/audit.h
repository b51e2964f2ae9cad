/*
 * audit.h - what airlock's processes are made of, and what they may do.
 *
 * Everything is read from what is really there: the programs and libraries are
 * ELF files, the policies are the tables that the workers are linked from, what a
 * process holds is what its main file says, lines of code were counted from the
 * linker's maps when airlock was built (tools/sources).  Only the lines of the
 * libraries come from a table (libraries.tab), which names its versions.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct audit;

/*
 * Look at the programs that lie beside the running one.  NULL, after a message on
 * stderr, if they are not there or cannot be read.  For audit_free().
 */
struct audit *audit_new(void);
void	audit_free(struct audit *);

/* Is there a process of this name? */
bool	audit_knows(const char *name);

/*
 * For people, on stdout: an overview, then each process that is named, or all if
 * none is.
 */
void	audit_print_text(const struct audit *, const char *const *names,
	    size_t nnames);
/* One JSON object a line on stdout, as airlock(1) says; always all. */
void	audit_print_json(const struct audit *);
/* One page without anything from elsewhere.  The stream stays the caller's, who
 * asks it for errors. */
void	audit_print_html(const struct audit *, FILE *);

#endif /* AUDIT_AUDIT_H */

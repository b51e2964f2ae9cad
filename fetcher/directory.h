/*
 * directory.h - serves a file: origin, which is one directory, read-only.
 */
#ifndef FETCHER_DIRECTORY_H
#define FETCHER_DIRECTORY_H

#include "fetcher/session.h"

#define DIRECTORY_ORIGIN	"/origin"	/* where the jail shows it */

/* Is this process one that was given a directory? */
bool	directory_given(void);
/* Hold it, before the jail closes: 0 or -errno. */
int	directory_init(void);
/* Until the manager hangs up (0), or -errno. */
int	directory_serve(struct session *);

#endif /* FETCHER_DIRECTORY_H */

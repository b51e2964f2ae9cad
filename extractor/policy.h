/*
 * policy.h - what the extractor's two processes may ask of the kernel, and the
 * few argument values that the child's writer shares with its filter.
 */
#ifndef EXTRACTOR_POLICY_H
#define EXTRACTOR_POLICY_H

#include <fcntl.h>

#include "jail/jail.h"

/* The only two ways to open: a directory to walk through, and a file that was
 * not there before.  Nothing is ever opened for reading. */
#define OPEN_DIRECTORY	(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_FILE	(O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* The only three modes; umask is 0. */
#define MODE_DIRECTORY	0755
#define MODE_FILE	0644
#define MODE_PROGRAM	0755

extern const struct jail_policy extractor_template;
extern const struct jail_policy extractor_child;

#endif /* EXTRACTOR_POLICY_H */

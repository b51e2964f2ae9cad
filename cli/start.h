/*
 * start.h - starting the launcher and the manager.
 */
#ifndef CLI_START_H
#define CLI_START_H

#include <limits.h>
#include <sys/types.h>

#include "cli/cgroup.h"
#include "jail/launcher.h"

struct arguments;

struct started {
	pid_t	manager, launcher;
	struct rusage manager_used, launcher_used;	/* once reaped; the
						 * launcher's with its workers */
	struct cgroup cgroup;	/* the launcher's and its workers' */
	int	usage;		/* of struct launcher_usage; does not block */
	/* Directories, owned; -1: none. */
	int	staging;	/* ROOT's */
	int	scratch;	/* where there are no mount namespaces */
	char	scratch_path[PATH_MAX];
};

#define STARTED_NONE							\
	{ .manager = -1, .launcher = -1, .cgroup = CGROUP_INIT,		\
	    .usage = -1, .staging = -1, .scratch = -1 }

/*
 * Start launcher and manager for ROOT, whose lock is held by `lock` (NULL and
 * -1: none, for verify and key), with the limits that the arguments name (NULL:
 * the usual ones).  0 and a channel to the manager in *channel
 * (owned by the caller) and what start_reap() needs in *started, or -errno with
 * a message on stderr.
 */
int	start_manager(const struct arguments *, const char *root, int lock,
	    struct started *started, int *channel);
/* After the channel was closed: wait for both, then clear staging and remove the
 * group; 0, or -errno/exit status of an unexpected end.  The descriptor `usage`
 * is the caller's now, who reads the rest. */
int	start_reap(struct started *);

/*
 * Only a launcher, for `airlock audit --attack`, with these programs in place
 * of the workers'; the channel is the manager's end.
 */
int	start_launcher(const char *root,
	    const char *const programs[LAUNCHER_PROGRAMS], struct started *,
	    int *channel);

#endif /* CLI_START_H */

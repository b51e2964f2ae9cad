/*
 * start.h - starting the launcher and the manager.
 */
#ifndef CLI_START_H
#define CLI_START_H

#include <sys/types.h>

struct started {
	pid_t	manager, launcher;
};

/*
 * Start launcher and manager for ROOT (NULL: none, for verify and key).  0 and
 * a channel to the manager in *channel (owned by the caller) and its pids for
 * reaping in *started, or -errno with a message on stderr.
 */
int	start_manager(const char *root, struct started *started, int *channel);
/* After the channel was closed: wait for both; 0, or -errno/exit status of an
 * unexpected end. */
int	start_reap(struct started *);

#endif /* CLI_START_H */

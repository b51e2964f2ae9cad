/*
 * view.h - what an install shows: live on a terminal, one line an event
 * elsewhere, or one JSON object a line.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/cli.h"
#include "cli/live.h"
#include "cli/options.h"
#include "cli/status.h"

enum view_kind { VIEW_LINES, VIEW_LIVE, VIEW_JSON };

struct view {
	enum view_kind	 kind;
	bool		 quiet;
	const char	*root;		/* for advice; not owned */
	bool		 stopping;
	pid_t		 holder;	/* of ROOT's lock, that we wait for */
	struct row	*rows;		/* owned; by the archive's number */
	size_t		 nrows;
	struct tally	 tally;
	enum status	 status;	/* the most severe of the failures */
	struct live	 live;
	char		*last_advice;	/* owned; said once, not for each */
};

/* root must outlive the view. */
void	view_init(struct view *, const struct arguments *, const char *root);
void	view_fini(struct view *);

/* The newest state of an archive: 0, or -EBADMSG if it cannot be. */
int	view_state(struct view *, const struct cli_state_req *);
/* Another process holds ROOT's lock; 0: which one is not known. */
void	view_waiting(struct view *, pid_t holder);
/* Ctrl-C was seen. */
void	view_stopping(struct view *);
/* ms until view_tick() has something to draw; -1: not before the next event. */
int	view_timeout(const struct view *);
void	view_tick(struct view *);
/* One path failed that the manager does not know of. */
void	view_failure(struct view *, const char *path, const struct reason *);
/* The run as a whole failed. */
void	view_error(struct view *, const struct reason *);
/* The last line. */
void	view_finish(struct view *, enum status);

#endif /* CLI_VIEW_H */

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
#include "depot/catalog.h"

enum view_kind { VIEW_LINES, VIEW_LIVE, VIEW_JSON };

struct view {
	enum view_kind	 kind;
	bool		 quiet;
	const char	*root;		/* for advice; not owned */
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

/* One more archive, with the next number: 0 or -ENOMEM.  wanted: the user named
 * it. */
int	view_add(struct view *, uint32_t number, const char *path, bool wanted);
bool	view_wanted(const struct view *, uint32_t number);
/* It is not to be installed, but kept as it was served. */
void	view_packed(struct view *, uint32_t number);
/* It is none of those that count, and is not shown: a catalog. */
void	view_hide(struct view *, uint32_t number);
/* So many bytes are to be fetched of it. */
void	view_size(struct view *, uint32_t number, uint64_t size);
/* A catalog is there, or was refused; head: if it is there. */
void	view_catalog(struct view *, uint32_t number, const struct reason *,
	    const struct catalog_head *, const char *source);
/* Its newest state. */
void	view_state(struct view *, uint32_t number, enum cli_state, uint64_t now,
	    uint64_t total);
/* It is done.  size: of the archive as it was served, 0: not known; received:
 * of that, over the network in this run; source: whose fault it is, or "". */
void	view_result(struct view *, uint32_t number, const struct reason *,
	    uint64_t size, uint64_t received, const char *source);
/* Another process holds ROOT's lock; 0: which one is not known. */
void	view_waiting(struct view *, pid_t holder);
/* Of an archive that was installed, for --stats: bytes in its files. */
void	view_unpacked(struct view *, uint64_t bytes);
/* Fill in what the work was; lines for people may follow. */
struct usage;
void	view_usage(struct view *, struct usage *);
/* Ctrl-C was seen. */
void	view_stopping(struct view *);
/* ms until view_tick() has something to draw; -1: not before the next event. */
int	view_timeout(const struct view *);
void	view_tick(struct view *);
/* A path failed for which there is no room. */
void	view_failure(struct view *, const char *path, const struct reason *);
/* The last line. */
void	view_finish(struct view *, enum status);

#endif /* CLI_VIEW_H */

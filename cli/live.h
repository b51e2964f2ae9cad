/*
 * live.h - the region at the bottom of a terminal that is drawn again and
 * again: a line for each active archive, and one for all of them.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

#define LIVE_INTERVAL	100	/* ms between two drawings, at least */
#define LIVE_LINES	12	/* of active archives, at most */
#define LIVE_WIDTH	512	/* columns that are used, at most */
#define LIVE_SAMPLES	16	/* of the rate, LIVE_SAMPLE ms apart */
#define LIVE_SAMPLE	500

/* One archive, as it was told last. */
struct row {
	enum cli_state	state;
	enum cli_why	why;
	uint64_t	now, total;	/* bytes of the present state */
	uint64_t	fetched;	/* bytes over the network so far */
	uint64_t	size;		/* as served; 0: unknown */
	uint64_t	told;		/* ms; when --json told it last */
	bool		wanted;
	bool		packed;		/* is kept as it is, not installed */
	bool		hidden;		/* not shown; its state is final */
	char		path[CLI_PATH];
};

/* Sums over the rows. */
struct tally {
	uint64_t	 started;	/* ms */
	size_t		 count;		/* archives that we know of */
	size_t		 installed, blessed, kept, present, planned, failed,
			 stopped;
	uint64_t	 fetched;	/* bytes */
	uint64_t	 verified, unpacked;	/* of what was installed */
};

struct live {
	bool		 dirty;
	uint64_t	 drawn;		/* ms; when */
	unsigned int	 columns, lines;	/* of the terminal */
	size_t		 widths[LIVE_LINES + 2];	/* of what is drawn */
	size_t		 nwidths;
	struct { uint64_t when, bytes; } samples[LIVE_SAMPLES];
	size_t		 nsamples;	/* ever taken */
};

/* Can standard output show it? */
bool	live_possible(void);
void	live_init(struct live *);
/* Take the region off the screen, so that lines can be written. */
void	live_erase(struct live *);
/* Draw it, if anything has changed and it is time. */
void	live_draw(struct live *, const struct row *, size_t nrows,
    const struct tally *);
/* ms until live_draw() will draw; -1: nothing to draw. */
int	live_timeout(const struct live *);

/* The parts, for which no terminal is needed.  A line of at most `width`
 * columns, for one archive. */
void	live_row_text(char text[LIVE_WIDTH], unsigned int width,
    const struct row *);
/* For all; rate in bytes a second. */
void	live_total_text(char text[LIVE_WIDTH], unsigned int width,
    const struct row *, size_t nrows, const struct tally *, uint64_t rate);
/* Bytes that are still to come, of all that is not fetched yet; archives of
 * unknown size count as the average of those known.  0: nothing to judge by. */
uint64_t live_remaining(const struct row *, size_t nrows);
/* Bytes that are fetched, and that are to be; 0: some size is not known. */
uint64_t live_total(const struct row *, size_t nrows);

#endif /* CLI_LIVE_H */

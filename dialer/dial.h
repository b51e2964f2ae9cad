/*
 * dial.h - one connection being made: addresses are tried one after the other.
 */
#ifndef DIALER_DIAL_H
#define DIALER_DIAL_H

#include "dialer/origin.h"

struct dial {
	uint32_t		serial;	/* of the question; 0: no dial at all */
	int			fd;	/* being connected, or connected; or -1 */
	size_t			at;	/* its address */
	size_t			left;	/* addresses after it */
	uint64_t		deadline;	/* ms, of this address */
	uint64_t		last;	/* ms, to begin with another one */
	enum dialer_outcome	outcome;	/* so far; at the end, of it all */
	int			error;	/* errno of the last one tried, or 0 */
};

/* Begin, for a question of that number.  Blocks as long as the resolver does. */
void	dial_start(struct dial *, struct origin *, uint32_t serial);
/*
 * Go on, when fd is writable or the deadline is over.  True: it has ended, with
 * an outcome, and if that is DIALER_CONNECTED with fd, which is then the
 * caller's: connected to where the origin may lead, not blocking.
 */
bool	dial_advance(struct dial *, struct origin *);

#endif /* DIALER_DIAL_H */

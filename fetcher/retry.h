/*
 * retry.h - how often a transfer is tried again, and how long it rests before.
 * Pure.
 */
#ifndef FETCHER_RETRY_H
#define FETCHER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry {
	uint32_t	failures;	/* since the last progress */
	uint32_t	refreshes;	/* times that progress forgave them */
};

/*
 * One more attempt failed, after so many bytes of progress: may there be
 * another, where `most` failures in a row are allowed?  Progress starts the
 * count anew, so that a large archive survives a bad line; but not for ever, or
 * a server that cuts each response short would be served for ever.
 */
bool	retry_allowed(struct retry *, uint32_t most, uint64_t progress);
/*
 * How long to rest, in ms: doubled with each failure, spread by random, so that
 * many clients of a server that failed do not come back at once.  wanted: what
 * the server asked for, 0 if nothing.
 */
uint64_t retry_delay(const struct retry *, uint64_t wanted, uint32_t random);

#endif /* FETCHER_RETRY_H */

/*
 * response.h - what the header of a response means for a transfer.
 *
 * Pure: no library, no descriptor, no clock.  Everything in a header is the
 * server's claim; the worst that a lie gains here is wrong bytes, which the
 * manager's digest finds.  Follows RFC 9110 (sections 13.1.5 If-Range, 14.4
 * Content-Range, 15 status codes).
 */
#ifndef FETCHER_RESPONSE_H
#define FETCHER_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetcher/fetcher.h"

#define RESPONSE_UNKNOWN	UINT64_MAX	/* a size that was not told */
#define RESPONSE_VALIDATOR	128	/* longest validator kept, bytes */

/* A header's fields as they came; NULL: there was none. */
struct response {
	unsigned int	 status;
	const char	*length;	/* Content-Length */
	const char	*range;		/* Content-Range */
	const char	*coding;	/* Transfer-Encoding */
	const char	*etag;
	const char	*modified;	/* Last-Modified */
	const char	*location;
};

/* What was asked for. */
struct request {
	bool		 ranged;	/* Range: bytes=offset- was sent */
	uint64_t	 offset;	/* bytes that the manager has */
	uint64_t	 total;		/* told before, or RESPONSE_UNKNOWN */
};

enum response_verdict {
	RESPONSE_NONE = 0,
	RESPONSE_CONTINUE,	/* the body goes on at offset */
	RESPONSE_RESTART,	/* the body is the whole, from 0 */
	RESPONSE_END,		/* no body that is wanted: outcome */
	RESPONSE_RETRY,		/* the same, but it may pass: outcome if not */
	RESPONSE_LIE,		/* not what was asked for: ask for the whole */
	RESPONSE_MOVED,		/* see location */
};

struct judgement {
	enum response_verdict	 verdict;
	enum fetcher_outcome	 outcome;
	uint64_t		 total;	/* whole size or RESPONSE_UNKNOWN */
	bool			 cut;	/* the body must not be read */
};

struct judgement response_judge(const struct response *,
	    const struct request *);

/* The strongest thing that tells this content from another: a strong entity
 * tag, else the date; "" if there is none that is printable and short. */
void	response_validator(const struct response *,
	    char out[FETCHER_VALIDATOR]);

/* Decimal digits and nothing else: true, and the value; RESPONSE_UNKNOWN is too
 * much. */
bool	response_number(const char *text, uint64_t *);
/* "bytes FIRST-LAST/TOTAL": true.  A star in place of FIRST-LAST or of TOTAL,
 * not of both, makes first or total RESPONSE_UNKNOWN. */
bool	response_range(const char *text, uint64_t *first, uint64_t *total);

#endif /* FETCHER_RESPONSE_H */

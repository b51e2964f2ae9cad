/*
 * attempt.h - one request by libcurl for (the rest of) a transfer.
 *
 * Everything that libcurl calls back is here.  It gets no name to resolve, no
 * socket to open, no redirect to follow, nothing to decode and nowhere to
 * write; bytes go to the session's slots.
 */
#ifndef FETCHER_ATTEMPT_H
#define FETCHER_ATTEMPT_H

#include <curl/curl.h>

#include "fetcher/connection.h"
#include "fetcher/response.h"
#include "fetcher/session.h"

/* "https://" + '[' host ']' + ':' + port + target */
#define ATTEMPT_URL	(FETCHER_HOST + FETCHER_TARGET + 24)

/* What all attempts share. */
struct attempt_with {
	struct session		*session;
	struct connections	*connections;
	CURLM			*multi;
	CURLSH			*share;		/* TLS sessions */
	struct curl_slist	*resolve;	/* the origin, to nowhere */
};

struct attempt {
	const struct attempt_with *with;
	struct transfer		*transfer;
	CURL			*easy;		/* kept for the next attempt */
	struct curl_slist	*headers;
	struct request		 request;
	struct judgement	 judgement;	/* of the response */
	bool			 paused;	/* until there is room */
	bool			 socketless;	/* for want of a connection */
	uint64_t		 began;		/* at this offset */
	uint64_t		 last;		/* progress, rpc_now() */
	uint64_t		 discarded;	/* bytes of a useless body */
	size_t			 header_bytes;
	size_t			 header_lines;
	char			 url[ATTEMPT_URL];
};

/*
 * Begin, with the fields with, transfer and request set; all others are reset.
 * context comes back as CURLINFO_PRIVATE.  0 or -ENOMEM.
 */
int	attempt_start(struct attempt *, void *context);
/* Let libcurl forget it, whether it has ended or not. */
void	attempt_stop(struct attempt *);
/* The slots have room again. */
void	attempt_resume(struct attempt *);
/* What the server asks for before another attempt, ms; 0: nothing. */
uint64_t attempt_retry_after(const struct attempt *);
/* What a failure without a usable response means. */
enum fetcher_outcome attempt_failure(CURLcode);

#endif /* FETCHER_ATTEMPT_H */

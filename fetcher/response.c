#include <string.h>
#include <strings.h>

#include "fetcher/response.h"

/* Digits from *text on, which moves behind them. */
static bool
digits(const char **text, uint64_t *value)
{
	const char *p = *text;
	uint64_t n = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');
		if (n > (RESPONSE_UNKNOWN - 1 - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*text = p;
	*value = n;
	return true;
}

bool
response_number(const char *text, uint64_t *value)
{
	uint64_t n;

	if (!digits(&text, &n) || *text != '\0')
		return false;
	*value = n;
	return true;
}

static bool
digits_or_star(const char **text, uint64_t *value)
{
	if (**text != '*')
		return digits(text, value);
	(*text)++;
	*value = RESPONSE_UNKNOWN;
	return true;
}

bool
response_range(const char *text, uint64_t *first, uint64_t *total)
{
	uint64_t from, last = 0, all;

	if (text == NULL || strncasecmp(text, "bytes ", 6) != 0)
		return false;
	text += 6;
	if (!digits_or_star(&text, &from))
		return false;
	if (from != RESPONSE_UNKNOWN &&
	    (*text++ != '-' || !digits(&text, &last) || last < from))
		return false;
	if (*text++ != '/' || !digits_or_star(&text, &all) || *text != '\0' ||
	    (from == RESPONSE_UNKNOWN && all == RESPONSE_UNKNOWN) ||
	    (from != RESPONSE_UNKNOWN && last >= all))
		return false;
	*first = from;
	*total = all;
	return true;
}

static struct judgement
judged(enum response_verdict verdict, enum fetcher_outcome outcome,
    uint64_t total)
{
	return (struct judgement){ verdict, outcome, total,
	    .cut = verdict == RESPONSE_LIE };
}

static struct judgement
whole(const struct response *r)
{
	uint64_t total = RESPONSE_UNKNOWN;

	/* With a transfer coding the length means nothing (RFC 9112, 6.3). */
	if (r->length != NULL && r->coding == NULL &&
	    !response_number(r->length, &total))
		return judged(RESPONSE_RETRY, FETCHER_NETWORK, total);
	return judged(RESPONSE_RESTART, FETCHER_NONE, total);
}

static struct judgement
part(const struct response *r, const struct request *req)
{
	uint64_t first, total;

	/* Glued to what is there, any other part would be another archive. */
	if (!req->ranged || !response_range(r->range, &first, &total) ||
	    first != req->offset || (total != RESPONSE_UNKNOWN &&
	    req->total != RESPONSE_UNKNOWN && total != req->total))
		return judged(RESPONSE_LIE, FETCHER_NETWORK, RESPONSE_UNKNOWN);
	if (total == RESPONSE_UNKNOWN)
		total = req->total;
	return judged(RESPONSE_CONTINUE, FETCHER_NONE, total);
}

/* There is nothing at that offset: either all of it was there already, or what
 * was there is not this. */
static struct judgement
nothing_left(const struct response *r, const struct request *req)
{
	uint64_t first, total;

	if (req->ranged && response_range(r->range, &first, &total) &&
	    first == RESPONSE_UNKNOWN && total == req->offset)
		return judged(RESPONSE_END, FETCHER_DONE, total);
	return judged(RESPONSE_LIE, FETCHER_NETWORK, RESPONSE_UNKNOWN);
}

static struct judgement
no_body(enum response_verdict verdict, enum fetcher_outcome outcome)
{
	return judged(verdict, outcome, RESPONSE_UNKNOWN);
}

/* The library would undo any coding that it knows, one after the other: of
 * these, only chunks are let near it (CVE-2022-32206, CVE-2023-23916). */
static bool
coding_refused(const struct response *r)
{
	return r->coding != NULL && strcasecmp(r->coding, "chunked") != 0;
}

struct judgement
response_judge(const struct response *r, const struct request *req)
{
	if (coding_refused(r))
		return (struct judgement){ RESPONSE_END, FETCHER_SERVER,
		    RESPONSE_UNKNOWN, .cut = true };
	switch (r->status) {
	case 200:
		return whole(r);
	case 206:
		return part(r, req);
	case 416:
		return nothing_left(r, req);
	case 301: case 302: case 303: case 307: case 308:
		return no_body(r->location != NULL ? RESPONSE_MOVED :
		    RESPONSE_END, FETCHER_SERVER);
	case 404: case 410:
		return no_body(RESPONSE_END, FETCHER_NOT_FOUND);
	case 401: case 403: case 407: case 451:
		return no_body(RESPONSE_END, FETCHER_FORBIDDEN);
	case 408: case 429:
		return no_body(RESPONSE_RETRY, FETCHER_SERVER);
	default:
		return no_body(r->status >= 500 && r->status < 600 ?
		    RESPONSE_RETRY : RESPONSE_END, FETCHER_SERVER);
	}
}

static bool
printable(const char *text, char first)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (*text < first || *text > '~' || ++n > RESPONSE_VALIDATOR)
			return false;
	return n > 0;
}

/* "opaque": a weak tag, W/"...", says nothing about bytes (RFC 9110, 8.8.1). */
static bool
strong_tag(const char *tag)
{
	size_t n = strlen(tag);

	return printable(tag, '!') && n >= 2 && tag[0] == '"' &&
	    strchr(tag + 1, '"') == tag + n - 1;
}

void
response_validator(const struct response *r, char out[FETCHER_VALIDATOR])
{
	const char *best = "";

	if (r->etag != NULL && strong_tag(r->etag))
		best = r->etag;
	else if (r->modified != NULL && printable(r->modified, ' '))
		best = r->modified;
	memset(out, 0, FETCHER_VALIDATOR);
	strncpy(out, best, FETCHER_VALIDATOR - 1);
}

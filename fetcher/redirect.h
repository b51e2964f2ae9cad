/*
 * redirect.h - where a Location header leads, as fields of fixed size.
 */
#ifndef FETCHER_REDIRECT_H
#define FETCHER_REDIRECT_H

#include <stdbool.h>

#include "fetcher/fetcher.h"

/*
 * Resolve location against the URL base (RFC 3986, section 5) and put scheme,
 * host, port and target into rep.  False, and rep untouched, if it is not http
 * or https, carries credentials, or does not fit: nobody is sent there.
 * Whether anybody goes there is the manager's decision.
 */
bool	redirect_parse(const char *base, const char *location,
	    struct fetcher_get_rep *rep);

#endif /* FETCHER_REDIRECT_H */

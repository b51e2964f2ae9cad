#include <curl/curl.h>
#include <string.h>

#include "fetcher/redirect.h"
#include "fetcher/response.h"

/* The characters that a host may have, a literal IPv6 address's among them. */
#define HOST_LETTERS	"abcdefghijklmnopqrstuvwxyz0123456789.-:"

static void
cleanup_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void
cleanup_part(char **part)
{
	curl_free(*part);
}

#define URL	__attribute__((cleanup(cleanup_url))) CURLU *
#define PART	__attribute__((cleanup(cleanup_part))) char *

static char *
part_of(CURLU *url, CURLUPart which, unsigned int flags)
{
	char *part = NULL;

	return curl_url_get(url, which, &part, flags) == CURLUE_OK ? part :
	    NULL;
}

static bool
scheme_take(CURLU *url, struct fetcher_get_rep *out)
{
	PART scheme = part_of(url, CURLUPART_SCHEME, 0);
	PART port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	uint64_t number;

	if (scheme == NULL || port == NULL || !response_number(port, &number) ||
	    number < 1 || number > 65535)
		return false;
	if (strcmp(scheme, "https") == 0)
		out->to.scheme = FETCHER_HTTPS;
	else if (strcmp(scheme, "http") == 0)
		out->to.scheme = FETCHER_HTTP;
	else
		return false;
	out->to.port = (uint32_t)number;
	return true;
}

static bool
host_take(CURLU *url, struct fetcher_get_rep *out)
{
	PART host = part_of(url, CURLUPART_HOST, 0);
	PART zone = part_of(url, CURLUPART_ZONEID, 0);

	/* An interface of ours is nothing for a server to name. */
	if (host == NULL || zone != NULL)
		return false;
	const char *from = host;
	size_t n = strlen(from);
	if (n > 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n < 1 || n >= sizeof(out->to.host))
		return false;
	memset(out->to.host, 0, sizeof(out->to.host));
	for (size_t i = 0; i < n; i++)
		out->to.host[i] = from[i] >= 'A' && from[i] <= 'Z' ?
		    (char)(from[i] - 'A' + 'a') : from[i];
	return strspn(out->to.host, HOST_LETTERS) == n;
}

static bool
target_take(CURLU *url, struct fetcher_get_rep *out)
{
	PART path = part_of(url, CURLUPART_PATH, 0);
	PART query = part_of(url, CURLUPART_QUERY, 0);

	if (path == NULL || path[0] != '/')
		return false;
	int n = snprintf(out->to.target, sizeof(out->to.target), "%s%s%s", path,
	    query == NULL ? "" : "?", query == NULL ? "" : query);
	if (n < 0 || (size_t)n >= sizeof(out->to.target))
		return false;
	for (const char *p = out->to.target; *p != '\0'; p++)
		if (*p < '!' || *p > '~')
			return false;
	return true;
}

bool
redirect_parse(const char *base, const char *location,
    struct fetcher_get_rep *rep)
{
	struct fetcher_get_rep out = *rep;
	URL url = curl_url();

	if (url == NULL || curl_url_set(url, CURLUPART_URL, base, 0) ||
	    curl_url_set(url, CURLUPART_URL, location,
	    CURLU_URLENCODE | CURLU_DISALLOW_USER))
		return false;
	if (!scheme_take(url, &out) || !host_take(url, &out) ||
	    !target_take(url, &out))
		return false;
	*rep = out;
	return true;
}

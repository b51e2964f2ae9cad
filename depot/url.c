/*
 * url.c - parse origins, judge hosts and targets.
 *
 * Parsers of URLs disagree, and attackers live on that ("127.1", "user@host",
 * backslashes, "%2e%2e").  What is accepted here is a part of RFC 3986 that all
 * of them read in the same way; it is enough to say where a depot is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "depot/lines.h"
#include "depot/url.h"

#define DIGIT	"0123456789"
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PCHAR	LOWER UPPER DIGIT "-._~!$&'()*+,;=:@"	/* but for "%41" */

#define URL_MAX		1100	/* array size: scheme, host, port and path */

static const struct {
	const char	*prefix;
	enum url_scheme	 scheme;
	uint16_t	 port;
} schemes[] = {
	{ "https://",	URL_HTTPS,	443 },
	{ "http://",	URL_HTTP,	80 },
	{ "file://",	URL_FILE,	0 },
};

/* Each parse_x takes the text from where x begins, and gives the text after x,
 * or NULL if it does not begin with a valid x. */
static const char *
parse_scheme(struct url *url, const char *at)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t size = strlen(schemes[i].prefix);

		if (strncmp(at, schemes[i].prefix, size) != 0)
			continue;
		url->scheme = schemes[i].scheme;
		url->port = schemes[i].port;
		return at + size;
	}
	return NULL;
}

/* Brackets are around IPv6 addresses, and around nothing else. */
static const char *
parse_host(struct url *url, const char *at)
{
	size_t bracket = at[0] == '[';
	size_t size = strcspn(at += bracket, bracket != 0 ? "]" : ":/");

	if (size >= URL_HOST || (bracket != 0 && at[size] != ']'))
		return NULL;
	memcpy(url->host, at, size);
	if (!url_host_valid(url->host) ||
	    (bracket != 0) != (strchr(url->host, ':') != NULL))
		return NULL;
	return at + size + bracket;
}

/* Nothing, or ":" and 1 to 65535 without leading zeros. */
static const char *
parse_port(struct url *url, const char *at)
{
	size_t size;
	uint32_t port = 0;

	if (*at != ':')
		return at;
	size = strspn(++at, DIGIT);
	if (size == 0 || size > 5 || *at == '0')
		return NULL;
	for (; size > 0; size--)
		port = port * 10 + (uint32_t)(*at++ - '0');
	url->port = (uint16_t)port;
	return port <= UINT16_MAX ? at : NULL;
}

/* Elements, each after a '/'; a '/' at the end counts for nothing. */
static const char *
parse_path(struct url *url, const char *at)
{
	const char *path = at;
	size_t size;

	/* "file://x/y" would name a host. */
	if (url->scheme == URL_FILE && *at != '/')
		return NULL;
	while (*at == '/' && at[strspn(at, "/")] != '\0') {
		size = strspn(++at, PCHAR);
		if (size == 0 || (size <= 2 && memcmp(at, "..", size) == 0))
			return NULL;
		at += size;
	}
	size = (size_t)(at - path);
	if (size >= URL_PATH)
		return NULL;
	memcpy(url->path, path, size);
	return at + strspn(at, "/");
}

int
url_parse(struct url *url, const char *text, size_t size)
{
	struct url parsed = { .scheme = URL_NONE };
	char copy[URL_MAX] = "";
	const char *at;

	if (size >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, size);
	at = parse_scheme(&parsed, copy);
	if (at != NULL && parsed.scheme != URL_FILE)
		at = parse_host(&parsed, at);
	if (at != NULL && parsed.scheme != URL_FILE)
		at = parse_port(&parsed, at);
	if (at != NULL)
		at = parse_path(&parsed, at);
	/* Not at the end: something is left, or a NUL was in the text. */
	if (at != copy + size)
		return -EINVAL;
	*url = parsed;
	return 0;
}

int
url_line(struct url *url, const char *text, size_t size, unsigned int n)
{
	struct lines lines = { text, size, 0 };
	struct slice line;

	do {
		if (lines_next_plain(&lines, &line) == 0)
			return 0;
	} while (n-- > 0);
	return url_parse(url, line.text, line.size) == 0 ? 1 : -EINVAL;
}

/*
 * host.c - judge hosts and targets.  What is good is listed; how others would
 * read anything else does not matter.
 */
#include <arpa/inet.h>
#include <string.h>

#include "depot/url.h"

#define DIGIT	"0123456789"
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define TARGET	LOWER UPPER DIGIT "!$%&'()*+,-./:;=?@[]_~"

#define HOST_MAX	253	/* bytes of a name, of its labels: RFC 1035 */
#define LABEL_MAX	63

static bool
is_address(const char *host)
{
	int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
	struct in6_addr address;

	return inet_pton(family, host, &address) == 1;
}

/* Labels between dots, the last of which does not make the C library's resolver
 * see an old spelling of an address (2130706433, 127.1, 0x7f000001). */
static bool
is_name(const char *host)
{
	const char *label;

	do {
		size_t size = strspn(label = host, LOWER DIGIT "-");

		if (size == 0 || size > LABEL_MAX || label[0] == '-' ||
		    label[size - 1] == '-')
			return false;
		host += size;
	} while (*host++ == '.');
	return host[-1] == '\0' && label[strspn(label, DIGIT)] != '\0' &&
	    strncmp(label, "0x", 2) != 0;
}

bool
url_host_valid(const char *host)
{
	/* In one case, so that whoever compares bytes compares hosts. */
	return strnlen(host, URL_HOST) <= HOST_MAX &&
	    host[strcspn(host, UPPER)] == '\0' &&
	    (is_address(host) || is_name(host));
}

bool
url_host_local_name(const char *host)
{
	return strcmp(host, "localhost") == 0 || is_address(host);
}

bool
url_target_valid(const char *target, size_t max)
{
	return strnlen(target, max) < max && target[0] == '/' &&
	    target[strspn(target, TARGET)] == '\0';
}

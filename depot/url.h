/*
 * url.h - origins: where a depot user's archives are served.
 *
 * Understands https, http and file URLs, strictly (RFC 3986): scheme and host
 * in lower case; no user information, query, fragment, percent-encoding, nor
 * "//", "." or ".." in the path; host of letters, digits, '-', '.', or a
 * literal address.  Old spellings of IPv4 addresses ("127.1", "0x7f000001") are
 * none, and no names either.  Pure.
 */
#ifndef DEPOT_URL_H
#define DEPOT_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define URL_HOST	256	/* array sizes, with the end */
#define URL_PATH	768

enum url_scheme { URL_NONE = 0, URL_HTTPS, URL_HTTP, URL_FILE };

struct url {
	enum url_scheme	 scheme;
	uint16_t	 port;		/* 0 for file */
	char		 host[URL_HOST];	/* "" for file; no brackets */
	char		 path[URL_PATH];	/* from '/', without a '/' at
						 * its end; "": the root */
};

#define URL_TARGET	1024	/* array size */

/* The same as fixed records have it; who gets one asks whether its texts end. */
struct url_place {
	uint32_t scheme;		/* enum url_scheme */
	uint32_t port;
	char	 host[URL_HOST];
	char	 target[URL_TARGET];	/* path and query, from '/' */
};

#define URL_VALIDATOR	136	/* array size */

/* What a server called its bytes: opaque, and only for that server's ears. */
struct url_tag {
	char	host[URL_HOST];
	char	validator[URL_VALIDATOR];
};

/* Parsing and judging are not the trusted side's: the manager links none of
 * this, but cli, dialer and fetcher do. */
/* Parse size bytes: 0, or -EINVAL. */
int	url_parse(struct url *, const char *text, size_t size);
/* The n-th URL (from 0) of a `download` file, skipping blank lines: 1; 0: there
 * are fewer; -EINVAL: that line is no URL. */
int	url_line(struct url *, const char *text, size_t size, unsigned int n);
/* Is it a host name or literal address as above, 1 to 253 bytes, with an end
 * within URL_HOST bytes? */
bool	url_host_valid(const char *host);
/* Printable ASCII from '/', no blank, '"', '<', '>', '\\', '^', '`', '{', '|',
 * '}' or '#', with an end within max bytes? */
bool	url_target_valid(const char *target, size_t max);

/* How far an address reaches. */
enum url_reach {
	URL_REACH_NONE = 0,	/* not an address that one may connect to:
				 * unspecified, multicast, broadcast, reserved,
				 * for examples, for tunnels */
	URL_REACH_LOOPBACK,	/* 127/8, ::1 */
	URL_REACH_LINK,		/* 169.254/16, fe80::/10 */
	URL_REACH_PRIVATE,	/* RFC 1918, RFC 6598, fc00::/7 */
	URL_REACH_PUBLIC,
};
/* Of a peer's address; IPv4-mapped, NAT64 (64:ff9b::/96) and 6to4 addresses
 * count as the IPv4 address within. */
enum url_reach url_reach(const struct sockaddr_storage *);
/* Is the host written as a literal IPv4 or IPv6 address, or "localhost"? */
bool	url_host_local_name(const char *host);

#endif /* DEPOT_URL_H */

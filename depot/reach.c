/*
 * reach.c - how far an address reaches: what a hostile name server (DNS
 * rebinding) or a redirect must not lead to.  From IANA's registries of
 * special-purpose addresses (RFC 6890).
 */
#include <netinet/in.h>
#include <string.h>

#include "depot/url.h"

struct range {
	uint8_t		prefix[16];
	uint8_t		bits;		/* of the prefix */
	enum url_reach	reach;
	uint8_t		ipv4_at;	/* not 0: the IPv4 address that lies
					 * there is what counts */
};

/* The first range that matches counts; the last one holds everything. */
static const struct range ipv4_ranges[] = {
	{ { 0 },		8,  URL_REACH_NONE, 0 },	/* "here" */
	{ { 10 },		8,  URL_REACH_PRIVATE, 0 },
	{ { 100, 64 },		10, URL_REACH_PRIVATE, 0 },
	{ { 127 },		8,  URL_REACH_LOOPBACK, 0 },
	{ { 169, 254 },		16, URL_REACH_LINK, 0 },
	{ { 172, 16 },		12, URL_REACH_PRIVATE, 0 },
	{ { 192, 0, 0 },	24, URL_REACH_NONE, 0 },	/* protocols */
	{ { 192, 0, 2 },	24, URL_REACH_NONE, 0 },	/* examples */
	{ { 192, 88, 99 },	24, URL_REACH_NONE, 0 },	/* old 6to4 */
	{ { 192, 168 },		16, URL_REACH_PRIVATE, 0 },
	{ { 198, 18 },		15, URL_REACH_NONE, 0 },	/* benchmarks */
	{ { 198, 51, 100 },	24, URL_REACH_NONE, 0 },	/* examples */
	{ { 203, 0, 113 },	24, URL_REACH_NONE, 0 },	/* examples */
	{ { 224 },		3,  URL_REACH_NONE, 0 },	/* multicast,
						 * reserved, broadcast */
	{ { 0 },		0,  URL_REACH_PUBLIC, 0 },
};

static const struct range ipv6_ranges[] = {
	{ { [15] = 1 },		128, URL_REACH_LOOPBACK, 0 },
	{ { [10] = 0xff, 0xff }, 96, URL_REACH_NONE, 12 },	/* v4-mapped */
	{ { 0, 0x64, 0xff, 0x9b }, 96, URL_REACH_NONE, 12 },	/* NAT64 */
	{ { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48, URL_REACH_PRIVATE, 0 },
	{ { 0x20, 0x02 },	16, URL_REACH_NONE, 2 },	/* 6to4 */
	{ { 0x20, 0x01 },	23, URL_REACH_NONE, 0 },	/* protocols,
						 * Teredo among them */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, URL_REACH_NONE, 0 },	/* examples */
	{ { 0x3f, 0xff },	20, URL_REACH_NONE, 0 },	/* examples */
	{ { 0xfc },		7,  URL_REACH_PRIVATE, 0 },
	{ { 0xfe, 0x80 },	10, URL_REACH_LINK, 0 },
	{ { 0xfe, 0xc0 },	10, URL_REACH_PRIVATE, 0 },	/* site-local */
	{ { 0x20 },		3,  URL_REACH_PUBLIC, 0 },
	{ { 0 },		0,  URL_REACH_NONE, 0 },
};

static const struct range *
range_find(const struct range *range, const uint8_t *address)
{
	for (;; range++) {
		size_t bytes = range->bits / 8, bits = range->bits % 8;

		if (memcmp(address, range->prefix, bytes) == 0 && (bits == 0 ||
		    (address[bytes] ^ range->prefix[bytes]) >> (8 - bits) == 0))
			return range;
	}
}

enum url_reach
url_reach(const struct sockaddr_storage *peer)
{
	const struct range *range;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	uint8_t ipv4[4];

	if (peer->ss_family == AF_INET) {
		memcpy(&in, peer, sizeof(in));
		memcpy(ipv4, &in.sin_addr, sizeof(ipv4));
		return range_find(ipv4_ranges, ipv4)->reach;
	}
	if (peer->ss_family != AF_INET6)
		return URL_REACH_NONE;
	memcpy(&in6, peer, sizeof(in6));
	range = range_find(ipv6_ranges, in6.sin6_addr.s6_addr);
	if (range->ipv4_at != 0)
		range = range_find(ipv4_ranges,
		    in6.sin6_addr.s6_addr + range->ipv4_at);
	return range->reach;
}

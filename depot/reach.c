/*
 * reach.c - how far an address reaches: what a hostile name server (DNS
 * rebinding) or a redirect must not lead to.  From IANA's registries of
 * special-purpose addresses (RFC 6890).
 */
#include <netinet/in.h>
#include <string.h>

#include "depot/url.h"

#define V4	[10] = 0xff, 0xff	/* an IPv4 address, mapped, follows */

/* The first range that matches counts; what is in none is not to be reached. */
static const struct range {
	uint8_t		prefix[17];	/* one more than addresses have, so that
					 * 128 bits are no special case */
	uint8_t		bits;		/* of the prefix */
	enum url_reach	reach;
} ranges[] = {
	{ { V4, 0 },		104, URL_REACH_NONE },	/* "here" */
	{ { V4, 10 },		104, URL_REACH_PRIVATE },
	{ { V4, 100, 64 },	106, URL_REACH_PRIVATE },
	{ { V4, 127 },		104, URL_REACH_LOOPBACK },
	{ { V4, 169, 254 },	112, URL_REACH_LINK },
	{ { V4, 172, 16 },	108, URL_REACH_PRIVATE },
	{ { V4, 192, 0, 0 },	120, URL_REACH_NONE },	/* protocols */
	{ { V4, 192, 0, 2 },	120, URL_REACH_NONE },	/* examples */
	{ { V4, 192, 88, 99 },	120, URL_REACH_NONE },	/* old 6to4 */
	{ { V4, 192, 168 },	112, URL_REACH_PRIVATE },
	{ { V4, 198, 18 },	111, URL_REACH_NONE },	/* benchmarks */
	{ { V4, 198, 51, 100 },	120, URL_REACH_NONE },	/* examples */
	{ { V4, 203, 0, 113 },	120, URL_REACH_NONE },	/* examples */
	{ { V4, 224 },		99,  URL_REACH_NONE },	/* multicast, reserved,
							 * broadcast */
	{ { V4 },		96,  URL_REACH_PUBLIC },
	{ { [15] = 1 },		128, URL_REACH_LOOPBACK },
	{ { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48, URL_REACH_PRIVATE }, /* NAT64 */
	{ { 0x20, 0x01 },	23,  URL_REACH_NONE },	/* protocols, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, URL_REACH_NONE },	/* examples */
	{ { 0x3f, 0xff },	20,  URL_REACH_NONE },	/* examples */
	{ { 0x20 },		3,   URL_REACH_PUBLIC },
	{ { 0xfc },		7,   URL_REACH_PRIVATE },
	{ { 0xfe, 0x80 },	10,  URL_REACH_LINK },
	{ { 0xfe, 0xc0 },	10,  URL_REACH_PRIVATE },	/* site-local */
};

static bool
range_holds(const struct range *range, const uint8_t address[17])
{
	size_t bytes = range->bits / 8, beyond = 8 - range->bits % 8;

	return memcmp(address, range->prefix, bytes) == 0 &&
	    (address[bytes] ^ range->prefix[bytes]) >> beyond == 0;
}

enum url_reach
url_reach(const struct sockaddr_storage *peer)
{
	static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };
	uint8_t address[17] = { V4 };
	const struct sockaddr_in *in = (const void *)peer;
	const struct sockaddr_in6 *in6 = (const void *)peer;
	const uint8_t *ipv6 = in6->sin6_addr.s6_addr;

	if (peer->ss_family == AF_INET)
		memcpy(address + 12, &in->sin_addr, 4);
	else if (peer->ss_family != AF_INET6)
		return URL_REACH_NONE;
	/* Through a tunnel it is the IPv4 address within that is reached. */
	else if (memcmp(ipv6, nat64, sizeof(nat64)) == 0)
		memcpy(address + 12, ipv6 + 12, 4);
	else if (ipv6[0] == 0x20 && ipv6[1] == 0x02)	/* 6to4 */
		memcpy(address + 12, ipv6 + 2, 4);
	else
		memcpy(address, ipv6, 16);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (range_holds(&ranges[i], address))
			return ranges[i].reach;
	return URL_REACH_NONE;
}

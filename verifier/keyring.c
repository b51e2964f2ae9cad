#include <errno.h>
#include <string.h>

#include "depot/armor.h"
#include "verifier/keyring.h"

/* Packet types that matter here, RFC 9580 section 5. */
enum packet_tag {
	PACKET_SIGNATURE = 2,
	PACKET_PUBLIC_KEY = 6,
	PACKET_MARKER = 10,
	PACKET_TRUST = 12,
	PACKET_USER_ID = 13,
	PACKET_PUBLIC_SUBKEY = 14,
	PACKET_USER_ATTRIBUTE = 17,
	PACKET_PADDING = 21,
};

struct packet {
	unsigned int	tag;
	size_t		size;	/* its header included */
};

/* A big-endian number of n octets, n at most 4. */
static size_t
number(const uint8_t *at, size_t n)
{
	size_t value = 0;

	while (n-- > 0)
		value = value << 8 | *at++;
	return value;
}

/*
 * The header's size and the body's, of a new-format packet (RFC 9580 section
 * 4.2.1).  Partial lengths are for streams of data, not for keys.
 */
static int
length_new(const uint8_t *at, size_t left, size_t *header, size_t *body)
{
	if (left >= 2 && at[1] < 192) {
		*header = 2;
		*body = at[1];
	} else if (left >= 3 && at[1] < 224) {
		*header = 3;
		*body = ((size_t)(at[1] - 192) << 8) + at[2] + 192;
	} else if (left >= 6 && at[1] == 255) {
		*header = 6;
		*body = number(at + 2, 4);
	} else
		return -EBADMSG;
	return 0;
}

/* The same of an old-format packet (section 4.2.2); none is indeterminate. */
static int
length_old(const uint8_t *at, size_t left, size_t *header, size_t *body)
{
	size_t n = (size_t)1 << (at[0] & 3);

	if (n > 4 || left < 1 + n)
		return -EBADMSG;
	*header = 1 + n;
	*body = number(at + 1, n);
	return 0;
}

static int
packet_parse(const uint8_t *at, size_t left, struct packet *p)
{
	size_t header = 0, body = 0;
	int is_new = at[0] & 0x40;

	if (!(at[0] & 0x80))
		return -EBADMSG;
	int error = is_new ? length_new(at, left, &header, &body) :
	    length_old(at, left, &header, &body);
	if (error < 0 || body > left - header)
		return -EBADMSG;
	p->tag = is_new ? at[0] & 0x3f : at[0] >> 2 & 0xf;
	p->size = header + body;
	return 0;
}

/* 1: belongs into a keyring; 0: is left out; -EBADMSG: not of a public key. */
static int
packet_belongs(const struct packet *p)
{
	switch (p->tag) {
	case PACKET_SIGNATURE:
	case PACKET_PUBLIC_KEY:
	case PACKET_USER_ID:
	case PACKET_PUBLIC_SUBKEY:
	case PACKET_USER_ATTRIBUTE:
		return 1;
	case PACKET_MARKER:
	case PACKET_TRUST:	/* the attack that keyring.h speaks of */
	case PACKET_PADDING:
		return 0;
	default:
		return -EBADMSG;
	}
}

/* Keep, in place, the packets that belong into a keyring. */
static int
packets_keep(uint8_t *ring, size_t size, size_t *kept)
{
	struct packet p;
	size_t n = 0;

	for (size_t at = 0; at < size; at += p.size) {
		if (packet_parse(ring + at, size - at, &p) < 0 ||
		    (at == 0 && p.tag != PACKET_PUBLIC_KEY))
			return -EBADMSG;
		int belongs = packet_belongs(&p);
		if (belongs < 0)
			return belongs;
		if (belongs) {
			memmove(ring + n, ring + at, p.size);
			n += p.size;
		}
	}
	*kept = n;
	return 0;
}

static int
make_from_text(struct armor_text text, uint8_t *ring, size_t max, size_t *size)
{
	size_t n = 0, block;
	int found, error;

	while ((found = armor_find(&text, ARMOR_KEY)) > 0) {
		error = armor_decode(&text, ARMOR_KEY, ring + n, max - n,
		    &block);
		if (error == 0)
			error = packets_keep(ring + n, block, &block);
		if (error < 0)
			return -EBADMSG;
		n += block;
	}
	if (found < 0 || n == 0)
		return -EBADMSG;
	*size = n;
	return 0;
}

int
keyring_make(const uint8_t *file, size_t size, uint8_t *ring,
    size_t *ring_size)
{
	const char *text = (const char *)file;

	if (size == 0)
		return -EBADMSG;
	/* Text has seven bits, a packet's first octet has the eighth set. */
	if (!(file[0] & 0x80))
		return make_from_text((struct armor_text){ text, text + size },
		    ring, size, ring_size);
	memcpy(ring, file, size);
	return packets_keep(ring, size, ring_size);
}

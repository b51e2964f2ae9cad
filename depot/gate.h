/*
 * gate.h - the one shape of signature file that an OpenPGP engine gets to see.
 *
 * Engines disagree on what a detached signature is, and some can be fooled: by
 * inline signatures, several of them, text mode, junk around them.  The gate
 * lets through exactly one signature packet (RFC 9580 section 5.2) whose
 * definite length is the file's, version 4 or 6, type binary, with algorithms
 * from a list.  It reads no more than the packet's header, the first octets, the
 * lengths of the subpacket areas and, of what is signed with the data, one
 * notation: the path that the archive is bound to.  Pure; bounded.
 */
#ifndef DEPOT_GATE_H
#define DEPOT_GATE_H

#include <stddef.h>
#include <stdint.h>

#include "depot/path.h"

#define GATE_MAX	8192	/* largest signature file, bytes */
/* Whose value is the archive's path: without it an archive of a publisher can be
 * passed off as another, because signatures cover bytes and no names. */
#define GATE_NOTATION	"path@airlock.alt"

enum gate {
	GATE_NONE = 0,
	GATE_PASS,
	GATE_EMPTY,		/* no byte at all */
	GATE_LARGE,		/* more than GATE_MAX bytes */
	GATE_ARMORED,		/* text, not a binary packet */
	GATE_PACKET,		/* first packet is not a signature */
	GATE_LENGTH,		/* partial, indeterminate, or not the file's */
	GATE_VERSION,		/* not version 4 or 6 */
	GATE_TYPE,		/* not a signature over binary data */
	GATE_KEY_ALGORITHM,	/* public-key algorithm not accepted */
	GATE_HASH_ALGORITHM,	/* not accepted: SHA-1, MD5, ... */
	GATE_AREAS,		/* subpackets, areas or salt do not fit, or no
				 * signature follows; more than one path */
};

/* What the packet says of itself: claims until an engine has verified them. */
struct gate_facts {
	uint8_t	version, algorithm, hash;
	uint32_t created;	/* seconds since 1970 */
	char	path[DEPOT_PATH_MAX + 1];	/* of GATE_NOTATION; "": none */
};

/* GATE_PASS with *facts set, or the first reason against it.  *facts are set as
 * well if nothing else is against it but an algorithm that is too old for
 * everybody's use: DSA, SHA-1. */
enum gate gate_check(const uint8_t *sig, size_t size, struct gate_facts *facts);
/* Bytes of the packet that sig begins with; 0: its length is not definite, or
 * more than there is.  Where several have to sign, each has one packet. */
size_t	gate_packet(const uint8_t *sig, size_t size);
/* In words, for messages: gate_text.c, which the trusted side does not link. */
const char *gate_text(enum gate);

#endif /* DEPOT_GATE_H */

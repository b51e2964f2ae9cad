/*
 * armor.h - ASCII armor to binary: one decoder for key files and signatures.
 *
 * Written after RFC 9580 section 6, the strict reading of it: base64 without
 * foreign characters, complete padding, no bits left over, a checksum that is
 * right if it is there, and an end that fits the beginning.  Pure; bounded by
 * the text it is given.
 */
#ifndef DEPOT_ARMOR_H
#define DEPOT_ARMOR_H

#include <stddef.h>
#include <stdint.h>

#define ARMOR_KEY	"PUBLIC KEY BLOCK"
#define ARMOR_SIGNATURE	"SIGNATURE"

/* What is still unread; not a C string. */
struct armor_text {
	const char *at, *end;
};

/*
 * Go to the next block, over text that belongs to none.  1: text->at is its
 * first line; 0: there is none; -EBADMSG: it is not of the kind label.
 */
int	armor_find(struct armor_text *, const char *label);
/*
 * Decode the block of the kind label that begins at text->at into out, at most
 * max bytes, and go behind it.  0 with *size set (at least 1), -EBADMSG, or
 * -EFBIG.  out may have been written to in any case.
 */
int	armor_decode(struct armor_text *, const char *label, uint8_t *out,
	    size_t max, size_t *size);
/* The same, if there is nothing but white space around that one block. */
int	armor_decode_only(struct armor_text, const char *label, uint8_t *out,
	    size_t max, size_t *size);

#endif /* DEPOT_ARMOR_H */

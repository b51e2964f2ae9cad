/*
 * keyring.h - a pinned key file to the keyring that gpg reads.
 *
 * gpg believes what stands in its own keyring: a trust packet there tells it
 * that a signature was found good before, and it does not look again.  Somebody
 * who hands out a key file could so bind a subkey of his own to another's
 * primary key.  `gpg --import` drops such packets; here the file becomes the
 * keyring without an import, so they are dropped here.
 */
#ifndef VERIFIER_KEYRING_H
#define VERIFIER_KEYRING_H

#include <stddef.h>
#include <stdint.h>

/*
 * Make a keyring of a key file, which is binary, or text with one or more
 * armored blocks (text around them is ignored, as gpg does).  Each block must
 * consist of whole packets and begin with a public key.  ring has room for size
 * bytes, and *ring_size is set on success.  0, or -EBADMSG.  Pure.
 */
int	keyring_make(const uint8_t *file, size_t size, uint8_t *ring,
	    size_t *ring_size);

#endif /* VERIFIER_KEYRING_H */

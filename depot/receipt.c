#include <stdio.h>
#include <time.h>

#include "depot/receipt.h"

#define HEX	(2 * SHA256_SIZE + 1)	/* array size of a digest in text */

int
receipt_write(struct store *store, const struct receipt *r)
{
	char text[2048], digest[HEX], key[HEX], primary[HEX];

	sha256_hex(r->digest, SHA256_SIZE, digest);
	sha256_hex(r->key, r->key_size, key);
	sha256_hex(r->primary, r->key_size, primary);
	/* In the grammar by construction: paths, numbers, hexadecimal. */
	int n = snprintf(text, sizeof(text), "path %s\nstate verified\n"
	    "sha256 %s\nsize %ju\nkey %s\nprimary-key %s\nsigned %jd\n"
	    "engine gpgme\npolicy quorum 1\njail-layers %#x\nentries %ju\n"
	    "unpacked %ju\nwanted %s\ninstalled %jd\n", r->path->text, digest,
	    (uintmax_t)r->size, key, primary, (intmax_t)r->created, r->layers,
	    (uintmax_t)r->entries, (uintmax_t)r->bytes,
	    r->wanted ? "yes" : "no", (intmax_t)time(NULL));
	return store_receipt(store, r->path, text, (size_t)n);
}

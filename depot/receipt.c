#include <stdio.h>
#include <time.h>

#include "depot/receipt.h"
#include "jail/jail.h"

#define HEX	(2 * SHA256_SIZE + 1)	/* array size of a digest in text */

static const char *const levels[] = {
	[JAIL_BASIC] = "basic",
	[JAIL_STRONG] = "strong",
	[JAIL_FULL] = "full",
};

/* In the grammar by construction: numbers, hexadecimal, words of ours. */
static int
print_trust(char *text, size_t size, const struct receipt *r)
{
	char key[HEX], primary[HEX], signature[HEX];

	if (r->key == NULL)
		return snprintf(text, size, "state blessed\n");
	sha256_hex(r->key, r->key_size, key);
	sha256_hex(r->primary, r->key_size, primary);
	sha256_hex(r->signature, SHA256_SIZE, signature);
	return snprintf(text, size, "state verified\nkey %s\nprimary-key %s\n"
	    "signed %jd\nsignature %s\nengine gpgme\n%spolicy quorum %u "
	    "threshold %u\nbinding %s\ncatalog-serial %ju\n%s", key, primary,
	    (intmax_t)r->created, signature, r->quorum > 1 ?
	    "engine sequoia\n" : "", r->quorum, r->threshold, r->serial != 0 ?
	    "catalog" : r->bound ? "signature" : "none",
	    (uintmax_t)r->serial, r->old ? "old-algorithms yes\n" : "");
}

int
receipt_write(struct store *store, const struct receipt *r)
{
	char text[2048], trust[1024], digest[HEX], manifest[HEX];

	sha256_hex(r->digest, SHA256_SIZE, digest);
	sha256_hex(r->manifest, SHA256_SIZE, manifest);
	(void)print_trust(trust, sizeof(trust), r);
	int n = snprintf(text, sizeof(text), "path %s\n%ssha256 %s\nsize %ju\n"
	    "manifest %s\njail-level %s\njail-layers %#x\nentries %ju\n"
	    "unpacked %ju\nwanted %s\ninstalled %jd\n%s%s%s", r->path->text,
	    trust, digest, (uintmax_t)r->size, manifest, levels[r->level],
	    r->layers, (uintmax_t)r->entries, (uintmax_t)r->bytes,
	    r->wanted ? "yes" : "no", (intmax_t)time(NULL),
	    r->exceptions[0] != '\0' ? "exceptions " : "", r->exceptions,
	    r->exceptions[0] != '\0' ? "\n" : "");
	return store_receipt(store, r->path, text, (size_t)n);
}

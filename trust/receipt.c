#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "rpc/cap.h"
#include "trust/receipt.h"

#define HEX	(2 * SHA256_SIZE + 1)	/* array size of a digest in text */

static const char *const levels[] = {
	[JAIL_BASIC] = "basic",
	[JAIL_STRONG] = "strong",
	[JAIL_FULL] = "full",
};

/* In the grammar by construction: numbers, hexadecimal, words of ours. */
static void
print_trust(char *text, size_t size, const struct check *c)
{
	char key[HEX], primary[HEX], signature[HEX];

	snprintf(text, size, "state blessed\n");
	if (c->user == NULL)
		return;
	const struct cli_key_req *policy = &c->user->policy;
	sha256_hex(c->key->fpr, c->key->fpr_size, key);
	sha256_hex(c->user->keys[c->key->primary].fpr, c->key->fpr_size,
	    primary);
	sha256_hex(c->digest, SHA256_SIZE, signature);
	snprintf(text, size, "state verified\nkey %s\nprimary-key %s\n"
	    "signed %jd\nsignature %s\nengine gpgme\n%spolicy quorum %u "
	    "threshold %u\nbinding %s\n%s", key, primary,
	    (intmax_t)c->created, signature, policy->quorum > 1 ? "engine sequoia\n" : "",
	    policy->quorum, policy->threshold, c->listed ? "catalog" :
	    c->bound ? "signature" : "none",
	    c->old ? "old-algorithms yes\n" : "");
}

int
receipt_write(struct store *store, const struct receipt *r)
{
	char trust[1024], digest[HEX], manifest[HEX];
	CLOSE int fd = store_receipt(store, r->path, r->staging);
	bool excepts = r->exceptions[0] != '\0';

	sha256_hex(r->digest, SHA256_SIZE, digest);
	sha256_hex(r->manifest, SHA256_SIZE, manifest);
	print_trust(trust, sizeof(trust), r->check);
	return fd < 0 ? fd : dprintf(fd, "path %s\n%ssha256 %s\nsize %ju\n"
	    "manifest %s\njail-level %s\njail-layers %#x\nentries %ju\n"
	    "unpacked %ju\nwanted %s\ninstalled %jd\ncatalog-serial %ju\n"
	    "%s%s%s", r->path->text,
	    trust, digest, r->check->size, manifest, levels[r->level],
	    r->check->layers, r->entries, r->bytes, r->wanted ? "yes" : "no",
	    (intmax_t)time(NULL), r->serial, excepts ? "exceptions " : "", r->exceptions,
	    excepts ? "\n" : "") < 0 ? -errno : 0;
}

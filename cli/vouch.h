/*
 * vouch.h - what is published, judged as its users will judge it: by the key
 * in depot/USER/pubkey, a jailed verifier and the manager.
 */
#ifndef CLI_VOUCH_H
#define CLI_VOUCH_H

#include "cli/openpgp.h"
#include "cli/root.h"
#include "cli/session.h"

struct vouch {
	struct session	 session;
	bool		 started;
	const char	*user;
	struct cli_key_rep keys;	/* what the key file stands for */
};

/* Is there a key file? */
bool	vouch_has_key(const struct root *, const char *user);
/* Read it, in a jail: STATUS_DONE, or another, said so: there must be a key that
 * can sign today.  vouch_end() after either. */
enum status vouch_begin(struct vouch *, const struct arguments *,
	    const struct root *, const char *user);
/* The fingerprint of its one primary key: STATUS_DONE; or, said so, there are
 * several. */
enum status vouch_primary(const struct vouch *, char fpr[FPR_TEXT]);
/* Is this key in the file?  STATUS_DONE, or STATUS_UNTRUSTED, said so. */
enum status vouch_knows(const struct vouch *, const uint8_t *fpr,
    uint32_t size);
/* Is it a good signature of the file?  Both are descriptors for reading, the
 * second one of a file or of memory.  STATUS_DONE, or another, said so of
 * `shown`. */
enum status vouch_check(struct vouch *, const char *shown, int file,
    int signature);
void	vouch_end(struct vouch *);

#endif /* CLI_VOUCH_H */

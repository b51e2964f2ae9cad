/*
 * sign.h - the conversation with the signer.
 */
#ifndef CLI_SIGN_H
#define CLI_SIGN_H

#include "cli/helper.h"
#include "cli/making.h"
#include "signer/signer.h"

struct signing {
	struct helper	 helper;
	/* the last answers */
	struct signer_open_rep opened;
	struct signer_export_rep exported;
	struct signer_sign_rep signature;
};

/*
 * Start the signer, and find the key: a fingerprint, or what else gpg takes for
 * one.  Like the two below: STATUS_DONE, or another, said so.  signing_end()
 * after either.
 */
enum status signing_begin(struct signing *, const char *id);
/* Put its public half where airlock looks for it: depot/USER/pubkey. */
enum status signing_export(struct signing *, const struct root *,
    const char *user);
/* Sign a file (a description that nobody else reads) as that archive, into
 * signing->signature.  What gpg made is not judged here. */
enum status signing_sign(struct signing *, int file,
    const struct depot_path *);
void	signing_end(struct signing *);

#endif /* CLI_SIGN_H */

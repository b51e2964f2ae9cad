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
	bool		 open;		/* the signer has found the key */
	struct cli_key_rep keys;	/* what depot/USER/pubkey stands for */
	/* the last answer */
	struct signer_open_rep opened;
	struct signer_export_rep exported;
	struct signer_sign_rep signature;
};

/*
 * Find the key of a user: --key, else that of depot/USER/pubkey, which is made
 * if it is missing and --key says of what.  The two must agree.  STATUS_DONE, or
 * another, said so.  signing_end() after either.
 */
enum status signing_begin(struct signing *, const struct making *,
    const char *user);
/* Sign a file (a description that nobody else reads) as that archive, into
 * signing->signature: it would pass a client's gate.  STATUS_DONE, or another,
 * said so. */
enum status signing_sign(struct signing *, int file,
    const struct depot_path *);
void	signing_end(struct signing *);

#endif /* CLI_SIGN_H */

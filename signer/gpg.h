/*
 * gpg.h - the user's gpg, by way of libgpgme.
 */
#ifndef SIGNER_GPG_H
#define SIGNER_GPG_H

#include <limits.h>

#include "signer/signer.h"

/* gpg's home directory, as the user's environment has it: 0 or -errno. */
int	gpg_home(char home[PATH_MAX]);
/* Have gpg start its agent (and keyboxd, if it is told to use one) outside of
 * any jail: one that is started inside would stay there, for all that the user
 * does with it later. */
void	gpg_agent_start(void);
/* Initialise libgpgme: 0 or -errno. */
int	gpg_init(void);

void	gpg_open(const struct signer_open_req *, struct signer_open_rep *);
void	gpg_export(int buffer, struct signer_export_rep *);
void	gpg_sign(const struct signer_sign_req *, int data,
	    struct signer_sign_rep *);

#endif /* SIGNER_GPG_H */

/*
 * keyfile.h - a publisher's public key, as a file that is handed to a jail.
 *
 * The cli looks at no more than the first line, to say early that a file is
 * something else; what keys it stands for is said by a jailed OpenPGP engine.
 */
#ifndef CLI_KEYFILE_H
#define CLI_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "cli/openpgp.h"
#include "cli/options.h"
#include "cli/status.h"

#define KEYFILE_MAX	((size_t)1 << 20)	/* largest key file, bytes */

/*
 * Read it once, so that what is inspected is what is used afterwards: a sealed
 * read-only descriptor, or -errno, said so.  -EINVAL: no ASCII-armored public
 * key block.
 */
int	keyfile_open(int dir, const char *path, const char *shown);

/* What keys a sealed key file stands for, by a jailed engine's word:
 * STATUS_DONE, or another, said so. */
enum status keys_ask(const struct arguments *, int key, struct cli_key_rep *,
	    const char *shown);

/* Has it a key that can sign, neither revoked, invalid nor expired now? */
bool	keys_usable(const struct cli_key_rep *);
/* How many primary keys; the index of the first in *primary. */
size_t	keys_primaries(const struct cli_key_rep *, size_t *primary);
/* Say each key: fingerprint, algorithm, times, what is wrong with it. */
void	keys_say(const struct cli_key_rep *);
/* The same as a member "keys" of a JSON object. */
void	keys_json(const struct cli_key_rep *);

#endif /* CLI_KEYFILE_H */

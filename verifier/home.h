/*
 * home.h - the private directory that gpg sees as its home.
 *
 * It holds the pinned key as a keyring, and a configuration under which gpg
 * starts no agent, asks no network and writes nothing.
 */
#ifndef VERIFIER_HOME_H
#define VERIFIER_HOME_H

#define HOME_DIR	"/home"

/*
 * Prepare the home, a small empty directory in memory that the launcher made
 * for this process alone, and open its keyring for writing.  The descriptor,
 * which the jail to come does not take away, or -errno; -ENOTDIR if HOME_DIR is
 * not such a directory but somebody's real one.
 */
int	home_open(void);
/*
 * Write the key file of descriptor input as the keyring, and close ring.  A
 * file that holds no key that can be read leaves the keyring empty, and so no
 * signature will be good.  0 or -errno.
 */
int	home_fill(int ring, int input);

#endif /* VERIFIER_HOME_H */

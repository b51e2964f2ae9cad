/*
 * home.h - the private directory that gpg sees as its home.
 *
 * It holds the pinned key as a keyring, and a configuration under which gpg
 * starts no agent, asks no network and writes nothing.
 */
#ifndef VERIFIER_HOME_H
#define VERIFIER_HOME_H

#define HOME_DIR	"."	/* the working directory, once it is open */

/*
 * Enter the home: a small empty directory in memory that the launcher made for
 * this process alone; without a mount namespace, one on the disk, beneath
 * `scratch`, which the cli made in the working directory.  0 or -errno.
 */
int	home_enter(const char *scratch);
/* A new file in it, which is there to be read, opened for writing: the
 * descriptor, which the jail to come does not take away, or -errno. */
int	home_create(const char *name);
/* Prepare it for gpg and enter it: its keyring, as of home_create(). */
int	home_open(void);
/*
 * Write the key file of descriptor input as the keyring, and close ring.  A
 * file that holds no key that can be read leaves the keyring empty, and so no
 * signature will be good.  0 or -errno.
 */
int	home_fill(int ring, int input);
/* A template that cannot get as far as serving says why not, and ends. */
_Noreturn void home_failed(int error);

#endif /* VERIFIER_HOME_H */

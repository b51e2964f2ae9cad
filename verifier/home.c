#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "jail/jail.h"
#include "rpc/cap.h"
#include "rpc/rpc.h"
#include "verifier/home.h"
#include "verifier/keyring.h"
#include "verifier/verifier.h"

#define VIEW	"/home"		/* in the launcher's view: in memory */
#define RING	"pubring.gpg"

/*
 * Nothing is fetched, started, asked or written.  Without "trust-model always"
 * gpg makes a trust database, fails, and says nothing of the signature.
 * "no-sig-cache" has it check each of the key's own signatures (keyring.h).
 */
static const char configuration[] =
    "no-default-keyring\n"
    "keyring " RING "\n"
    "trust-model always\n"
    "ignore-time-conflict\n"
    "ignore-valid-from\n"
    "no-sig-cache\n"
    "no-autostart\n"
    "no-auto-key-retrieve\n"
    "no-auto-key-locate\n"
    "no-auto-check-trustdb\n"
    "no-random-seed-file\n"
    "lock-never\n"
    "no-greeting\n"
    "no-permission-warning\n";

/* Where there is no mount namespace, /home is the machine's: hands off. */
static int
view_is_ours(void)
{
	struct statfs fs;
	struct stat st;

	return statfs(VIEW, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
	    lstat(VIEW, &st) == 0 && S_ISDIR(st.st_mode) &&
	    (st.st_mode & 07777) == 0700 && st.st_uid == geteuid();
}

int
home_enter(const char *scratch)
{
	char own[32];

	if (view_is_ours())
		return chdir(VIEW) == -1 ? -errno : 0;
	/* The cli clears it up later. */
	snprintf(own, sizeof(own), "%s/XXXXXX", scratch);
	return mkdtemp(own) == NULL || chdir(own) == -1 ? -errno : 0;
}

/* Children run as the same user, who may read the file and write it through no
 * descriptor but this one.  They can change no mode and create nothing. */
int
home_create(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0400);

	return fd == -1 ? -errno : fd;
}

static int
file_write(int fd, const void *data, size_t size)
{
	ssize_t n = write(fd, data, size);

	if (n == -1)
		return -errno;
	return (size_t)n == size ? 0 : -ENOSPC;
}

int
home_open(void)
{
	int error = home_enter("home");

	if (error < 0)
		return error;
	CLOSE int conf = home_create("gpg.conf");
	if (conf < 0)
		return conf;
	error = file_write(conf, configuration, sizeof(configuration) - 1);
	if (error < 0)
		return error;
	return home_create(RING);
}

/* The file's bytes, at most max: how many, or -errno. */
static ssize_t
file_read(int fd, uint8_t *data, size_t max)
{
	size_t size = 0;
	ssize_t n;

	while (size < max &&
	    (n = pread(fd, data + size, max - size, (off_t)size)) != 0) {
		if (n == -1)
			return -errno;
		size += (size_t)n;
	}
	return (ssize_t)size;
}

int
home_fill(int ring, int input)
{
	CLOSE int out = ring;
	/* One byte more than allowed, to see that there is more. */
	size_t max = VERIFIER_KEY_FILE + 1, size = 0;
	uint8_t *file = malloc(2 * max);
	int error = 0;

	if (file == NULL)
		return -ENOMEM;
	ssize_t n = file_read(input, file, max);
	if (n < 0)
		error = (int)n;
	else if ((size_t)n < max &&
	    keyring_make(file, (size_t)n, file + max, &size) == 0)
		error = file_write(out, file + max, size);
	free(file);
	return error;
}

void
home_failed(int error)
{
	rpc_last_words(JAIL_FD_CHANNEL, RPC_DEATH_SETUP, -error);
	_exit(JAIL_EXIT_SETUP);
}

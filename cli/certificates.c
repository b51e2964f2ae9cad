#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "cli/certificates.h"
#include "cli/message.h"
#include "rpc/buffer.h"
#include "rpc/cap.h"

#define CERTIFICATES_MAX	((size_t)16 << 20)	/* bytes */

static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem",		/* SUSE */
	"/etc/pki/tls/cacert.pem",
	"/etc/ssl/cert.pem",			/* Alpine */
};

static int
seal(const char *path)
{
	CLOSE int file = open(path, O_RDONLY | O_CLOEXEC);

	return file == -1 ? -errno : buffer_seal_file(file, CERTIFICATES_MAX);
}

int
certificates_open(const char *file)
{
	int fd = -ENOENT;

	if (file != NULL) {
		fd = seal(file);
		if (fd < 0)
			complain("%s: %s", file, strerror(-fd));
		return fd;
	}
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++)
		if ((fd = seal(bundles[i])) >= 0)
			return fd;
	fd = buffer_seal("", 0);
	if (fd < 0)
		complain("a buffer for certificates: %s", strerror(-fd));
	return fd;
}

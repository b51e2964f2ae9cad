#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "cli/certificates.h"
#include "cli/input.h"
#include "cli/message.h"
#include "rpc/buffer.h"

#define CERTIFICATES_MAX	((size_t)16 << 20)	/* bytes */

static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem",		/* SUSE */
	"/etc/pki/tls/cacert.pem",
	"/etc/ssl/cert.pem",			/* Alpine */
};

int
certificates_open(const char *file)
{
	int fd = -ENOENT;

	if (file != NULL) {
		fd = input_seal(AT_FDCWD, file, CERTIFICATES_MAX);
		if (fd < 0)
			input_complain(file, fd);
		return fd;
	}
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++)
		if ((fd = input_seal(AT_FDCWD, bundles[i],
		    CERTIFICATES_MAX)) >= 0)
			return fd;
	fd = buffer_seal("", 0);
	if (fd < 0)
		complain("a buffer for certificates: %s", strerror(-fd));
	return fd;
}

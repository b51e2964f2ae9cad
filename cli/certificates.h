/*
 * certificates.h - the certificates that TLS servers are judged by.
 */
#ifndef CLI_CERTIFICATES_H
#define CLI_CERTIFICATES_H

/*
 * Seal the file (NULL: the first bundle that exists where distributions keep
 * theirs): a read-only descriptor, of an empty buffer if the system has none,
 * or -errno, said so.
 */
int	certificates_open(const char *file);

#endif /* CLI_CERTIFICATES_H */

/*
 * tls.h - which certificates a server must show.
 */
#ifndef FETCHER_TLS_H
#define FETCHER_TLS_H

#include <curl/curl.h>

/*
 * Read the certificates (PEM, sealed buffer) of the authorities that count, and
 * load what the TLS library needs later, when it cannot open files any more.
 * Parsing the authorities of a distribution takes 30 ms: here once, and not for
 * each connection.  0 or -errno.  Before curl_global_init().
 */
int	tls_init(int fd);
/* Let a transfer accept those authorities and no others. */
void	tls_apply(CURL *);

#endif /* FETCHER_TLS_H */

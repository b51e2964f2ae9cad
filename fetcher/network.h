/*
 * network.h - serves an http or https origin through libcurl.
 */
#ifndef FETCHER_NETWORK_H
#define FETCHER_NETWORK_H

#include "fetcher/session.h"

/* Load and initialise the libraries; input: the authorities' certificates.
 * Before the jail closes.  0 or -errno. */
int	network_init(int input);
/* Until the manager hangs up (0), or -errno. */
int	network_serve(struct session *);

#endif /* FETCHER_NETWORK_H */

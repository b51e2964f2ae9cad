/*
 * dial.h - from a host's name to a connected socket.
 */
#ifndef DIALER_DIAL_H
#define DIALER_DIAL_H

#include <stdint.h>

#include "dialer/dialer.h"

/*
 * Resolve host (a name or a literal address) and connect to port at each of its
 * addresses, one after the other, until one accepts.  timeout: ms for each
 * address.  Blocks.  With DIALER_CONNECTED, *fd is a blocking socket, the
 * caller's; *error is the errno of the last address tried, or 0.
 */
enum dialer_outcome dial(const char *host, uint16_t port, uint32_t timeout,
    int *fd, int *error);

#endif /* DIALER_DIAL_H */

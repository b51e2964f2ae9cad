/*
 * connection.h - the connections to the origin: how many there are, how many
 * are worth asking for, and which of them libcurl has.
 */
#ifndef FETCHER_CONNECTION_H
#define FETCHER_CONNECTION_H

#include <curl/curl.h>

#include "fetcher/session.h"

/* What was agreed on with the server. */
enum connection_protocol {
	CONNECTION_UNKNOWN = 0,
	CONNECTION_ONE,		/* HTTP/1.1: a transfer at a time */
	CONNECTION_MANY,	/* HTTP/2: streams */
};

struct connections {
	struct session			*session;
	enum connection_protocol	 protocol;
	int		fds[SESSION_CONNECTIONS];	/* libcurl's */
	uint32_t	open;
	uint32_t	limit;		/* at most so many */
	bool		starved;	/* libcurl wants one more */
	bool		changed;	/* libcurl got one, or its protocol */
	uint64_t	heard;		/* last progress on any, rpc_now() */
};

enum connection_outcome {
	CONNECTION_NONE = 0,	/* the stock is empty */
	CONNECTION_TAKEN,
	CONNECTION_DEAD,	/* what was in stock was closed by the server */
};

void	connections_init(struct connections *, struct session *);
/* For libcurl, at once: a descriptor that it closes with connection_close(). */
enum connection_outcome connection_take(struct connections *, int *fd);
void	connection_close(struct connections *, int fd);
/* How many transfers may be in libcurl's hands. */
uint32_t connections_capacity(const struct connections *);
/* Ask the dialer for what is missing. */
void	connections_ask(struct connections *);
/* The dialer had none to give: true if there is none left at all. */
bool	connections_refused(struct connections *);
/* They lead nowhere any more: let libcurl notice. */
void	connections_shutdown(struct connections *);

#endif /* FETCHER_CONNECTION_H */

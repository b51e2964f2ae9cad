#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "depot/url.h"
#include "dialer/origin.h"

#define REMEMBERED	UINT64_C(60000)	/* ms */
/* A failure: those who ask at the same time get one answer. */
#define FAILED		UINT64_C(1000)

static const struct addrinfo *
address_next(const struct addrinfo *from, int family, bool same)
{
	while (from != NULL && (from->ai_family == family) != same)
		from = from->ai_next;
	return from;
}

/*
 * The order of RFC 6724, which getaddrinfo() made, but with the families taking
 * turns: where one of them leads nowhere, as IPv6 often does, the second
 * attempt is of the other (RFC 8305, section 4).
 */
static void
addresses_take(struct origin *o, const struct addrinfo *list)
{
	int family = list->ai_family;
	const struct addrinfo *next[2] = {
		address_next(list, family, true),
		address_next(list, family, false),
	};
	size_t turn = 0;

	o->count = o->first = 0;
	while (o->count < ORIGIN_ADDRESSES &&
	    (next[0] != NULL || next[1] != NULL)) {
		if (next[turn] == NULL)
			turn ^= 1;
		memcpy(&o->address[o->count++], next[turn]->ai_addr,
		    next[turn]->ai_addrlen);
		next[turn] = address_next(next[turn]->ai_next, family,
		    turn == 0);
		turn ^= 1;
	}
}

static enum dialer_outcome
outcome_of_name(int failure)
{
	switch (failure) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return DIALER_NO_NAME;
	default:
		return DIALER_NO_RESOLVER;
	}
}

static void
resolver_ask(struct origin *o)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list;
	char service[sizeof("65535")];

	snprintf(service, sizeof(service), "%u", o->told.port);
	int failure = getaddrinfo(o->told.host, service, &hints, &list);
	o->error = failure == EAI_SYSTEM ? errno : 0;
	o->failure = failure == 0 ? DIALER_NONE : outcome_of_name(failure);
	/* Now, after it may have taken its time. */
	o->until = rpc_now() + (failure == 0 ? REMEMBERED : FAILED);
	if (failure != 0)
		return;
	addresses_take(o, list);
	freeaddrinfo(list);
}

bool
origin_resolve(struct origin *o)
{
	/* The C library's resolver reads names in its own ways ("127.1"). */
	if (!url_host_valid(o->told.host))
		o->failure = DIALER_NO_HOST;
	else if (rpc_now() >= o->until)
		resolver_ask(o);
	return o->failure == DIALER_NONE;
}

bool
origin_allows(const struct origin *o, const struct sockaddr_storage *to)
{
	bool configured = o->told.configured != 0;

	switch (url_reach(to)) {
	case URL_REACH_PUBLIC:
		return true;
	case URL_REACH_PRIVATE:
		return configured;
	case URL_REACH_LOOPBACK:
	case URL_REACH_LINK:
		return configured && url_host_local_name(o->told.host);
	default:
		return false;
	}
}

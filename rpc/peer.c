/*
 * What only peers do: serve until the manager hangs up, and say two words about
 * their jail.  A file of its own, so that manager and launcher do not link it.
 */
#include <errno.h>
#include <unistd.h>

#include "rpc/rpc.h"

int
rpc_serve(struct rpc *rpc)
{
	int error;

	while ((error = rpc_receive(rpc, 0)) > 0)
		continue;
	return error == -EPIPE ? 0 : error;
}

static void
word_send(int fd, uint32_t number, uint32_t first, uint32_t second)
{
	const struct {
		struct rpc_header header;
		uint32_t	  words[2];
	} record = { { number, 0 }, { first, second } };

	/* write() on this socket type makes one record. */
	if (write(fd, &record, sizeof(record)) == -1)
		return;		/* nobody listens: the end itself is seen */
}

void
rpc_last_words(int fd, enum rpc_death_cause cause, int nr)
{
	word_send(fd, RPC_DEATH, cause, (uint32_t)nr);
}

void
rpc_say_ready(int fd, uint32_t layers)
{
	word_send(fd, RPC_READY, layers, 0);
}

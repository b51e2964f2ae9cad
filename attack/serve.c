#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "attack/acts.h"
#include "attack/serve.h"
#include "attack/wire.h"
#include "jail/jail.h"

RPC_PEER_SIDE(ATTACK_RPC, rows)

char
attack_place(void)
{
	char place = 0;

	return pread(JAIL_FD_INPUT, &place, 1, 0) == 1 ? place : 0;
}

void
attack_silence(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) == -1)
			_exit(EXIT_FAILURE);
	close(null);
}

static int
try_one(const struct attack_bare_req *req, const struct held *held,
    struct attack_bare_rep *rep)
{
	if (req->act >= ACT_COUNT)
		return -EBADMSG;
	*rep = (struct attack_bare_rep){ .error = act_try(req->act, held) };
	return 0;
}

#define HELD_NOTHING(rpc, req)						\
	{ .channel = (rpc)->fd, .file = -1, .slots = -1, .socket = -1,	\
	    .input = JAIL_FD_INPUT,					\
	    .port = (uint16_t)(req)->port, .pid = (pid_t)(req)->pid }

HEARD(attack_bare)
{
	struct held held = HELD_NOTHING(rpc, req);
	struct attack_bare_rep rep;
	int error = try_one(req, &held, &rep);

	return error < 0 ? error : answer_attack_bare(rpc, serial, &rep, NULL);
}

HEARD(attack_file)
{
	struct held held = HELD_NOTHING(rpc, req);
	struct attack_bare_rep rep;

	held.file = caps[0].fd;
	int error = try_one(req, &held, &rep);
	return error < 0 ? error : answer_attack_file(rpc, serial, &rep, NULL);
}

HEARD(attack_held)
{
	struct held held = HELD_NOTHING(rpc, req);
	struct attack_bare_rep rep;

	held.file = caps[0].fd;
	held.slots = caps[1].fd;
	held.socket = caps[2].fd;
	int error = try_one(req, &held, &rep);
	return error < 0 ? error : answer_attack_held(rpc, serial, &rep, NULL);
}

int
attack_serve(int channel)
{
	struct rpc rpc;

	rpc_init(&rpc, channel, RPC_ROWS(rows), NULL);
	return rpc_receive(&rpc, 0) == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}

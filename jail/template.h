/*
 * template.h - a jailed process that reads no input and is forked for each job.
 *
 * Loading and initialising a library costs milliseconds; a template does it
 * once.  For each job it forks a child into a fresh user and pid namespace,
 * hands it one channel of the manager's, and gives the manager a pidfd: the
 * kernel's own word for when the child, and all that it started, is gone.  The
 * template itself hears nothing but these fixed records of the manager.
 */
#ifndef JAIL_TEMPLATE_H
#define JAIL_TEMPLATE_H

#include "rpc/rpc.h"

enum template_phase { TEMPLATE_READY = 1 << 0 };

struct template_fork_req {
	uint64_t job;		/* names the staging directory, if there is one;
				 * a template that has slots picks one itself */
};
struct template_fork_rep {
	int32_t	 error;		/* 0 with a pidfd, or -errno */
	uint32_t layers;	/* enum jail_layer: the child's own namespaces */
};

#define TEMPLATE_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(TEMPLATE_FORK, template_fork, CAPS1(CAP_CHANNEL),		\
	    CAPS1(CAP_PIDFD) | CAPS_OPTIONAL, TEMPLATE_READY)

enum template_rpc { TEMPLATE_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
TEMPLATE_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* JAIL_TEMPLATE_H */

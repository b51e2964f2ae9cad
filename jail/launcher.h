/*
 * launcher.h - what the manager may ask of the launcher.
 *
 * The launcher is pid 1 of a pid namespace of its own, so that its death ends
 * every worker.  It creates processes of these fixed kinds and nothing else; it
 * hears one record type, from the manager alone.  The manager gets a pidfd of
 * each worker and so learns of its end from the kernel, not from anybody's word.
 */
#ifndef JAIL_LAUNCHER_H
#define JAIL_LAUNCHER_H

#include <sys/resource.h>

#include "rpc/rpc.h"

/* Descriptors that the launcher is started with (cli/start.c). */
#define LAUNCHER_FD_CHANNEL	3
#define LAUNCHER_FD_PROGRAM	4	/* + enum launcher_program: executables */

enum launcher_program {
	LAUNCHER_DIALER,
	LAUNCHER_FETCHER,
	LAUNCHER_VERIFIER,
	LAUNCHER_EXTRACTOR,
	LAUNCHER_SEQUOIA,
	LAUNCHER_PROGRAMS
};

enum launcher_kind {
	LAUNCHER_NO_KIND = 0,
	LAUNCHER_A_DIALER,
	LAUNCHER_A_FETCHER,	/* sockets only */
	LAUNCHER_A_VERIFIER,	/* template, holds one user's key */
	LAUNCHER_AN_EXTRACTOR,	/* template, sees staging/ */
	LAUNCHER_A_SEQUOIA,	/* as a verifier, by another engine */
	LAUNCHER_KINDS
};

/* Its arguments, numbers: the first uid for workers, and what stands in place of
 * a kind's own limit where it has one (jail/kinds.c); 0: nothing does. */
enum launcher_argument {
	LAUNCHER_UIDS = 1,
	LAUNCHER_MAX_MEMORY,		/* address space of each process, bytes */
	LAUNCHER_MAX_CPU,		/* processor time of each, seconds */
	LAUNCHER_MAX_PROCESSES,		/* of a worker that has children */
	LAUNCHER_ARGUMENTS
};

/*
 * What the launcher tells of its workers, one write each, to a pipe that does
 * not block: for the cli to show, and for nothing to depend on.  If the cli does
 * not read, records are lost.  Two for each worker.
 */
#define LAUNCHER_FD_USAGE	(LAUNCHER_FD_PROGRAM + LAUNCHER_PROGRAMS)
struct launcher_usage {
	int32_t	 pid;		/* in the launcher's pid namespace; negative:
				 * it could not begin, an errno */
	uint32_t kind;		/* it began, as this; or LAUNCHER_NO_KIND: it
				 * ended */
	uint32_t layers;	/* when it began: enum jail_layer, the outer's */
	int32_t	 status;	/* when it ended: see wait(2) */
	struct rusage used;	/* when it ended: with the children that it
				 * waited for, the memory the largest one's */
};

/* As root, workers run as these uids; the cli maps the range (cli/start.c).  It
 * lies in what systemd's UIDS-GIDS.md leaves unused, so that no user, service
 * or container of the host has them. */
#define LAUNCHER_UID_BASE	UINT32_C(1887000000)
#define LAUNCHER_UID_COUNT	UINT32_C(256)
/* The uid of a kind inside the launcher's namespace; + BASE outside. */
#define LAUNCHER_UID(kind)	((uint32_t)(kind))

enum launcher_phase { LAUNCHER_READY = 1 << 0 };

/* Capabilities: the worker's end of its channel; its input, sealed. */
struct launcher_spawn_req {
	uint32_t kind;			/* enum launcher_kind */
	uint32_t reserved;
};
struct launcher_spawn_rep {
	int32_t	 error;			/* 0 with a pidfd, or -errno */
	uint32_t layers;		/* enum jail_layer: the outer stage's */
};

#define LAUNCHER_RPC(CALL, ASK, NOTE, TELL)				\
	CALL(LAUNCHER_SPAWN, launcher_spawn,				\
	    CAPS2(CAP_CHANNEL, CAP_SEALED),				\
	    CAPS1(CAP_PIDFD) | CAPS_OPTIONAL, LAUNCHER_READY)

enum launcher_rpc { LAUNCHER_RPC(RPC_ENUM, RPC_ENUM, RPC_ENUM, RPC_ENUM) };
LAUNCHER_RPC(RPC_CHECK2, RPC_CHECK2, RPC_CHECK1, RPC_CHECK1)

#endif /* JAIL_LAUNCHER_H */

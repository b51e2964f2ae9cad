/*
 * What each kind of worker is given before its program starts: namespaces, a
 * view of the file system, limits.  And an outer filter: see outer.c.
 */
#include <sched.h>

#include "gen/libdirs.h"
#include "jail/kinds.h"

#define MIB		(UINT64_C(1) << 20)
#define NS_OWN		(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |	\
			    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define NS_ALL		(NS_OWN | CLONE_NEWNET)

const char *const kind_libraries[] = { LIBDIRS, NULL };

static const char *const nothing[] = { NULL };

/* Only what the resolver reads. */
static const char *const resolver[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
	"/etc/host.conf", "/etc/gai.conf", "/etc/services", NULL
};

static const char *const engine[] = { "/usr/bin/gpg", NULL };
static const char *const second_engine[] = { "/usr/bin/sqv", NULL };

const struct kind kinds[LAUNCHER_KINDS] = {
	[LAUNCHER_A_DIALER] = { "dialer", LAUNCHER_DIALER,
	    NS_OWN, 0, resolver, 256 * MIB, 60, 1, 0 },
	[LAUNCHER_A_FETCHER] = { "fetcher", LAUNCHER_FETCHER,
	    NS_ALL, 0, nothing, 512 * MIB, RLIM_INFINITY, 1, 0 },
	[LAUNCHER_A_VERIFIER] = { "verifier", LAUNCHER_VERIFIER,
	    NS_ALL, KIND_HOME | KIND_NULL, engine, 512 * MIB, 600, 64,
	    4 * MIB },
	[LAUNCHER_AN_EXTRACTOR] = { "extractor", LAUNCHER_EXTRACTOR,
	    NS_ALL, KIND_STAGING, nothing, 2048 * MIB,
	    600, 64, RLIM_INFINITY },
	[LAUNCHER_A_SEQUOIA] = { "sequoia", LAUNCHER_SEQUOIA,
	    NS_ALL, KIND_HOME, second_engine, 512 * MIB, 600, 64,
	    4 * MIB },
};

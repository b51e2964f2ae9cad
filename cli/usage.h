/*
 * usage.h - what each process of a run used, by the kernel's own account.
 *
 * The launcher tells of its workers (jail/launcher.h); manager and launcher were
 * waited for by the cli itself.  A template's account has its children's in it.
 */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "jail/launcher.h"

struct arguments;
struct started;

struct usage_worker {
	int32_t		 pid;		/* in the launcher's namespace */
	uint32_t	 kind;		/* enum launcher_kind */
	uint32_t	 layers;	/* of its outer stage */
	bool		 ended;		/* then: */
	int32_t		 status;
	struct rusage	 used;
};

struct usage {
	struct usage_worker *worker;	/* owned */
	size_t		 count;
	/* What is known of the work itself, bytes; 0: nothing to tell. */
	uint64_t	 fetched, verified, unpacked;
};

/* Take what the launcher has told by now; does not wait. */
void	usage_read(struct usage *, int pipe);
void	usage_free(struct usage *);

/* When all have ended: a table, or one JSON object a line. */
void	usage_show(const struct usage *, const struct arguments *,
	    const struct started *);

#endif /* CLI_USAGE_H */

/*
 * wishes.h - what an install was asked for: by name, and by a file.
 */
#ifndef CLI_WISHES_H
#define CLI_WISHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/locked.h"
#include "cli/needs.h"
#include "cli/options.h"
#include "cli/status.h"
#include "depot/path.h"
#include "reader/reader.h"

struct wish {
	struct depot_path path;
	uint32_t	 needs;		/* bits of enum needs */
	bool		 dependency;	/* of something that was wished for */
	bool		 listed;	/* a src stands for what its needs say,
					 * not just for itself */
};

struct wishes {
	struct wish	*list;		/* owned */
	size_t		 count;
	char		 arch[READER_TEXT];	/* that the file says; or "" */
};

/*
 * All words or, without any, all that the lockfile lists, unless that is NULL;
 * and all that --file names, which is an install description of
 * Genode's and is read by a reader: STATUS_DONE, or another, said so; then
 * nothing of it should be installed.
 */
enum status wishes_read(struct wishes *, const struct arguments *,
    const struct locked *);
/* What options ask for of all of them: bits of enum needs. */
uint32_t wishes_needs(const struct arguments *);
void	wishes_free(struct wishes *);

#endif /* CLI_WISHES_H */

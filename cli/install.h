/*
 * install.h - a run that fetches and verifies, of `install` and of `mirror`.
 */
#ifndef CLI_INSTALL_H
#define CLI_INSTALL_H

#include <stdbool.h>

#include "cli/locked.h"
#include "cli/options.h"
#include "cli/root.h"
#include "cli/settings.h"
#include "cli/status.h"
#include "cli/view.h"
#include "cli/wishes.h"

/* What such a run holds. */
struct install {
	struct arguments arguments;	/* with the settings */
	struct root	 root;		/* to install into */
	struct settings	 settings;	/* owned, like the next three */
	struct locked	 locked;	/* with --locked */
	struct wishes	 wishes;
	enum depot_type	 image;		/* the form that images come in */
	int		 mirror;	/* directory for what is kept; -1: ROOT's
					 * public/, and all is unpacked */
	const char	*whole;		/* as of struct plan */
	size_t		 known;		/* archives that there were to judge */
	bool		 goes_on;	/* the process has more to do then: it
					 * keeps its rights */
	/* Under ROOT's lock, before anything else; or NULL. */
	enum status	 (*begin)(struct install *);
	void		*context;	/* begin's own */
};

/* What the arguments want of network and architecture is possible: STATUS_DONE,
 * or another, said so. */
enum status install_check(struct install *);
/* All wishes, from lock to last line. */
enum status install_all(struct install *);
void	install_free(struct install *);

#endif /* CLI_INSTALL_H */

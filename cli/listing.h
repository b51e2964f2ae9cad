/*
 * listing.h - the catalog of a publisher, made anew: what lies in the public
 * directory, and what was known of it before.
 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/catalog.h"
#include "cli/making.h"
#include "cli/vouch.h"

struct listing {
	const struct making *making;
	struct vouch	*vouch;		/* begun, with the publisher's key */
	struct depot_path path;		/* USER/catalog */
	struct catalog	 old;		/* the one that is there, or none */
	FILE		*text;		/* the new one; owned */
	uint64_t	 serial;
	int64_t		 created, expires;	/* seconds since 1970 */
	uint64_t	 archives;	/* that it lists */
	enum status	 worst;		/* of archives that it leaves out */
};

/*
 * Write the text of a new catalog of the user, and put its place in it: after
 * the one that is there, whose signature must be good.  An archive without a good
 * signature of the publisher's is left out, said so.  STATUS_DONE, or another,
 * said so; listing_end() after either.
 */
enum status listing_make(struct listing *, const struct making *,
    struct vouch *, const char *user);
/* Does the new one say nothing that the old one does not, which is still good
 * for a while?  Then it need not be published. */
bool	listing_is_kept(const struct listing *);
/* Its text: a descriptor, the listing's. */
int	listing_file(const struct listing *);
void	listing_end(struct listing *);

#endif /* CLI_LISTING_H */

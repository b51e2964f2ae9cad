/*
 * tag.h - what a server called the bytes of an archive that came halfway, so
 * that a later run can go on where this one stops (If-Range).
 *
 * A file beside the archive's in quarantine.  It is the struct as it is, and
 * counts only if both texts in it end.
 */
#ifndef CLI_TAG_H
#define CLI_TAG_H

#include <stdbool.h>

#include "depot/path.h"
#include "depot/quarantine.h"

/* Of the file of this name in the directory: false, there is none that counts. */
bool	tag_read(int quarantine, const char *name, struct url_tag *);
/* The one of an archive, replaced; without a validator, removed.  What cannot be
 * written is not missed: a later run begins anew. */
void	tag_write(int quarantine, const struct depot_path *,
	    const struct url_tag *);
/* Remove it, if there is nothing any more that it is about. */
void	tag_tidy(int quarantine, const struct depot_path *);

#endif /* CLI_TAG_H */

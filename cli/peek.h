/*
 * peek.h - an index that lies in public/ without being installed.
 *
 * Whoever only looks does not install, and nothing is unpacked that was not
 * verified: so it is installed, with all checks, into a ROOT for the moment.
 */
#ifndef CLI_PEEK_H
#define CLI_PEEK_H

#include "cli/index.h"
#include "cli/options.h"
#include "cli/root.h"
#include "cli/status.h"
#include "depot/path.h"

/* Read it: STATUS_DONE, or another, said so. */
enum status peek_index(struct index *, const struct root *,
    const struct arguments *, const struct depot_path *);

#endif /* CLI_PEEK_H */

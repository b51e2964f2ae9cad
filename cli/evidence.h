/*
 * evidence.h - what two engines disagreed about: one of them is wrong, or was taken
 * over, and whoever wants to know which needs the files.
 *
 * They stay in quarantine under names of their own, which no later attempt, no
 * mirror's answer and no gc takes away.
 */
#ifndef CLI_EVIDENCE_H
#define CLI_EVIDENCE_H

#include <stdbool.h>

#include "depot/path.h"
#include "depot/store.h"

/* Keep the archive and its signature as the manager has left them in quarantine,
 * beneath the directory public/. */
void	evidence_keep(int public, const struct depot_path *);
/* What it, or its signature, is called beneath public/, by the flat name of its
 * path. */
void	evidence_name(char name[STORE_NAME], const char *flat, bool signature);
/* Is a file of that name in quarantine one of these? */
bool	evidence_is(const char *name);

#endif /* CLI_EVIDENCE_H */

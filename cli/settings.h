/*
 * settings.h - ROOT/etc/settings: options that a depot's owner wants always.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/options.h"
#include "cli/root.h"

/* The text of the settings, which values in struct arguments point into. */
struct settings {
	char	*text;		/* owned, see settings_free() */
};

/*
 * Set each option that a line of ROOT/etc/settings gives and the command line
 * does not.  0, also if there is no such file; or -errno, said so: an unknown
 * word is an error.
 */
int	settings_read(struct settings *, const struct root *,
	    struct arguments *);
void	settings_free(struct settings *);

#endif /* CLI_SETTINGS_H */

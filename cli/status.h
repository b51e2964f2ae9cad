/*
 * status.h - exit statuses, and what states and reasons mean to the user.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_UNAVAILABLE = 3,	/* not found, network */
	STATUS_UNTRUSTED = 4,
	STATUS_MALFORMED = 5,	/* or over a limit */
	STATUS_NO_SPACE = 6,
	STATUS_JAIL = 7,	/* could not be built, or was violated */
	STATUS_INTERRUPTED = 130,
};

/* The more severe of two: 130, 2, then 7, 4, 5, 6, 3, 1, 0. */
enum status status_worse(enum status, enum status);
/* Of what went wrong; STATUS_DONE for WHY_NONE and what is no failure. */
enum status status_of_why(enum cli_why);

/* Has the archive's life ended, one way or the other? */
bool	state_is_final(enum cli_state);
const char *state_word(enum cli_state);
/* The final state that a reason leads to, and its word in --json. */
enum cli_state why_state(enum cli_why);
const char *why_word(enum cli_why);

/* The detail of WHY_JAIL: the layers that there were, enum jail_layer; without
 * this bit the errno of what could not be built, or 0. */
#define REASON_LAYERS	(UINT32_C(1) << 31)

/* A reason as it was told, with what makes it precise. */
struct reason {
	enum cli_why	 why;
	uint32_t	 detail;	/* as in struct cli_install_rep */
	int32_t		 error;		/* errno, or 0 */
};

/* What happened, in one line without an end; always terminated. */
void	reason_text(char *text, size_t size, const struct reason *);
/* What to do about it, of an archive of `user` in ROOT; "" if there is no
 * advice. */
void	reason_hint(char *text, size_t size, const struct reason *,
	    const char *user, const char *root);

#endif /* CLI_STATUS_H */

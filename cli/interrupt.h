/*
 * interrupt.h - signals, turned into something that a poll loop can see.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP are remembered, and a second one ends
 * the process at once with status 130: closing the channel ends everything.
 * SIGPIPE ends nothing; SIGWINCH and SIGCONT are remembered.
 */
void	interrupt_setup(void);
/* Readable when a signal has arrived that was not seen yet; -1 before setup. */
int	interrupt_fd(void);
/* Make it unreadable again. */
void	interrupt_seen(void);

/* Was an end asked for?  Stays true. */
bool	interrupt_asked(void);
/* Has the terminal's size changed; were we continued?  Each is said once. */
bool	interrupt_resized(void);
bool	interrupt_continued(void);

#endif /* CLI_INTERRUPT_H */

/*
 * enter.h - how a checker enters its jail.
 */
#ifndef CHECKER_ENTER_H
#define CHECKER_ENTER_H

/* The depot becomes the root, and is open again under the same number.  Ends
 * the process if that cannot be done. */
void	checker_enter(void);

#endif /* CHECKER_ENTER_H */

/*
 * enter.h - how a reader enters its jail.
 */
#ifndef READER_ENTER_H
#define READER_ENTER_H

/* Namespaces, limits and the policy; ends the process if that cannot be done. */
void	reader_enter(void);

#endif /* READER_ENTER_H */

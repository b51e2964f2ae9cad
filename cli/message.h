/*
 * message.h - lines for people, cleaned of terminal escapes.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

/* "airlock: ..." on stderr: what happened, to what. */
void	complain(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));
/* An indented line below it: what to do about it. */
void	advise(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));
/* A line on stdout. */
void	say(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));
/* Write out what was said: 0, or -errno if stdout takes no more.  A reader who
 * has gone away (`| head`) is no error. */
int	message_flush(void);

#endif /* CLI_MESSAGE_H */

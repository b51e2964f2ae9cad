/*
 * question.h - what a child of either engine does with a question.
 */
#ifndef VERIFIER_QUESTION_H
#define VERIFIER_QUESTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A whole small file, read to data, which has room for max bytes: its size;
 * -EFBIG if it is larger, or another -errno. */
ssize_t	question_read(int fd, void *data, size_t max);
/* Processor time in proportion to the data (bytes), for this process and for the
 * engine each: 0 or -errno.  The size is the manager's word, and the policy's
 * limit stands above it. */
int	question_limit(uint64_t size);
/* The engine was ended by that signal.  If it was the jail that ended it, this
 * process says so on channel, and ends, too. */
void	question_killed(int sig, int channel);

#endif /* VERIFIER_QUESTION_H */

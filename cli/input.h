/*
 * input.h - files that the user names, to be given to a worker.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stddef.h>

/* A sealed copy of the regular file at path, below dir, of 1 to max bytes: a
 * descriptor, or -errno, not said; among them -EINVAL: no regular file,
 * -ENODATA: empty. */
int	input_seal(int dir, const char *path, size_t max);
/* Say such an error of the file that the user calls `shown`. */
void	input_complain(const char *shown, int error);

#endif /* CLI_INPUT_H */

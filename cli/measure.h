/*
 * measure.h - what lies in a directory, counted.
 */
#ifndef CLI_MEASURE_H
#define CLI_MEASURE_H

#include <stdint.h>

struct measured {
	uint64_t files, links, directories;	/* the top one counts */
	uint64_t bytes;				/* of all files */
};

/* A directory with all in it, through no link; or a file: 0 or -errno. */
int	measure(struct measured *, const char *path);

#endif /* CLI_MEASURE_H */

/*
 * write.h - what an archive becomes: new names beneath the working directory.
 *
 * The working directory is the job's staging directory and, in its jail, the
 * root.  Everything is created exclusively and nothing is ever opened again,
 * replaced, removed or changed in mode; the filter in policy.c has no call for
 * that.  Directories are walked one component at a time without following
 * links, so that an entry can only lie beneath real directories.
 *
 * Directories get mode 0755, files 0644 or 0755.  Files and symbolic links get
 * the archive's time of modification; directories keep the time of their
 * making, because their own would have to be set after all that they hold.
 */
#ifndef EXTRACTOR_WRITE_H
#define EXTRACTOR_WRITE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "extractor/entry.h"
#include "extractor/extractor.h"

struct writer {
	uint64_t	max_names, max_bytes;
	uint64_t	names;		/* created, with implied directories */
	uint64_t	bytes;		/* written into files */
	int		error;		/* errno behind EXTRACTOR_SYSTEM */
	int		file;		/* open for writing, or -1 */
	int		directory;	/* the last parent, O_PATH; AT_FDCWD:
					 * the staging directory itself */
	size_t		directory_size;	/* of its path, which has no end */
	char		directory_path[ENTRY_PATH];
};

/* All of these: EXTRACTOR_DONE, or why not. */

void	writer_init(struct writer *, uint64_t max_names, uint64_t max_bytes);
/* Close what is open. */
void	writer_fini(struct writer *);
/* It may exist already, as a directory. */
enum extractor_outcome writer_make_directory(struct writer *,
    const struct entry_path *);
enum extractor_outcome writer_make_symbolic_link(struct writer *,
    const struct entry_path *, const char *target, struct timespec mtime);
/* target must be a regular file that exists already. */
enum extractor_outcome writer_make_hard_link(struct writer *,
    const struct entry_path *, const struct entry_path *target);
/* A new file, which is then written from its start to its end, and closed. */
enum extractor_outcome writer_file_open(struct writer *,
    const struct entry_path *, mode_t mode);
enum extractor_outcome writer_file_write(struct writer *, const void *,
    size_t size);
enum extractor_outcome writer_file_close(struct writer *,
    struct timespec mtime);

#endif /* EXTRACTOR_WRITE_H */

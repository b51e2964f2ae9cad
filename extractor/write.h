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
 *
 * All that was made is in the manifest, in the order of its making.
 */
#ifndef EXTRACTOR_WRITE_H
#define EXTRACTOR_WRITE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "extractor/entry.h"
#include "extractor/extractor.h"
#include "extractor/manifest.h"

struct writer {
	uint64_t	max_names, max_bytes;
	uint64_t	names;		/* created, with implied directories */
	uint64_t	bytes;		/* written into files */
	int		error;		/* errno behind EXTRACTOR_SYSTEM */
	int		file;		/* open for writing, or -1 */
	const struct entry_path *file_path;	/* its path, the caller's */
	mode_t		file_mode;
	int		directory;	/* the last parent, O_PATH; AT_FDCWD:
					 * the staging directory itself */
	size_t		directory_size;	/* of its path, which has no end */
	char		directory_path[ENTRY_PATH];
	struct manifest	manifest;
};

void	writer_init(struct writer *, uint64_t max_names, uint64_t max_bytes);

/* All of these: EXTRACTOR_DONE, or why not. */

/* Close what is open; the manifest's digest, if that is whole. */
enum extractor_outcome writer_fini(struct writer *,
    uint8_t manifest[MANIFEST_DIGEST]);
/* It may exist already, as a directory. */
enum extractor_outcome writer_make_directory(struct writer *,
    const struct entry_path *);
enum extractor_outcome writer_make_symbolic_link(struct writer *,
    const struct entry_path *, const char *target, struct timespec mtime);
/* target must be a regular file that exists already. */
enum extractor_outcome writer_make_hard_link(struct writer *,
    const struct entry_path *, const struct entry_path *target);
/* A new file, which is then written from its start to its end, and closed; path
 * stays the caller's until then. */
enum extractor_outcome writer_file_open(struct writer *,
    const struct entry_path *, mode_t mode);
enum extractor_outcome writer_file_write(struct writer *, const void *,
    size_t size);
enum extractor_outcome writer_file_close(struct writer *,
    struct timespec mtime);

#endif /* EXTRACTOR_WRITE_H */

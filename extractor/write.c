#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extractor/policy.h"
#include "extractor/write.h"
#include "rpc/cap.h"

void
writer_init(struct writer *w, uint64_t max_names, uint64_t max_bytes)
{
	w->max_names = max_names;
	w->max_bytes = max_bytes;
	w->names = w->bytes = 0;
	w->error = 0;
	w->file = -1;
	w->directory = AT_FDCWD;
	w->directory_size = 0;
	manifest_open(&w->manifest);
}

/* AT_FDCWD is no descriptor, and negative: not closed. */
static void
directory_set(struct writer *w, int fd, const char *path, size_t size)
{
	cap_close_fd(&w->directory);
	w->directory = fd;
	memcpy(w->directory_path, path, size);
	w->directory_size = size;
}

static enum extractor_outcome
writer_fail(struct writer *w, int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return EXTRACTOR_SPACE;
	case EEXIST:
		return EXTRACTOR_REPLACES;
	case ENOTDIR:
	case ELOOP:
		return EXTRACTOR_THROUGH_LINK;
	case ENAMETOOLONG:
		return EXTRACTOR_NAME;	/* the file system's own limit */
	case EFBIG:
		return EXTRACTOR_BYTES;	/* RLIMIT_FSIZE */
	default:
		w->error = error;
		return EXTRACTOR_SYSTEM;
	}
}

enum extractor_outcome
writer_fini(struct writer *w, uint8_t manifest[MANIFEST_DIGEST])
{
	cap_close_fd(&w->file);
	directory_set(w, AT_FDCWD, "", 0);
	int error = manifest_close(&w->manifest, manifest);
	return error == 0 ? EXTRACTOR_DONE : writer_fail(w, -error);
}

/* Before each name that is created. */
static enum extractor_outcome
name_count(struct writer *w)
{
	if (w->names >= w->max_names)
		return EXTRACTOR_ENTRIES;
	w->names++;
	return EXTRACTOR_DONE;
}

/* The last component of path[0..size) is name, and the directory that is to hold
 * it the writer's current one. */
static enum extractor_outcome
directory_create(struct writer *w, const char *name, const char *path,
    size_t size)
{
	enum extractor_outcome outcome = name_count(w);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (mkdirat(w->directory, name, MODE_DIRECTORY) == -1)
		return writer_fail(w, errno);
	manifest_directory(&w->manifest, path, size);
	return EXTRACTOR_DONE;
}

/* One step down: a descriptor of the directory `name`, or -1 and errno.
 * O_PATH gives no right to read it, and Landlock need not give one. */
static int
step(int at, const char *name)
{
	return openat(at, name, OPEN_DIRECTORY);
}

/* The next component of *path into name; *path is then behind its slash. */
static void
component_next(const char **path, const char *end, char name[ENTRY_NAME + 1])
{
	const char *slash = memchr(*path, '/', (size_t)(end - *path));
	size_t size = (size_t)((slash == NULL ? end : slash) - *path);

	memcpy(name, *path, size);
	name[size] = '\0';
	*path += slash == NULL ? size : size + 1;
}

/* Make path[0..size) the current directory of the writer, creating what is
 * missing.  Entries come in order, so most lie in or below the last one's. */
static enum extractor_outcome
directory_enter(struct writer *w, const char *path, size_t size)
{
	const char *at = path, *end = path + size;
	char name[ENTRY_NAME + 1];
	size_t have = w->directory_size;

	if (have > size || memcmp(path, w->directory_path, have) != 0 ||
	    (have > 0 && have < size && path[have] != '/'))
		directory_set(w, AT_FDCWD, "", have = 0);
	if (have > 0)
		at += have < size ? have + 1 : have;
	while (at < end) {
		component_next(&at, end, name);
		size_t come = (size_t)((at < end ? at - 1 : end) - path);
		int fd = step(w->directory, name);
		if (fd == -1 && errno == ENOENT) {
			enum extractor_outcome outcome =
			    directory_create(w, name, path, come);
			if (outcome != EXTRACTOR_DONE)
				return outcome;
			fd = step(w->directory, name);
		}
		if (fd == -1)
			return writer_fail(w, errno);
		directory_set(w, fd, path, come);
	}
	return EXTRACTOR_DONE;
}

/* Where a path's last component begins. */
static const char *
last_component(const struct entry_path *path)
{
	const char *slash = strrchr(path->text, '/');

	return slash == NULL ? path->text : slash + 1;
}

/* Enter the directory that is to hold path; *name is its last component. */
static enum extractor_outcome
parent_enter(struct writer *w, const struct entry_path *path,
    const char **name)
{
	*name = last_component(path);
	return directory_enter(w, path->text, *name == path->text ? 0 :
	    (size_t)(*name - path->text - 1));
}

/* The same, and count the name that is about to be created. */
static enum extractor_outcome
name_begin(struct writer *w, const struct entry_path *path, const char **name)
{
	enum extractor_outcome outcome = parent_enter(w, path, name);

	return outcome == EXTRACTOR_DONE ? name_count(w) : outcome;
}

enum extractor_outcome
writer_make_directory(struct writer *w, const struct entry_path *path)
{
	const char *name;
	enum extractor_outcome outcome = parent_enter(w, path, &name);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	CLOSE int fd = step(w->directory, name);
	if (fd >= 0)
		return EXTRACTOR_DONE;
	if (errno == ENOTDIR || errno == ELOOP)
		return EXTRACTOR_REPLACES;
	return errno == ENOENT ? directory_create(w, name, path->text,
	    strlen(path->text)) : writer_fail(w, errno);
}

enum extractor_outcome
writer_make_symbolic_link(struct writer *w, const struct entry_path *path,
    const char *target, struct timespec mtime)
{
	/* The time of access is not the archive's to say. */
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, mtime };
	const char *name;
	enum extractor_outcome outcome = name_begin(w, path, &name);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (symlinkat(target, w->directory, name) == -1 ||
	    utimensat(w->directory, name, times, AT_SYMLINK_NOFOLLOW) == -1)
		return writer_fail(w, errno);
	manifest_symbolic_link(&w->manifest, path, target);
	return EXTRACTOR_DONE;
}

/* The directory of an existing path: a descriptor, or -1 and errno.  Nothing is
 * created on the way, and no link followed. */
static int
parent_find(const struct entry_path *path)
{
	const char *at = path->text, *end = last_component(path);
	char name[ENTRY_NAME + 1];
	int fd = AT_FDCWD;

	while (at < end) {
		component_next(&at, end, name);
		int next = step(fd, name), error = errno;
		cap_close_fd(&fd);
		fd = next;
		errno = error;
		if (fd == -1)
			break;
	}
	return fd;
}

enum extractor_outcome
writer_make_hard_link(struct writer *w, const struct entry_path *path,
    const struct entry_path *target)
{
	const char *name;
	struct stat st;
	enum extractor_outcome outcome = parent_enter(w, path, &name);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	CLOSE int from = parent_find(target);
	/* Staging was empty: what is there came from this archive. */
	if (from == -1 || fstatat(from, last_component(target), &st,
	    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
		return EXTRACTOR_LINK_OUT;
	outcome = name_count(w);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (linkat(from, last_component(target), w->directory, name, 0) == -1)
		return writer_fail(w, errno);
	manifest_hard_link(&w->manifest, path, target);
	return EXTRACTOR_DONE;
}

enum extractor_outcome
writer_file_open(struct writer *w, const struct entry_path *path, mode_t mode)
{
	const char *name;
	enum extractor_outcome outcome = name_begin(w, path, &name);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	w->file = openat(w->directory, name, OPEN_FILE, mode);
	w->file_path = path;
	w->file_mode = mode;
	manifest_file_begin(&w->manifest);
	return w->file == -1 ? writer_fail(w, errno) : EXTRACTOR_DONE;
}

enum extractor_outcome
writer_file_write(struct writer *w, const void *data, size_t size)
{
	const char *at = data;

	if (size > w->max_bytes - w->bytes)
		return EXTRACTOR_BYTES;
	w->bytes += size;
	manifest_file_add(&w->manifest, data, size);
	while (size > 0) {
		ssize_t n = write(w->file, at, size);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return writer_fail(w, errno);
		at += n;
		size -= (size_t)n;
	}
	return EXTRACTOR_DONE;
}

enum extractor_outcome
writer_file_close(struct writer *w, struct timespec mtime)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, mtime };
	int error = futimens(w->file, times) == -1 ? errno : 0;

	/* Where quotas are counted late (NFS), close() is what fails. */
	if (close(w->file) == -1 && error == 0)
		error = errno;
	w->file = -1;
	if (error != 0)
		return writer_fail(w, error);
	manifest_file_end(&w->manifest, w->file_path, w->file_mode);
	return EXTRACTOR_DONE;
}

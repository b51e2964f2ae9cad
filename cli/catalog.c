/*
 * catalog.c - lines in the order of their paths, so that a list of a million
 * archives is searched in twenty steps, in whatever pages of it these touch.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "cli/catalog.h"
#include "depot/store.h"
#include "rpc/cap.h"

#define ARCHIVE		"archive "
#define NEEDS		"needs "

static int
text_map(struct catalog *catalog, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return -EINVAL;
	if ((uintmax_t)st.st_size > CATALOG_SIZE)
		return -EFBIG;
	void *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
	    0);
	if (text == MAP_FAILED)
		return -errno;
	catalog->text = text;
	catalog->size = (size_t)st.st_size;
	return 0;
}

int
catalog_map(struct catalog *catalog, int file)
{
	*catalog = (struct catalog){ .text = NULL };
	int error = text_map(catalog, file);
	if (error == 0)
		error = catalog_head_parse(catalog->text, catalog->size,
		    &catalog->head);
	if (error < 0)
		catalog_close(catalog);
	return error;
}

int
catalog_open(struct catalog *catalog, int dir, const char *name)
{
	*catalog = (struct catalog){ .text = NULL };
	CLOSE int file = store_open_below(dir, name, O_RDONLY | O_NONBLOCK);
	return file < 0 ? file : catalog_map(catalog, file);
}

void
catalog_close(struct catalog *catalog)
{
	if (catalog->text != NULL)
		munmap((void *)(uintptr_t)catalog->text, catalog->size);
	*catalog = (struct catalog){ .text = NULL };
}

/* ---- lines ---- */

static bool
begins(const struct catalog *catalog, size_t at, const char *word)
{
	size_t size = strlen(word);

	return catalog->size - at >= size &&
	    memcmp(catalog->text + at, word, size) == 0;
}

/* Where the line after the one at this position begins; or the end. */
static size_t
line_next(const struct catalog *catalog, size_t at)
{
	const char *end = at == catalog->size ? NULL :
	    memchr(catalog->text + at, '\n', catalog->size - at);

	return end == NULL ? catalog->size : (size_t)(end + 1 - catalog->text);
}

/* The first line of an archive after the line at this position. */
static size_t
archive_next(const struct catalog *catalog, size_t at)
{
	do
		at = line_next(catalog, at);
	while (at < catalog->size && !begins(catalog, at, ARCHIVE));
	return at;
}

/* The archive's line that `at` is in or after, not before `least`. */
static size_t
archive_before(const struct catalog *catalog, size_t least, size_t at)
{
	for (;;) {
		const char *end = at == least ? NULL : memrchr(catalog->text +
		    least, '\n', at - least);
		size_t begin = end == NULL ? least :
		    (size_t)(end + 1 - catalog->text);
		if (begin == least || begins(catalog, begin, ARCHIVE))
			return begin;
		at = begin - 1;
	}
}

/* As strcmp(), with the path in an archive's line. */
static int
path_compare(const struct catalog *catalog, size_t at, const char *path)
{
	const char *text = catalog->text + at + strlen(ARCHIVE);
	size_t left = catalog->size - at < strlen(ARCHIVE) ? 0 :
	    catalog->size - at - strlen(ARCHIVE);
	size_t size = strlen(path);
	const char *blank = left == 0 ? NULL : memchr(text, ' ',
	    left < DEPOT_PATH_MAX + 1 ? left : DEPOT_PATH_MAX + 1);
	size_t have = blank == NULL ? 0 : (size_t)(blank - text);
	int order = memcmp(path, text, size < have ? size : have);

	return order != 0 ? order : (size > have) - (size < have);
}

bool
catalog_find(const struct catalog *catalog, const char *path,
    struct catalog_entry *entry, size_t *at)
{
	size_t low = catalog->head.size, high = catalog->size;

	/* Both are at lines of archives, or at the end. */
	while (low < high) {
		size_t here = archive_before(catalog, low,
		    low + (high - low) / 2);
		int order = path_compare(catalog, here, path);
		if (order == 0) {
			*at = here;
			return catalog_archive_parse(catalog->text + here,
			    catalog->size - here, entry) == 0;
		}
		if (order < 0)
			high = here;
		else
			low = archive_next(catalog, here);
	}
	return false;
}

bool
catalog_next(const struct catalog *catalog, size_t *at,
    struct catalog_entry *entry)
{
	if (*at >= catalog->size || catalog_archive_parse(catalog->text + *at,
	    catalog->size - *at, entry) < 0)
		return false;
	*at = archive_next(catalog, *at);
	return true;
}

bool
catalog_need(const struct catalog *catalog, size_t *at, struct depot_path *path)
{
	size_t next = line_next(catalog, *at);
	size_t text = next + strlen(NEEDS), end = line_next(catalog, next);

	if (next == catalog->size || !begins(catalog, next, NEEDS) ||
	    depot_path_parse(path, catalog->text + text, end - text - 1) < 0)
		return false;
	*at = next;
	return true;
}

/* ---- the whole ---- */

/* What an archive's own list can name: that of a pkg, or of a src. */
static bool
may_need(enum depot_type type, enum depot_type needed)
{
	return type == DEPOT_PKG ? needed == DEPOT_SRC || needed == DEPOT_RAW ||
	    needed == DEPOT_PKG : type == DEPOT_SRC && needed == DEPOT_API;
}

/* The lines of what an archive needs, after its own at *at: each larger than the
 * one before.  *at and *line move on. */
static bool
needs_check(const struct catalog *catalog, enum depot_type type, size_t *at,
    size_t *line)
{
	char last[DEPOT_PATH_MAX + 1] = "";
	struct depot_path path;
	size_t count = 0;

	for (*at = line_next(catalog, *at); *at < catalog->size &&
	    !begins(catalog, *at, ARCHIVE); *at = line_next(catalog, *at)) {
		size_t end = line_next(catalog, *at);
		++*line;
		if (!begins(catalog, *at, NEEDS) ||
		    catalog->text[end - 1] != '\n' || depot_path_parse(&path,
		    catalog->text + *at + strlen(NEEDS), end - 1 - *at -
		    strlen(NEEDS)) < 0 || !may_need(type, path.type) ||
		    strcmp(last, path.text) >= 0 || ++count > CATALOG_NEEDS)
			return false;
		memcpy(last, path.text, sizeof(last));
	}
	return true;
}

size_t
catalog_check(const struct catalog *catalog)
{
	char last[DEPOT_PATH_MAX + 1] = "";
	struct catalog_entry entry;
	size_t line = 5;	/* of the head */

	for (size_t at = catalog->head.size; at < catalog->size;) {
		line++;
		if (catalog_archive_parse(catalog->text + at,
		    catalog->size - at, &entry) < 0 ||
		    strcmp(entry.path.user, catalog->head.user) != 0 ||
		    entry.path.type == DEPOT_CATALOG ||
		    strcmp(last, entry.path.text) >= 0)
			return line;
		memcpy(last, entry.path.text, sizeof(last));
		if (!needs_check(catalog, entry.path.type, &at, &line))
			return line;
	}
	return 0;
}

#include <errno.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/list.h"

#define TEXT_MAX	((off_t)512 << 20)	/* of a manifest, bytes */

static enum checker_why
system_failed(struct list *list, int error)
{
	list->error = error;
	return CHECKER_SYSTEM;
}

static enum checker_why
text_read(struct list *list, int fd)
{
	struct stat st;
	ssize_t n = 1;

	if (fstat(fd, &st) == -1)
		return system_failed(list, errno);
	if (st.st_size > TEXT_MAX)
		return CHECKER_LARGE;
	/* An empty one is no manifest, and malloc(0) may be NULL. */
	list->text = malloc((size_t)st.st_size + 1);
	if (list->text == NULL)
		return CHECKER_LARGE;
	while (n > 0 && list->size < (size_t)st.st_size) {
		n = pread(fd, list->text + list->size,
		    (size_t)st.st_size - list->size, (off_t)list->size);
		if (n == -1)
			return system_failed(list, errno);
		list->size += (size_t)n;
	}
	return CHECKER_DONE;
}

static bool
digest_is(const struct list *list, const uint8_t wanted[CHECKER_DIGEST_SIZE])
{
	uint8_t digest[CHECKER_DIGEST_SIZE];
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, list->size, (const uint8_t *)list->text);
	sha256_digest(&hash, sizeof(digest), digest);
	return memcmp(digest, wanted, sizeof(digest)) == 0;
}

static bool
room_make(struct list *list)
{
	if (list->count < list->room)
		return true;
	size_t room = list->room == 0 ? 64 : 2 * list->room;
	struct listed *lines = reallocarray(list->lines, room, sizeof(*lines));
	if (lines == NULL)
		return false;
	list->lines = lines;
	list->room = room;
	return true;
}

static enum checker_why
lines_read(struct list *list)
{
	struct lines lines = { list->text, list->size, 0 };
	int got = manifest_begin(&lines);

	list->line = 1;
	for (got = got == 0 ? 1 : got; got > 0; list->count += got > 0) {
		list->line++;
		if (!room_make(list))
			return CHECKER_LARGE;
		struct listed *next = &list->lines[list->count];
		next->state = LISTED_WANTING;
		got = manifest_next(&lines, &next->line);
	}
	return got == 0 ? CHECKER_DONE : CHECKER_SYNTAX;
}

static int
paths_compare(const struct slice *a, const struct slice *b)
{
	int order = memcmp(a->text, b->text, MIN(a->size, b->size));

	return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

static int
lines_compare(const void *a, const void *b)
{
	return paths_compare(&((const struct listed *)a)->line.path,
	    &((const struct listed *)b)->line.path);
}

static struct manifest_line *
link_file(const struct list *list, const struct manifest_line *link)
{
	struct listed *file = list_find(list, link->target.text,
	    link->target.size);

	return file == NULL ? NULL : &file->line;
}

/* A hard link becomes the file that it is, and so do all on the way there: each
 * chain is followed once.  The paths lie in the text in the order of the lines,
 * so an earlier line is one with a lower address, and no chain is a circle. */
static bool
link_follow(const struct list *list, struct manifest_line *link)
{
	struct manifest_line *file = link, *next;

	for (; file->kind == MANIFEST_HARD_LINK; file = next) {
		next = link_file(list, file);
		if (next == NULL || next->path.text >= file->path.text)
			return false;
	}
	if (file->kind != MANIFEST_FILE)
		return false;
	for (; link->kind == MANIFEST_HARD_LINK; link = next) {
		next = link_file(list, link);
		link->kind = MANIFEST_FILE;
		link->mode = file->mode;
		link->size = file->size;
		memcpy(link->digest, file->digest, sizeof(link->digest));
	}
	return true;
}

/* No path twice, and no link to nothing. */
static enum checker_why
lines_relate(struct list *list)
{
	qsort(list->lines, list->count, sizeof(*list->lines), lines_compare);
	list->line = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct listed *at = &list->lines[i];
		if (i > 0 && lines_compare(at - 1, at) == 0)
			return CHECKER_SYNTAX;
		if (at->line.kind == MANIFEST_HARD_LINK &&
		    !link_follow(list, &at->line))
			return CHECKER_SYNTAX;
	}
	return CHECKER_DONE;
}

enum checker_why
list_load(struct list *list, int fd,
    const uint8_t digest[CHECKER_DIGEST_SIZE])
{
	*list = (struct list){ 0 };
	enum checker_why why = text_read(list, fd);
	/* Before it is parsed: who wrote another one may mean us. */
	if (why == CHECKER_DONE && !digest_is(list, digest))
		why = CHECKER_OTHER;
	if (why == CHECKER_DONE)
		why = lines_read(list);
	return why == CHECKER_DONE ? lines_relate(list) : why;
}

void
list_free(struct list *list)
{
	free(list->text);
	free(list->lines);
	*list = (struct list){ 0 };
}

struct listed *
list_find(const struct list *list, const char *path, size_t size)
{
	const struct listed wanted = { .line.path = { path, size } };

	return list->count == 0 ? NULL : bsearch(&wanted, list->lines,
	    list->count, sizeof(*list->lines), lines_compare);
}

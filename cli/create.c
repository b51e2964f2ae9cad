/*
 * airlock create: a directory becomes an archive in the local depot.
 *
 * It goes the way of an installed one: copied into a staging directory, looked
 * at there as what an extractor leaves is looked at, and renamed into place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/making.h"
#include "cli/message.h"
#include "cli/text.h"
#include "cli/userfile.h"
#include "depot/archives.h"
#include "depot/clear.h"
#include "depot/tree.h"
#include "rpc/cap.h"

#define JOB	0	/* the staging directory's number: there is no other */

struct create {
	struct making	 making;
	struct depot_path path;
	const char	*from;		/* as the user named it */
	int		 source;	/* it */
	int		 staged;	/* staging/JOB */
	char		 buffer[1 << 17];
};

/* ---- the copy ---- */

static int
write_all(int fd, const char *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t n = write(fd, data + at, size - at);
		if (n == -1 && errno != EINTR)
			return -errno;
		at += n == -1 ? 0 : (size_t)n;
	}
	return 0;
}

/* Exactly size bytes, or -ESTALE; -EINTR after Ctrl-C. */
static int
file_copy(struct create *create, const char *path, const struct walk_entry *e)
{
	CLOSE int fd = openat(create->staged, path, O_WRONLY | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, e->executable ? 0755 : 0644);

	if (fd == -1)
		return -errno;
	for (uint64_t at = 0; at < e->size;) {
		size_t size = e->size - at < sizeof(create->buffer) ?
		    (size_t)(e->size - at) : sizeof(create->buffer);
		ssize_t n = pread(e->fd, create->buffer, size, (off_t)at);
		if (n <= 0)
			return n == 0 ? -ESTALE : -errno;
		int error = interrupt_asked() ? -EINTR :
		    write_all(fd, create->buffer, (size_t)n);
		if (error < 0)
			return error;
		at += (uint64_t)n;
	}
	return 0;
}

static int
entry_copy(struct walk *walk, const struct walk_entry *e)
{
	struct create *create = walk->owner;
	char path[DEPOT_PATH_MAX + WALK_PATH + 2];

	snprintf(path, sizeof(path), "%s%s%s", create->path.top,
	    e->path[0] == '\0' ? "" : "/", e->path);
	if (interrupt_asked())
		return -EINTR;
	if (e->type == S_IFREG)
		return file_copy(create, path, e);
	int made = e->type == S_IFDIR ? mkdirat(create->staged, path, 0755) :
	    symlinkat(e->target, create->staged, path);
	return made == -1 ? -errno : 0;
}

static enum status
copy_directory(struct create *create)
{
	struct walk walk = { .visit = entry_copy, .owner = create };
	enum walk_why why = walk_directory(&walk, create->source);

	if (interrupt_asked())
		return STATUS_INTERRUPTED;
	return why == WALK_DONE ? STATUS_DONE :
	    making_refuse(create->from, walk.path, why, walk.error);
}

/* What is a single file on a server: an index. */
static enum status
copy_file(struct create *create, const struct stat *st)
{
	const struct walk_entry entry = { .type = S_IFREG,
	    .size = (uint64_t)st->st_size, .fd = create->source };
	int error = file_copy(create, create->path.top, &entry);

	if (interrupt_asked())
		return STATUS_INTERRUPTED;
	if (error == 0)
		return STATUS_DONE;
	return making_refuse(create->from, "", error == -ESTALE ?
	    WALK_CHANGED : WALK_SYSTEM, -error);
}

static enum status
copy(struct create *create)
{
	bool is_file = depot_path_is_file(&create->path);
	struct stat st;

	create->source = open(create->from, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (create->source == -1 || fstat(create->source, &st) == -1)
		return making_failed(create->from, errno);
	if (is_file ? !S_ISREG(st.st_mode) : !S_ISDIR(st.st_mode)) {
		complain("%s: %s is made of %s", create->from,
		    create->path.text, is_file ? "a file" : "a directory");
		return STATUS_USAGE;
	}
	return is_file ? copy_file(create, &st) : copy_directory(create);
}

/* ---- its lists ---- */

/* The line, from 1, of the item that could not be read: the first one that is
 * not blank from where the list is. */
static unsigned int
line_number(const struct archives *list)
{
	size_t end = list->at;
	unsigned int line = 1;

	end += strspn(list->text + end, " \t\r\n");
	for (size_t i = 0; i < end; i++)
		line += list->text[i] == '\n';
	return line;
}

/* A list of the staged archive, each line of which must be valid. */
static enum status
list_check(struct create *create, const char *name, bool required)
{
	struct content content = { 0 };
	char file[DEPOT_PATH_MAX + 32];
	struct depot_path item;
	int more;

	snprintf(file, sizeof(file), "%s/%s", create->path.top, name);
	int error = content_read(&content, create->staged, file);
	if (error == -ENOENT && !required)
		return STATUS_DONE;
	if (error < 0) {
		complain("%s/%s: %s", create->from, name, strerror(-error));
		if (error == -ENOENT)
			advise("a pkg has a file \"archives\", one path a "
			    "line");
		return STATUS_MALFORMED;
	}
	struct archives list = { content.text, content.size, 0 };
	while ((more = create->path.type == DEPOT_PKG ?
	    archives_next(&list, &item) :
	    archives_next_api(&list, create->path.user, &item)) > 0)
		continue;
	if (more < 0)
		complain("%s/%s: line %u is no %s archive's path",
		    create->from, name, line_number(&list),
		    required ? "src, raw or pkg" : "api");
	content_free(&content);
	return more < 0 ? STATUS_MALFORMED : STATUS_DONE;
}

static enum status
lists_check(struct create *create)
{
	switch (create->path.type) {
	case DEPOT_PKG:
		return list_check(create, "archives", true);
	case DEPOT_SRC:
		return list_check(create, "used_apis", false);
	default:
		return STATUS_DONE;
	}
}

/* ---- into the depot ---- */

static enum status
exists(const struct create *create)
{
	complain("%s: it is in the depot already", create->path.text);
	advise("an archive never changes: give the new one a new version");
	return STATUS_FAILED;
}

static enum status
commit(struct create *create, struct tree *tree)
{
	struct store *store = &create->making.store;
	const char *path = create->path.text;
	int error = tree_check(store->staging, JOB, create->path.top,
	    depot_path_is_file(&create->path), tree);

	if (error == 0)
		error = store_make_parents(store->depot, path);
	if (error == 0)
		error = store_sync(store);
	if (error == 0)
		error = store_commit(store, &create->path, JOB);
	if (error == 0)
		error = store_sync(store);
	if (error == -EEXIST)
		return exists(create);
	return error < 0 ? making_failed(path, -error) : STATUS_DONE;
}

static void
report(const struct create *create, const struct tree *tree)
{
	const struct arguments *a = create->making.arguments;
	char size[TEXT_SHORT];

	if (a->json) {
		json_begin("create");
		json_text("path", create->path.text);
		json_text("result", "created");
		json_number("entries", (int64_t)tree->entries);
		json_number("bytes", (int64_t)tree->bytes);
		json_end();
	} else if (!a->quiet) {
		text_size(size, tree->bytes);
		say("%s: created, %ju entries, %s", create->path.text,
		    (uintmax_t)tree->entries, size);
	}
}

static enum status
stage(struct create *create)
{
	struct store *store = &create->making.store;
	CLOSE int there = store_open_below(store->depot, create->path.text,
	    O_PATH | O_NOFOLLOW);

	if (there != -ENOENT)
		return exists(create);
	struct tree tree = { .max_entries = UINT64_MAX,
	    .max_bytes = UINT64_MAX };
	int error = store_stage(store->staging, JOB, geteuid());

	create->staged = error < 0 ? error : openat(store->staging, "0",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (create->staged < 0)
		return making_failed(create->making.root.path,
		    error < 0 ? -error : errno);
	enum status status = copy(create);
	if (status == STATUS_DONE)
		status = lists_check(create);
	if (status == STATUS_DONE)
		status = commit(create, &tree);
	if (status == STATUS_DONE)
		report(create, &tree);
	clear_directory(store->staging, "0");
	store_unstage(store, JOB);
	return status;
}

enum status
create_run(const struct arguments *a)
{
	static struct create create = { .source = -1, .staged = -1 };

	create.from = a->words[1];
	enum status status = making_parse(&create.path, a->words[0]);
	if (status == STATUS_DONE && create.path.type == DEPOT_CATALOG) {
		complain("%s: `airlock publish` makes catalogs",
		    create.path.text);
		status = STATUS_USAGE;
	}
	if (status == STATUS_DONE)
		status = making_begin(&create.making, a);
	if (status == STATUS_DONE)
		status = stage(&create);
	cap_close_fd(&create.source);
	cap_close_fd(&create.staged);
	return status;
}

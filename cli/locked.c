#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/locked.h"
#include "cli/message.h"
#include "cli/plan.h"
#include "cli/receipts.h"
#include "cli/userfile.h"
#include "depot/hex.h"
#include "rpc/cap.h"

/* ---- read ---- */

static enum status
room_make(struct locked *locked)
{
	size_t n = locked->count;

	/* Room is doubled at each power of two. */
	if ((n & (n - 1)) != 0)
		return STATUS_DONE;
	struct lockfile_entry *entries = reallocarray(locked->entries,
	    n == 0 ? 1 : 2 * n, sizeof(*entries));
	if (entries == NULL) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	locked->entries = entries;
	return STATUS_DONE;
}

static enum status
lines_take(struct locked *locked, const char *file, struct lines *lines)
{
	int got = lockfile_begin(lines) == 0 ? 1 : -EINVAL;
	size_t line = 1;

	for (; got > 0; locked->count += got > 0) {
		size_t n = locked->count;
		if (room_make(locked) != STATUS_DONE)
			return STATUS_FAILED;
		line++;
		got = lockfile_next(lines, n == 0 ? NULL :
		    &locked->entries[n - 1], &locked->entries[n]);
	}
	if (got == 0)
		return STATUS_DONE;
	complain("%s:%zu: this is no line of a lockfile", file, line);
	advise("airlock install PATH... --lock FILE writes one");
	return STATUS_MALFORMED;
}

enum status
locked_read(struct locked *locked, const char *file)
{
	struct content content = { 0 };
	CLOSE int fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int error = fd == -1 ? -errno : content_read(&content, fd, NULL);

	*locked = (struct locked){ 0 };
	if (error < 0) {
		complain("%s: %s", file, strerror(-error));
		return STATUS_USAGE;
	}
	struct lines lines = { content.text, content.size, 0 };
	enum status status = lines_take(locked, file, &lines);
	/* The paths are copies. */
	for (size_t i = 0; i < locked->count; i++) {
		struct depot_path *path = &locked->entries[i].path;
		path->top = strrchr(path->text, '/') + 1;
	}
	content_free(&content);
	return status;
}

void
locked_free(struct locked *locked)
{
	free(locked->entries);
	*locked = (struct locked){ 0 };
}

static int
entry_compare(const void *a, const void *b)
{
	return strcmp(((const struct lockfile_entry *)a)->path.text,
	    ((const struct lockfile_entry *)b)->path.text);
}

const struct lockfile_entry *
locked_find(const struct locked *locked, const struct depot_path *path)
{
	struct lockfile_entry key = { .size = 0 };

	if (locked->count == 0)
		return NULL;
	depot_path_copy(&key.path, path);
	return bsearch(&key, locked->entries, locked->count,
	    sizeof(key), entry_compare);
}

/* ---- receipts ---- */

/* What the receipt says: false if it does not say all of it. */
static bool
entry_of_receipt(struct lockfile_entry *entry, int receipts,
    const struct depot_path *path)
{
	struct receipt_text receipt;
	char key[RECEIPT_MAX];

	*entry = (struct lockfile_entry){ 0 };
	depot_path_copy(&entry->path, path);
	if (!receipt_read(&receipt, receipts, path))
		return false;
	receipt_value(&receipt, "primary-key", key);
	const struct slice text = { key, strlen(key) };
	entry->size = (uint64_t)receipt_number(&receipt, "size");
	entry->key_size = text.size / 2;
	return (entry->key_size == 20 || entry->key_size == 32) &&
	    hex_parse(&text, entry->key, entry->key_size) &&
	    receipt_digest(&receipt, "sha256", entry->digest);
}

enum cli_why
locked_compare(const struct lockfile_entry *wanted, int receipts)
{
	struct lockfile_entry there;

	if (!entry_of_receipt(&there, receipts, &wanted->path) ||
	    there.size != wanted->size || memcmp(there.digest,
	    wanted->digest, sizeof(there.digest)) != 0)
		return WHY_DIGEST;
	return there.key_size == wanted->key_size && memcmp(there.key,
	    wanted->key, there.key_size) == 0 ? WHY_NONE : WHY_OTHER_KEY;
}

/* ---- write ---- */

static enum status
entries_take(struct locked *locked, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct planned *item = plan->items[i];
		struct lockfile_entry *entry =
		    &locked->entries[locked->count];
		if (item->path.type == DEPOT_CATALOG)
			continue;	/* it tells what to install */
		if (!entry_of_receipt(entry, plan->receipts, &item->path)) {
			complain("%s: its receipt does not say what a "
			    "lockfile needs", item->path.text);
			return STATUS_FAILED;
		}
		entry->named = view_wanted(plan->view, item->number);
		locked->count++;
	}
	qsort(locked->entries, locked->count, sizeof(*locked->entries),
	    entry_compare);
	return STATUS_DONE;
}

const char *
locked_directory(const char *file, char dir[PATH_MAX])
{
	if (file == NULL || strlen(file) >= PATH_MAX)
		return "";
	strcpy(dir, file);
	return dirname(dir);
}

/* At once and whole, beside the old one. */
static int
text_write(const char *file, const struct content *content)
{
	char parent[PATH_MAX], base[PATH_MAX];

	if (strlen(file) >= sizeof(base))
		return -ENAMETOOLONG;
	strcpy(base, file);
	CLOSE int dir = open(locked_directory(file, parent), O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	return dir == -1 ? -errno : content_write(content, dir,
	    basename(base));
}

static enum status
entries_write(const struct locked *locked, const char *file)
{
	size_t room = sizeof(LOCKFILE_HEAD) + locked->count * LOCKFILE_LINE;
	struct content content = { malloc(room), 0 };
	int n = 0, error = content.text == NULL ? -ENOMEM : 0;

	if (error == 0) {
		strcpy(content.text, LOCKFILE_HEAD);
		content.size = strlen(LOCKFILE_HEAD);
	}
	for (size_t i = 0; error == 0 && i < locked->count; i++) {
		n = lockfile_put(content.text + content.size,
		    &locked->entries[i]);
		error = n < 0 ? n : 0;
		content.size += n < 0 ? 0 : (size_t)n;
	}
	if (error == 0)
		error = text_write(file, &content);
	content_free(&content);
	if (error == 0)
		return STATUS_DONE;
	complain("%s: %s", file, strerror(-error));
	return error == -ENOSPC ? STATUS_NO_SPACE : STATUS_FAILED;
}

enum status
locked_write(const struct plan *plan, const char *file)
{
	struct locked locked = { calloc((size_t)plan->count + 1,
	    sizeof(*locked.entries)), 0 };
	enum status status = STATUS_FAILED;

	if (locked.entries == NULL)
		complain("out of memory");
	else
		status = entries_take(&locked, plan);
	if (status == STATUS_DONE)
		status = entries_write(&locked, file);
	if (status == STATUS_DONE && plan->view->kind != VIEW_JSON &&
	    !plan->view->quiet)
		say("locked: %zu archive%s, in %s", locked.count,
		    locked.count == 1 ? "" : "s", file);
	locked_free(&locked);
	return status;
}

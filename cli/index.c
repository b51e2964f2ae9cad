#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/helper.h"
#include "cli/index.h"
#include "cli/message.h"
#include "depot/store.h"

#define READ_MS		20000	/* for one index; it has 5 s of processor time */

RPC_MANAGER_SIDE(READER_RPC, rows)

/* A reader at work; the helper comes first, as the rpc's owner. */
struct reading {
	struct helper	 helper;
	struct index	*index;
	struct reader_read_rep reply;
};

static struct reader_entry *
entry_room(struct index *index)
{
	if (index->count == index->room) {
		size_t room = index->room == 0 ? 64 : 2 * index->room;
		struct reader_entry *entries = reallocarray(index->entries,
		    room, sizeof(*entries));
		if (entries == NULL)
			return NULL;
		index->entries = entries;
		index->room = room;
	}
	return &index->entries[index->count];
}

/* What no honest reader sends ends the conversation. */
static bool
entry_valid(const struct reader_entry *entry)
{
	struct depot_path path;

	if (entry->depth >= READER_DEPTH_MAX ||
	    memchr(entry->path, '\0', sizeof(entry->path)) == NULL ||
	    memchr(entry->text, '\0', sizeof(entry->text)) == NULL)
		return false;
	switch ((enum reader_kind)entry->kind) {
	case READER_SUPPORTS:
	case READER_GROUP:
		return entry->path[0] == '\0';
	case READER_ARCHIVE:
		return depot_path_parse(&path, entry->path,
		    strlen(entry->path)) == 0;
	default:
		return false;
	}
}

HEARD(reader_entries)
{
	struct reading *reading = rpc->owner;
	struct index *index = reading->index;

	if (req->count == 0 || req->count > READER_BATCH ||
	    index->count + req->count > READER_ENTRIES_MAX)
		return -EBADMSG;
	for (uint32_t i = 0; i < req->count; i++) {
		if (!entry_valid(&req->entries[i]))
			return -EBADMSG;
		struct reader_entry *entry = entry_room(index);
		if (entry == NULL)
			return -ENOMEM;
		*entry = req->entries[i];
		index->count++;
	}
	return 0;
}

ANSWERED(reader_read)
{
	struct reading *reading = rpc->owner;

	if (rep->why == READER_NONE || rep->why >= READER_NWHYS)
		return -EBADMSG;
	reading->reply = *rep;
	reading->helper.answered = true;
	return 0;
}

static const char *
why_text(enum reader_why why)
{
	static const char *const texts[READER_NWHYS] = {
		[READER_SYNTAX] = "neither XML nor HID as an index has it",
		[READER_ENCODING] = "not UTF-8, or a control character",
		[READER_CUT] = "it has no end",
		[READER_NO_INDEX] = "this is no index",
		[READER_LARGE] = "larger than 4 MiB",
		[READER_DEEP] = "groups within groups, more than 30 deep",
		[READER_MANY] = "more than 65536 entries",
	};

	return texts[why];
}

static enum status
reply_judge(const struct index *index, const struct reader_read_rep *reply)
{
	enum reader_why why = (enum reader_why)reply->why;

	if (why == READER_DONE)
		return STATUS_DONE;
	if (why == READER_SYSTEM) {
		complain("%s: %s", index->path.text, strerror(reply->error));
		return STATUS_FAILED;
	}
	if (reply->line > 0)
		complain("%s:%u: %s", index->path.text, reply->line,
		    why_text(why));
	else
		complain("%s: %s", index->path.text, why_text(why));
	return STATUS_MALFORMED;
}

static enum status
read_from(struct index *index, int file)
{
	struct reading reading = { .index = index };
	struct reader_read_req req = { 0 };

	enum status status = helper_start(&reading.helper, "reader", &file, 1,
	    NULL, RPC_ROWS(rows));
	if (status == STATUS_DONE) {
		reading.helper.rpc.owner = &reading;
		reading.helper.rpc.phase = READER_READING;
		/* If it is gone already, waiting for it says so. */
		(void)ask_reader_read(&reading.helper.rpc, &req, NULL, READ_MS,
		    NULL);
		status = helper_wait(&reading.helper);
	}
	helper_end(&reading.helper);
	if (status == STATUS_DONE)
		status = reply_judge(index, &reading.reply);
	index->skipped = reading.reply.skipped;
	return status;
}

enum status
index_read(struct index *index, const struct root *root,
    const struct depot_path *path)
{
	CLOSE int depot = root_open(root, "depot");
	struct stat st;

	*index = (struct index){ .count = 0 };
	depot_path_copy(&index->path, path);
	/* A fifo must not hold us up. */
	CLOSE int file = depot < 0 ? depot : store_open_below(depot, path->text,
	    O_RDONLY | O_NONBLOCK);
	if (file >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode))
		return read_from(index, file);
	complain("%s: %s", path->text, file == -ENOENT ?
	    "it is not installed" : file < 0 ? strerror(-file) :
	    "this is no file");
	return file == -ENOENT ? STATUS_UNAVAILABLE : STATUS_FAILED;
}

void
index_free(struct index *index)
{
	free(index->entries);
	*index = (struct index){ .count = 0 };
}

/* ---- all of them ---- */

static int
is_name(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

static void
names_free(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
}

/* The last one, as versions are compared: bytewise. */
static bool
newest(int depot, const char *user, struct depot_path *path)
{
	char text[DEPOT_PATH_MAX + 256];
	struct dirent **names;
	bool found = false;

	snprintf(text, sizeof(text), "%s/index", user);
	int n = scandirat(depot, text, &names, is_name, NULL);
	for (int i = 0; i < n; i++) {
		struct depot_path next;
		int size = snprintf(text, sizeof(text), "%s/index/%s", user,
		    names[i]->d_name);
		if (depot_path_parse(&next, text, (size_t)size) < 0 ||
		    (found && strcmp(next.top, path->top) <= 0))
			continue;
		depot_path_copy(path, &next);
		found = true;
	}
	names_free(names, n);
	return found;
}

/* alphasort() goes by the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

enum status
index_each(const struct root *root, const char *user,
    enum status (*visit)(const struct index *, void *), void *context)
{
	CLOSE int depot = root_open(root, "depot");
	enum status status = STATUS_DONE;
	struct depot_path path;
	struct dirent **users;
	struct index index;

	if (depot < 0)
		return depot == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	int n = scandirat(depot, ".", &users, is_name, by_bytes);
	for (int i = 0; i < n && status != STATUS_INTERRUPTED; i++) {
		if ((user != NULL && strcmp(user, users[i]->d_name) != 0) ||
		    !newest(depot, users[i]->d_name, &path))
			continue;
		enum status one = index_read(&index, root, &path);
		if (one == STATUS_DONE)
			one = visit(&index, context);
		index_free(&index);
		status = status_worse(status, one);
	}
	names_free(users, n);
	return status;
}

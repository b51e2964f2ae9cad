#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/helper.h"
#include "cli/making.h"
#include "cli/message.h"
#include "cli/reading.h"
#include "rpc/buffer.h"

#define READ_MS		20000	/* for one file; it has 5 s of processor time */

RPC_MANAGER_SIDE(READER_RPC, rows)

/* A reader at work; the helper comes first, as the rpc's owner. */
struct reading {
	struct helper	 helper;
	struct index	*index;
	struct reader_read_rep reply;
	/* or a signature */
	uint8_t		 signature[READER_SIG];
	size_t		 size;
	int		 error;
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
entry_valid(const struct index *index, const struct reader_entry *entry)
{
	enum reader_kind kind = (enum reader_kind)entry->kind;
	bool wish = kind == READER_WANTED;
	struct depot_path path;

	if (kind != READER_SUPPORTS &&
	    wish != (index->what == READER_INSTALLATION))
		return false;
	if ((entry->how & ~(wish ? (uint32_t)READER_HOWS : 0)) != 0 ||
	    entry->depth >= READER_DEPTH_MAX ||
	    memchr(entry->path, '\0', sizeof(entry->path)) == NULL ||
	    memchr(entry->text, '\0', sizeof(entry->text)) == NULL)
		return false;
	switch (kind) {
	case READER_SUPPORTS:
	case READER_GROUP:
		return entry->path[0] == '\0';
	case READER_ARCHIVE:
	case READER_WANTED:
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

	if (index == NULL || req->count == 0 || req->count > READER_BATCH ||
	    index->count + req->count > READER_ENTRIES_MAX)
		return -EBADMSG;
	for (uint32_t i = 0; i < req->count; i++) {
		if (!entry_valid(index, &req->entries[i]))
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

HEARD(reader_bytes)
{
	struct reading *reading = rpc->owner;

	if (req->size == 0 || req->size > READER_PIECE ||
	    req->size > READER_SIG - reading->size)
		return -EBADMSG;
	memcpy(reading->signature + reading->size, req->bytes, req->size);
	reading->size += req->size;
	return 0;
}

ANSWERED(reader_dearmor)
{
	struct reading *reading = rpc->owner;

	reading->error = rep->error;
	reading->helper.answered = true;
	return 0;
}

static const char *
why_text(const struct index *index, enum reader_why why)
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

	return why == READER_NO_INDEX && index->what == READER_INSTALLATION ?
	    "this is no install description" : texts[why];
}

static enum status
reply_judge(const struct index *index, const struct reader_read_rep *reply)
{
	enum reader_why why = (enum reader_why)reply->why;

	if (why == READER_DONE)
		return STATUS_DONE;
	if (why == READER_SYSTEM) {
		complain("%s: %s", index->name, strerror(reply->error));
		return STATUS_FAILED;
	}
	if (reply->line > 0)
		complain("%s:%u: %s", index->name, reply->line,
		    why_text(index, why));
	else
		complain("%s: %s", index->name, why_text(index, why));
	return STATUS_MALFORMED;
}

/* Ask a reader of this file, an index's or (there is none) a signature's; its
 * answer is in *reading. */
static enum status
reader_ask(struct reading *reading, int file)
{
	const struct index *index = reading->index;
	const struct reader_read_req read = { .what = index == NULL ? 0 :
	    index->what };
	const struct reader_dearmor_req dearmor = { 0 };
	struct rpc *rpc = &reading->helper.rpc;
	enum status status = helper_start(&reading->helper, "reader", &file, 1,
	    NULL, RPC_ROWS(rows));

	if (status == STATUS_DONE) {
		rpc->owner = reading;
		rpc->phase = READER_READING;
		/* If it is gone already, waiting for it says so. */
		(void)(index != NULL ?
		    ask_reader_read(rpc, &read, NULL, READ_MS, NULL) :
		    ask_reader_dearmor(rpc, &dearmor, NULL, READ_MS, NULL));
		status = helper_wait(&reading->helper);
	}
	helper_end(&reading->helper);
	return status;
}

enum status
reading_index(struct index *index, int file)
{
	struct reading reading = { .index = index };
	enum status status = reader_ask(&reading, file);

	if (status == STATUS_DONE)
		status = reply_judge(index, &reading.reply);
	index->skipped = reading.reply.skipped;
	return status;
}

enum status
reading_signature(int armored, int *binary)
{
	struct reading reading = { .index = NULL };
	enum status status = reader_ask(&reading, armored);

	*binary = -1;
	if (status != STATUS_DONE)
		return status;
	if (reading.error == 0 && reading.size > 0)
		*binary = buffer_seal(reading.signature, reading.size);
	if (*binary < -1)
		reading.error = -*binary;
	return reading.error != 0 ? making_failed("signature", reading.error) :
	    STATUS_DONE;
}

/*
 * false_reader.c - stands in for the reader and breaks its word.
 *
 * What it is given to read is the name of the lie.  It enters no jail: it is a
 * reader that was taken over.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jail/jail.h"
#include "reader/reader.h"

RPC_PEER_SIDE(READER_RPC, rows)

static char lie[64];

static bool
is(const char *word)
{
	return strcmp(lie, word) == 0;
}

static void
entry_spoil(struct reader_entry *entry)
{
	*entry = (struct reader_entry){ .kind = READER_ARCHIVE,
	    .path = "alice/pkg/x/1", .text = "a text" };
	if (is("outside"))
		strcpy(entry->path, "../../../etc/passwd");
	else if (is("long-path"))
		memset(entry->path, 'a', sizeof(entry->path));
	else if (is("long-text"))
		memset(entry->text, 'a', sizeof(entry->text));
	else if (is("no-kind"))
		entry->kind = READER_NO_KIND;
	else if (is("kind"))
		entry->kind = READER_ARCHIVE + 1;
	else if (is("how"))
		entry->how = READER_BINARY;
	else if (is("depth"))
		entry->depth = READER_DEPTH_MAX;
	else if (is("group-path"))
		entry->kind = READER_GROUP;
	else if (is("escape"))
		strcpy(entry->text, "\033[2J\r\a\b\x9b\xc2\x9bm\x7fx\nalice/pkg/y/1");
}

static void
entries_send(struct rpc *rpc)
{
	struct reader_entries_req entries = { .count = 1 };
	uint32_t times = 1;

	for (size_t i = 0; i < READER_BATCH; i++)
		entry_spoil(&entries.entries[i]);
	if (is("none"))
		entries.count = 0;
	else if (is("seven"))
		entries.count = READER_BATCH + 1;
	else if (is("huge"))
		entries.count = UINT32_MAX;
	else if (is("many"))
		times = READER_ENTRIES_MAX + 1;
	while (times-- > 0 && send_reader_entries(rpc, &entries) == 0)
		continue;
}

static void
answer(struct rpc *rpc, uint32_t serial)
{
	struct reader_read_rep rep = { .why = READER_DONE };

	if (is("no-answer"))
		pause();
	else if (is("end") || is("death") || is("cpu"))
		_exit(0);
	else if (is("why-none"))
		rep.why = READER_NONE;
	else if (is("why"))
		rep.why = READER_NWHYS;
	else if (is("why-huge"))
		rep.why = UINT32_MAX;
	else if (is("error"))
		rep = (struct reader_read_rep){ READER_SYSTEM, -1, 0, 0 };
	else if (is("line"))
		rep = (struct reader_read_rep){ READER_SYNTAX, 0, UINT32_MAX,
		    UINT32_MAX };
	else if (is("serial"))
		serial++;
	(void)answer_reader_read(rpc, serial, &rep, NULL);
}

HEARD(reader_read)
{
	const struct rpc_header unknown = { 77, 0 };

	if (is("death"))
		rpc_last_words(rpc->fd, RPC_DEATH_VIOLATION, -1);
	else if (is("cpu"))
		rpc_last_words(rpc->fd, RPC_DEATH_CPU, -1);
	else if (is("ready-twice"))
		rpc_say_ready(rpc->fd, 1);
	else if (is("number"))
		(void)!write(rpc->fd, &unknown, sizeof(unknown));
	else if (is("short"))
		(void)!write(rpc->fd, "\1", 1);
	entries_send(rpc);
	answer(rpc, serial);
	return 0;
}

HEARD(reader_dearmor)
{
	const struct reader_dearmor_rep rep = { is("sig-error") ? -1 : 0, 0 };
	struct reader_bytes_req piece = { .size = is("sig-none") ? 0 :
	    is("sig-large") ? READER_PIECE + 1 : READER_PIECE };
	int times = is("sig-nothing") || is("sig-error") ? 0 :
	    is("sig-many") ? READER_SIG / READER_PIECE + 1 : 1;

	while (times-- > 0 && send_reader_bytes(rpc, &piece) == 0)
		continue;
	return answer_reader_dearmor(rpc, serial, &rep, NULL);
}

int
main(void)
{
	struct rpc rpc;

	(void)!pread(READER_FD_FILE, lie, sizeof(lie) - 1, 0);
	rpc_init(&rpc, READER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	rpc.phase = READER_IDLE;
	if (!is("unready"))
		rpc_say_ready(rpc.fd, 1);
	(void)rpc_receive(&rpc, 0);
	pause();
	return 0;
}

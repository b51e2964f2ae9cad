/*
 * reader - reads one index of a depot, one install description, or one armored
 * signature.
 *
 * Holds	that file, for reading; a channel to the cli.
 * Lacks	the network, exec, keys, any path, any way to open something; a
 *		library but the C library.
 * Trusts	the cli's request.  The index was signed by its publisher, but
 *		it is that one's text: it is parsed here and nowhere else.  A
 *		signature is anybody's, and so is an install description.
 * Taken over	names archives and descriptions of its choice, which that
 *		publisher could as well have written; the cli looks at each path
 *		again, and cleans what it shows.  Nothing is installed by it
 *		but what an install description wishes: other archives than
 *		that names, if publishers that are known have signed them.
 *		What it makes of a signature is judged like any other one.
 */
#include <errno.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "depot/armor.h"
#include "reader/enter.h"
#include "reader/index.h"

RPC_PEER_SIDE(READER_RPC, rows)

/* Entries that wait to be sent, and where to. */
struct sending {
	struct rpc	*rpc;
	int		 error;
	struct reader_entries_req batch;
};

static void
batch_send(struct sending *sending)
{
	if (sending->batch.count > 0 && sending->error == 0)
		sending->error = send_reader_entries(sending->rpc,
		    &sending->batch);
	memset(&sending->batch, 0, sizeof(sending->batch));
}

static void
entry_send(struct nodes *nodes, const struct reader_entry *entry)
{
	struct sending *sending = nodes->owner;

	sending->batch.entries[sending->batch.count++] = *entry;
	if (sending->batch.count == READER_BATCH)
		batch_send(sending);
}

/* All of it into text[]: bytes, or -errno. */
static ssize_t
file_read(char *text, size_t room)
{
	size_t size = 0;
	ssize_t n = 1;

	while (n > 0 && size < room) {
		n = pread(READER_FD_FILE, text + size, room - size,
		    (off_t)size);
		if (n == -1)
			return -errno;
		size += (size_t)n;
	}
	return (ssize_t)size;
}

static void
nodes_read(struct sending *sending, enum reader_what what,
    struct reader_read_rep *rep)
{
	static char text[READER_SIZE_MAX + 1];
	struct nodes nodes = { .entry = entry_send, .owner = sending,
	    .installation = what == READER_INSTALLATION };
	ssize_t size = file_read(text, sizeof(text));

	if (size < 0) {
		rep->why = READER_SYSTEM;
		rep->error = (int32_t)-size;
	} else if ((size_t)size > READER_SIZE_MAX) {
		rep->why = READER_LARGE;
	} else {
		rep->why = index_parse(&nodes, text, (size_t)size, &rep->line);
		rep->skipped = nodes.skipped;
	}
}

static int
bytes_send(struct rpc *rpc, const uint8_t *bytes, size_t size)
{
	int error = 0;

	for (size_t at = 0; error == 0 && at < size; at += READER_PIECE) {
		struct reader_bytes_req piece = { .size = (uint32_t)
		    MIN(size - at, READER_PIECE) };
		memcpy(piece.bytes, bytes + at, piece.size);
		error = send_reader_bytes(rpc, &piece);
	}
	return error;
}

HEARD(reader_dearmor)
{
	static char text[READER_ARMOR + 1];
	struct reader_dearmor_rep rep = { 0 };
	uint8_t sig[READER_SIG];
	size_t size = 0;
	ssize_t n = file_read(text, sizeof(text));
	int error = 0;

	if (n < 0)
		rep.error = (int32_t)-n;
	else if (n <= READER_ARMOR && armor_decode_only((struct armor_text)
	    { text, text + n }, ARMOR_SIGNATURE, sig, sizeof(sig), &size) == 0)
		error = bytes_send(rpc, sig, size);
	return error < 0 ? error :
	    answer_reader_dearmor(rpc, serial, &rep, NULL);
}

HEARD(reader_read)
{
	struct sending sending = { .rpc = rpc };
	struct reader_read_rep rep = { .why = READER_NONE };

	if (req->what != READER_INDEX && req->what != READER_INSTALLATION)
		return -EBADMSG;
	nodes_read(&sending, (enum reader_what)req->what, &rep);
	batch_send(&sending);
	return sending.error < 0 ? sending.error :
	    answer_reader_read(rpc, serial, &rep, NULL);
}

int
main(void)
{
	struct rpc rpc;

	reader_enter();
	rpc_init(&rpc, READER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	rpc.phase = READER_IDLE;
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

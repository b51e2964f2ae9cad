#include <errno.h>
#include <string.h>

#include "extractor/job.h"
#include "extractor/unpack.h"

#define PROGRESS_EVERY	100	/* ms */

RPC_PEER_SIDE(EXTRACTOR_RPC, rows)

struct job {
	struct rpc	*rpc;
	uint64_t	 told;		/* when, ms */
	int		 error;		/* of telling */
	struct unpack	 unpack;
};

/* One process, one job; too large for the stack. */
static struct job job;

/* Seldom enough that the channel, which blocks on this side, never fills. */
static void
progress(struct unpack *u)
{
	struct job *j = u->owner;
	struct extractor_progress_req req = {
	    .work = u->writer.bytes + u->writer.names };
	uint64_t now = rpc_now();

	if (j->error != 0 || now - j->told < PROGRESS_EVERY)
		return;
	j->told = now;
	j->error = send_extractor_progress(j->rpc, &req);
}

/* top names a file: the manager's mistake if not, not the archive's. */
static bool
request_is_valid(const struct extractor_extract_req *req)
{
	static struct entry_path path;

	return req->format >= EXTRACTOR_TAR_XZ &&
	    req->format <= EXTRACTOR_PKG &&
	    memchr(req->top, '\0', sizeof(req->top)) != NULL &&
	    entry_path_parse(&path, req->top, req->top, 1) == EXTRACTOR_DONE &&
	    path.depth == 1;
}

static int
heard_extractor_extract(struct rpc *rpc,
    const struct extractor_extract_req *req, struct cap *caps, uint32_t serial)
{
	struct unpack *u = &job.unpack;
	struct extractor_extract_rep rep = { 0 };

	if (!request_is_valid(req))
		return -EBADMSG;
	rpc->phase = EXTRACTOR_OVER;
	job.rpc = rpc;
	job.told = rpc_now();
	u->progress = progress;
	u->owner = &job;
	rep.outcome = unpack_archive(u, req, caps[0].fd);
	rep.error = rep.outcome != EXTRACTOR_SYSTEM ? 0 :
	    u->source.error != 0 ? u->source.error : u->writer.error;
	rep.entry = rep.outcome == EXTRACTOR_DONE ? 0 : u->entry;
	rep.entries = u->writer.names;
	rep.bytes = u->writer.bytes;
	if (rep.outcome == EXTRACTOR_DONE)
		memcpy(rep.manifest, u->manifest, sizeof(rep.manifest));
	return answer_extractor_extract(rpc, serial, &rep, NULL);
}

int
job_serve(int channel)
{
	struct rpc rpc;

	rpc_init(&rpc, channel, RPC_ROWS(rows), NULL);
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

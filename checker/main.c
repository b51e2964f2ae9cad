/*
 * checker - compares installed archives with their manifests.
 *
 * Holds	the depot, for reading, as its root; a channel to the cli, and
 *		what comes by it: manifests, and files to take digests of.
 * Lacks	network, exec, keys, any other path, any way to create, change
 *		or remove.
 * Trusts	the cli's request.  A manifest counts only if it is the one that
 *		the receipt names, but names and contents are anybody's by now.
 * Taken over	says of installed archives what it likes: that all is well, or
 *		that nothing is.  It changes none of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checker/compare.h"
#include "checker/enter.h"
#include "depot/path.h"

#define PROGRESS_EVERY	100	/* ms */

RPC_PEER_SIDE(CHECKER_RPC, rows)

struct task {
	struct rpc	*rpc;
	uint64_t	 told;		/* when, ms */
};

/* One process, one task at a time; too large for the stack. */
static struct compare the_compare;

static void
send_or_end(int error)
{
	/* Nobody hears us any more. */
	if (error < 0)
		_exit(1);
}

static void
found(struct compare *c, enum checker_finding finding, uint32_t mode,
    const char *where)
{
	struct checker_found_req req = { .finding = finding, .mode = mode };
	struct task *task = c->owner;

	if (c->findings > CHECKER_SAID)
		return;
	memcpy(req.where, where, strnlen(where, sizeof(req.where) - 1));
	send_or_end(send_checker_found(task->rpc, &req));
}

/* Seldom enough that the channel, which blocks on this side, never fills. */
static void
progress(struct compare *c)
{
	struct checker_progress_req req = { .bytes = c->bytes };
	struct task *task = c->owner;
	uint64_t now = rpc_now();

	if (now - task->told < PROGRESS_EVERY)
		return;
	task->told = now;
	send_or_end(send_checker_progress(task->rpc, &req));
}

static struct compare *
begin(struct task *task, struct rpc *rpc)
{
	struct compare *c = &the_compare;

	*task = (struct task){ rpc, rpc_now() };
	c->found = found;
	c->progress = progress;
	c->owner = task;
	c->entries = c->bytes = c->findings = 0;
	return c;
}

HEARD(checker_compare)
{
	struct checker_compare_rep rep = { 0 };
	struct list list;
	struct task task;
	struct depot_path path;
	struct compare *c = begin(&task, rpc);

	if (depot_path_parse(&path, req->path,
	    strnlen(req->path, sizeof(req->path))) < 0)
		return -EBADMSG;
	rep.why = list_load(&list, caps[0].fd, req->digest);
	c->list = &list;
	if (rep.why == CHECKER_DONE)
		rep.why = compare_archive(c, CHECKER_FD_DEPOT, path.text);
	rep.error = rep.why == CHECKER_SYSTEM ? list.error : 0;
	rep.line = rep.why == CHECKER_SYNTAX ? list.line : 0;
	rep.entries = c->entries;
	rep.bytes = c->bytes;
	rep.findings = c->findings;
	list_free(&list);
	return answer_checker_compare(rpc, serial, &rep, NULL);
}

HEARD(checker_digest)
{
	struct checker_digest_rep rep = { 0 };
	struct task task;
	struct compare *c = begin(&task, rpc);

	(void)req;
	rep.error = -compare_digest(c, caps[0].fd, &rep.size, rep.digest);
	return answer_checker_digest(rpc, serial, &rep, NULL);
}

int
main(void)
{
	struct rpc rpc;

	checker_enter();
	rpc_init(&rpc, CHECKER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	rpc.phase = CHECKER_READY;
	int error = rpc_serve(&rpc);
	rpc_close(&rpc);
	return error < 0 ? 1 : 0;
}

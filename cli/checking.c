#include <errno.h>
#include <string.h>

#include "cli/checking.h"

#define SILENCE_MS	60000	/* without a byte read */

RPC_MANAGER_SIDE(CHECKER_RPC, rows)

HEARD(checker_found)
{
	struct checker *checker = rpc->owner;
	struct checked *checked = checker->checked;

	if (checked == NULL || req->finding == CHECKER_NO_FINDING ||
	    req->finding >= CHECKER_NFINDINGS ||
	    memchr(req->where, '\0', sizeof(req->where)) == NULL)
		return -EBADMSG;
	checked->found(checked, req);
	return 0;
}

HEARD(checker_progress)
{
	struct checker *checker = rpc->owner;
	struct checked *checked = checker->checked;

	if (checked == NULL)
		return -EBADMSG;
	rpc_extend(rpc, checked, SILENCE_MS);
	checked->progress(checked, req->bytes);
	return 0;
}

ANSWERED(checker_compare)
{
	struct checker *checker = rpc->owner;
	struct checked *checked = context;

	if (rep->why == CHECKER_NONE || rep->why >= CHECKER_NWHYS)
		return -EBADMSG;
	checked->reply = *rep;
	checker->helper.answered = true;
	return 0;
}

ANSWERED(checker_digest)
{
	struct checker *checker = rpc->owner;
	struct checked *checked = context;

	checked->packed_error = rep->error != 0 ? rep->error :
	    memcmp(rep->digest, checked->packed, sizeof(rep->digest)) == 0 ?
	    0 : -1;
	checker->helper.answered = true;
	return 0;
}

enum status
checking_begin(struct checking *checking, size_t count, int depot)
{
	enum status status = STATUS_DONE;

	checking->count = 0;
	while (status == STATUS_DONE && checking->count < count) {
		struct checker *next = &checking->checkers[checking->count++];
		next->checked = NULL;
		status = helper_start(&next->helper, "checker", &depot, 1,
		    NULL, RPC_ROWS(rows));
		next->helper.rpc.owner = next;
		next->helper.rpc.phase = CHECKER_READY;
	}
	return status;
}

void
checking_end(struct checking *checking)
{
	for (size_t i = 0; i < checking->count; i++)
		helper_end(&checking->checkers[i].helper);
	checking->count = 0;
}

struct checker *
checking_idle(struct checking *checking)
{
	for (size_t i = 0; i < checking->count; i++)
		if (checking->checkers[i].checked == NULL)
			return &checking->checkers[i];
	return NULL;
}

static struct rpc *
begin(struct checker *checker, struct checked *checked)
{
	checker->checked = checked;
	checker->helper.answered = false;
	return &checker->helper.rpc;
}

void
checker_ask_compare(struct checker *checker, struct checked *checked,
    int manifest)
{
	const struct cap cap = { manifest };
	struct checker_compare_req req = { 0 };

	strcpy(req.path, checked->path.text);
	memcpy(req.digest, checked->manifest, sizeof(req.digest));
	/* If it is gone already, waiting for it says so. */
	(void)ask_checker_compare(begin(checker, checked), &req, &cap,
	    SILENCE_MS, checked);
}

void
checker_ask_packed(struct checker *checker, struct checked *checked,
    int packed)
{
	const struct checker_digest_req req = { 0 };
	const struct cap cap = { packed };

	(void)ask_checker_digest(begin(checker, checked), &req, &cap,
	    SILENCE_MS, checked);
}

enum status
checking_wait(struct checking *checking, struct checked **done)
{
	struct helper *busy[CHECKERS_MAX];
	struct checker *who[CHECKERS_MAX];
	size_t n = 0, which;

	*done = NULL;
	for (size_t i = 0; i < checking->count; i++)
		if (checking->checkers[i].checked != NULL) {
			who[n] = &checking->checkers[i];
			busy[n] = &who[n]->helper;
			n++;
		}
	if (n == 0)
		return STATUS_DONE;
	enum status status = helpers_wait(busy, n, &which);
	if (status != STATUS_DONE)
		return status;
	*done = who[which]->checked;
	who[which]->checked = NULL;
	return STATUS_DONE;
}

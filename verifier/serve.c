#include "jail/jail.h"
#include "verifier/engine.h"
#include "verifier/gpg.h"
#include "verifier/question.h"
#include "verifier/serve.h"
#include "verifier/verifier.h"

RPC_PEER_SIDE(VERIFIER_RPC, rows)

static int
heard_verifier_verify(struct rpc *rpc, const struct verifier_verify_req *req,
    struct cap *caps, uint32_t serial)
{
	struct verifier_verify_rep rep = { .verdict = VERIFIER_BROKEN };
	char sig[VERIFIER_SIG];
	ssize_t size = question_read(caps[1].fd, sig, sizeof(sig));
	int error = question_limit(req->size);

	rpc->phase = VERIFIER_OVER;
	if (error < 0)
		return error;
	if (size > 0)
		gpg_verify(rpc->fd, caps[0].fd, sig, (size_t)size, &rep);
	else if (size == 0)
		rep.verdict = VERIFIER_NOT_ONE;
	/* gpg's clock is not the one that counts: who asked compares the time
	 * of expiry, too. */
	if (req->as_of != 0 && rep.verdict == VERIFIER_SIG_EXPIRED &&
	    rep.expires != 0)
		rep.verdict = VERIFIER_GOOD;
	return answer_verifier_verify(rpc, serial, &rep, NULL);
}

static int
heard_verifier_keys(struct rpc *rpc, const struct verifier_keys_req *req,
    struct cap *caps, uint32_t serial)
{
	struct verifier_keys_rep rep = { .verdict = VERIFIER_BROKEN };

	(void)req, (void)caps;
	rpc->phase = VERIFIER_OVER;
	gpg_list_keys(rpc->fd, &rep);
	return answer_verifier_keys(rpc, serial, &rep, NULL);
}

int
verifier_serve(int channel)
{
	struct rpc rpc;

	if (engine_adopt() < 0)
		return JAIL_EXIT_SETUP;
	rpc_init(&rpc, channel, RPC_ROWS(rows), NULL);
	rpc.phase = VERIFIER_IDLE;
	/* One record, one answer: what one archive did meets no other. */
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

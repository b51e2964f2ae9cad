/*
 * sequoia - says whether a signature over one archive is by one pinned key, as the
 * verifier does, by asking another OpenPGP engine, Sequoia's sqv.
 *
 * Holds	The pinned key of one user, in a private home; in a child, one
 *		archive and one signature, read-only, a directory of that home,
 *		and exec of sqv.
 * Lacks	The network, the depot, other users' keys, any directory that
 *		outlives it, the sight of other processes, of other children's
 *		directories; libgpgme, gpg, and any other library.
 * Trusts	Nothing that it reads.  sqv parses bytes of whoever wrote the
 *		signature.  It is written in Rust, and shares no code with gpg,
 *		but may be taken over all the same.
 * Taken over	A child gives a wrong answer about its one archive.  Where both
 *		engines are asked, the verifier would have to be taken over at
 *		the same time, with the same signature.  The template reads no
 *		byte of an archive or a signature.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "jail/jail.h"
#include "rpc/rpc.h"
#include "verifier/home.h"
#include "verifier/policy.h"
#include "verifier/question.h"
#include "verifier/slots.h"
#include "verifier/sqv.h"
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
		sqv_verify(rpc->fd, caps[0].fd, sig, (size_t)size, req->as_of,
		    &rep);
	else if (size == 0)
		rep.verdict = VERIFIER_NOT_ONE;
	return answer_verifier_verify(rpc, serial, &rep, NULL);
}

/* sqv lists no keys. */
static int
heard_verifier_keys(struct rpc *rpc, const struct verifier_keys_req *req,
    struct cap *caps, uint32_t serial)
{
	const struct verifier_keys_rep rep = { .verdict = VERIFIER_BROKEN };

	(void)req, (void)caps;
	rpc->phase = VERIFIER_OVER;
	return answer_verifier_keys(rpc, serial, &rep, NULL);
}

/* A child's whole conversation: one record, one answer. */
static int
sequoia_serve(int channel)
{
	struct rpc rpc;

	rpc_init(&rpc, channel, RPC_ROWS(rows), NULL);
	rpc.phase = VERIFIER_IDLE;
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

/* What sqv sees: no policy but its own, wherever it was told to look for one. */
static int
environment_set(void)
{
	return clearenv() == 0 && setenv("LC_ALL", "C", 1) == 0 &&
	    setenv("SEQUOIA_CRYPTO_POLICY", "", 1) == 0 ? 0 : -1;
}

int
main(void)
{
	int key = environment_set() < 0 ? -ENOMEM : slots_open();

	if (key < 0)
		home_failed(key);
	template_prepare(&policy_sequoia_child);
	jail_enter(&policy_sequoia_template, JAIL_FD_CHANNEL, 0);
	/* The key is input, too: it is read inside. */
	int error = home_fill(key, JAIL_FD_INPUT);
	if (error == 0 && !sqv_is_there())
		error = -ENOEXEC;
	if (error < 0)
		home_failed(error);
	close(JAIL_FD_INPUT);
	template_serve(sequoia_serve);
}

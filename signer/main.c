/*
 * signer - signs archives with its user's key.
 *
 * Holds	its user's keyring and a way to the user's gpg-agent, which has
 *		the private key; exec of gpg.
 * Lacks	the network; any file beside libraries, a few settings in /etc and
 *		gpg's home; writing anywhere but there.
 * Trusts	the cli's requests, and gpg: it is the user's own, with the
 *		user's configuration.
 * Taken over	signs what it likes for as long as the agent lets it, and can
 *		spoil the keyring.  It reads nobody else's bytes: the archives
 *		that it signs are passed through to be hashed.
 */
#include <string.h>
#include <unistd.h>

#include "signer/enter.h"
#include "signer/gpg.h"

RPC_PEER_SIDE(SIGNER_RPC, rows)

static bool
has_end(const char *text, size_t size)
{
	return text[0] != '\0' && memchr(text, '\0', size) != NULL;
}

HEARD(signer_open)
{
	static struct signer_open_rep rep;

	if (!has_end(req->id, sizeof(req->id)))
		return -1;
	gpg_open(req, &rep);
	if (rep.why == SIGNER_DONE)
		rpc->phase = SIGNER_OPENED;
	return answer_signer_open(rpc, serial, &rep, NULL);
}

HEARD(signer_export)
{
	static struct signer_export_rep rep;

	gpg_export(caps[0].fd, &rep);
	return answer_signer_export(rpc, serial, &rep, NULL);
}

HEARD(signer_sign)
{
	struct signer_sign_rep rep = { 0 };

	if (!has_end(req->path, sizeof(req->path)))
		return -1;
	gpg_sign(req, caps[0].fd, &rep);
	return answer_signer_sign(rpc, serial, &rep, NULL);
}

int
main(void)
{
	static char home[PATH_MAX];
	struct rpc rpc;
	int error = gpg_home(home);

	if (error < 0)
		signer_unjailed(error);
	gpg_agent_start();
	signer_enter(home);
	if ((error = gpg_init()) < 0)
		signer_unjailed(error);
	rpc_init(&rpc, SIGNER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	error = rpc_serve(&rpc);
	rpc_close(&rpc);
	return error == 0 ? 0 : 1;
}

/*
 * packer - packs one directory or file as an archive, or measures an archive.
 *
 * Holds	that directory, for reading, as its root; a file to write to,
 *		which it was started with; a channel to the cli.
 * Lacks	network, exec, keys, any other path, any way to create, rename
 *		or remove.
 * Trusts	the cli's request.  What it packs is its user's own, but names
 *		and contents may have come from anywhere: they meet libarchive
 *		and liblzma here.
 * Taken over	makes an archive of its choice out of what it was given to
 *		read.  Whoever installs that finds the publisher's signature on
 *		it, so a publisher who packs what others wrote should look.
 *		Of an archive that it measures, sizes and dependencies in the
 *		publisher's catalog.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "depot/walk.h"
#include "packer/enter.h"
#include "packer/measure.h"
#include "packer/pack.h"

#define THREADS_MAX	64

RPC_PEER_SIDE(PACKER_RPC, rows)

static bool
request_is_valid(const struct packer_pack_req *req)
{
	struct stat st;

	return fstat(PACKER_FD_SOURCE, &st) == 0 &&
	    (S_ISDIR(st.st_mode) ? req->format == PACKER_TAR_XZ :
	    req->format == PACKER_XZ) &&
	    req->threads >= 1 && req->threads <= THREADS_MAX &&
	    memchr(req->top, '\0', sizeof(req->top)) != NULL &&
	    req->top[0] != '\0' && strchr(req->top, '/') == NULL;
}

HEARD(packer_pack)
{
	static struct packer_pack_rep rep;

	if (!request_is_valid(req))
		return -EBADMSG;
	rpc->phase = PACKER_OVER;
	pack_archive(req, PACKER_FD_SOURCE, PACKER_FD_OUTPUT, &rep);
	return answer_packer_pack(rpc, serial, &rep, NULL);
}

HEARD(packer_measure)
{
	struct packer_measure_rep rep = { .why = PACKER_NOT_MEASURED };
	struct stat st;

	if (fstat(PACKER_FD_SOURCE, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (req->format != PACKER_TAR_XZ && req->format != PACKER_XZ) ||
	    memchr(req->keep, '\0', sizeof(req->keep)) == NULL)
		return -EBADMSG;
	rpc->phase = PACKER_OVER;
	measure_archive(req, PACKER_FD_SOURCE, PACKER_FD_OUTPUT, &rep);
	return answer_packer_measure(rpc, serial, &rep, NULL);
}

int
main(void)
{
	struct rpc rpc;

	/* Too large a file is an error of write(), not the end. */
	signal(SIGXFSZ, SIG_IGN);
	measure_prepare();
	/* So that libarchive takes names for UTF-8, as extended headers have
	 * them, and writes them as they are. */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		packer_unjailed(-ENOENT);
	packer_enter();
	rpc_init(&rpc, PACKER_FD_CHANNEL, RPC_ROWS(rows), NULL);
	int error = rpc_receive(&rpc, 0);
	rpc_close(&rpc);
	return error == 1 ? 0 : 1;
}

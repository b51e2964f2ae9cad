/*
 * The cli's side: what it asks for, and what it is told.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

#include "manager/manager.h"

#define TELL_MS		50	/* between two pictures of what goes on */
#define UNREAD		8192	/* bytes, with what the kernel adds to each */

RPC_MANAGER_SIDE(CLI_RPC, cli_rows)

/* ---- a writing session ---- */

HEARD(cli_open)
{
	if (req->jobs == 0 || req->jobs > CLI_INSTALLS)
		return -EBADMSG;
	manager.options = *req;
	manager.workers.level = (enum jail_level)req->level;
	manager.certificates = cap_take(&caps[0]);
	rpc->phase = CLI_OPENED;
	extract_template();	/* it warms up meanwhile */
	return answer_cli_open(rpc, serial, &(struct cli_open_rep){ 0 }, NULL);
}

bool
has_end(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static struct job *
job_free(void)
{
	for (struct job *j = manager.jobs; j < manager.jobs + CLI_INSTALLS; j++)
		if (j->state == CLI_NO_STATE)
			return j;
	return NULL;
}

HEARD(cli_install)
{
	struct job *job = job_free();

	/* Where the user wants it from is the user's affair: a jailed dialer and
	 * fetcher make of it what they can. */
	if (job == NULL || !has_end(req->path, sizeof(req->path)) ||
	    !has_end(req->from.host, sizeof(req->from.host)) ||
	    !has_end(req->from.target, sizeof(req->from.target)) ||
	    !has_end(req->tag.host, sizeof(req->tag.host)) ||
	    !has_end(req->tag.validator, sizeof(req->tag.validator)) ||
	    !has_end(req->exceptions, sizeof(req->exceptions)) ||
	    strspn(req->exceptions, "abcdefghijklmnopqrstuvwxyz- ") !=
		strlen(req->exceptions))
		return -EBADMSG;
	*job = (struct job){ .req = *req, .serial = serial, .check = CHECK_INIT,
	    .file = { { .fd = -1, .reader = { -1, -1, -1 } },
		{ .fd = -1, .reader = { -1, -1, -1 } } }, .at = req->from };
	if (depot_path_parse(&job->path, req->path, strlen(req->path)) < 0)
		job_end(job, WHY_PATH, 0, 0);
	else
		job_set(job, CLI_WANTED);
	return 0;
}

HEARD(cli_stop)
{
	manager.stopping = true;
	return 0;
}

void
job_answer(const struct job *job, enum cli_why why, uint32_t detail, int error)
{
	const struct cli_install_rep rep = { job->req.archive, why, detail,
	    error };

	/* There is room for it, see below.  If the cli has gone, so shall we. */
	(void)answer_cli_install(&manager.cli, job->serial, &rep, NULL);
}

/* The newest states, now and then, to a cli that reads: one that does not, as
 * on a stopped terminal, shall find room for how its archives end. */
static void
jobs_tell(void)
{
	int unread;

	if (rpc_now() < manager.told_at + TELL_MS ||
	    ioctl(MANAGER_FD_CLI, SIOCOUTQ, &unread) == -1 || unread > UNREAD)
		return;
	manager.told_at = rpc_now();
	FOR_JOBS(job) {
		const struct cli_state_req state = { job->req.archive,
		    job->state, job->now, job->total,
		    job->file[PART_ARCHIVE].tag };
		if (job->dirty)
			(void)send_cli_state(&manager.cli, &state);
		job->dirty = false;
	}
}

/* ---- one key, one signature: no ROOT is needed ---- */

HEARD(cli_key)
{
	if (!has_end(req->name, sizeof(req->name)) || req->quorum == 0 ||
	    req->quorum > ENGINES || req->threshold == 0 ||
	    req->nwindows > CLI_KEYS ||
	    trust_user(&manager.trust, req->name) != NULL)
		return -EBADMSG;
	if (rpc->phase != CLI_OPENED && req->level != 0)
		manager.workers.level = (enum jail_level)req->level;
	manager.check.user = trust_key(&manager.trust, req, caps[0].fd);
	if (manager.check.user == NULL)
		return -EBADMSG;
	manager.check.user->serial = serial;
	return 0;
}

static void
key_tell(struct user *user)
{
	struct cli_key_rep rep = { .why = user->why, .count = user->nkeys };

	if (user->serial == 0 || !user->listed)
		return;
	_Static_assert(sizeof(rep.keys) == sizeof(user->keys), "one layout");
	memcpy(rep.keys, user->keys, sizeof(rep.keys));
	if (user->why == WHY_NONE && manager.cli.phase == CLI_NEW)
		manager.cli.phase = CLI_KEYED;
	(void)answer_cli_key(&manager.cli, user->serial, &rep, NULL);
	user->serial = 0;
}

HEARD(cli_verify)
{
	struct check *c = &manager.check;

	if (manager.verify_serial != 0)
		return -EBADMSG;
	*c = (struct check){ .user = c->user, .size = req->size, .signature = -1,
	    .data = { caps[0].fd, cap_take(&caps[0]) } };
	manager.verify_serial = serial;
	c->why = check_gate(c, caps[1].fd);
	c->done = c->why != WHY_NONE;
	if (!c->done)
		check_start(c);
	return 0;
}

static void
verify_answer(const struct check *c)
{
	struct cli_verify_rep rep = { .why = c->why, .detail = c->detail,
	    .hash = c->facts.hash, .algorithm = c->facts.algorithm,
	    .created = c->created, .layers = c->layers,
	    .signers = c->signers, .bound = c->bound, .old = c->old };

	if (c->key != NULL) {
		rep.fpr_size = c->key->fpr_size;
		memcpy(rep.fpr, c->key->fpr, sizeof(rep.fpr));
		memcpy(rep.primary, c->user->keys[c->key->primary].fpr,
		    sizeof(rep.primary));
	}
	(void)answer_cli_verify(&manager.cli, manager.verify_serial, &rep, NULL);
	manager.verify_serial = 0;
}

void
session_advance(void)
{
	jobs_tell();
	for (size_t i = 0; i < manager.trust.nusers; i++)
		key_tell(&manager.trust.user[i]);
	if (manager.verify_serial != 0 && manager.check.done)
		verify_answer(&manager.check);
}

void
session_init(void)
{
	rpc_init(&manager.cli, MANAGER_FD_CLI, RPC_ROWS(cli_rows), NULL);
}

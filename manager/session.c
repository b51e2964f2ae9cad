/*
 * The cli's side: what it asks for, and what it is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "manager/manager.h"

#define TELL_MS		50	/* between two pictures of what goes on */
#define LOCK_MS		200	/* between two tries */

RPC_MANAGER_SIDE(CLI_RPC, cli_rows)

/* ---- a writing session ---- */

static void
recover(struct manager *m)
{
	/* What a crash left behind: nobody works there, we hold the lock. */
	(void)tree_empty(m->staging);
	m->last_staging = 0;
}

static void
lock_advance(struct manager *m)
{
	struct cli_open_rep rep = { 0 };
	struct cli_wait_req wait = { 0 };

	if (m->open_serial == 0 || rpc_now() < m->lock_at)
		return;
	int error = root_lock(m, &wait.pid);
	if (error == -EAGAIN) {
		m->lock_at = rpc_now() + LOCK_MS;
		(void)send_cli_wait(&m->cli, &wait);
		return;
	}
	if (error == 0 && m->lock >= 0)
		recover(m);
	rep.why = error == 0 ? WHY_NONE : WHY_SYSTEM;
	rep.error = -error;
	m->cli.phase = error == 0 ? CLI_OPENED : CLI_NEW;
	(void)answer_cli_open(&m->cli, m->open_serial, &rep, NULL);
	m->open_serial = 0;
	m->lock_at = 0;
}

static int
heard_cli_open(struct rpc *rpc, const struct cli_open_req *req,
    struct cap *caps, uint32_t serial)
{
	struct manager *m = rpc->owner;
	struct cli_open_rep rep = { .why = WHY_SYSTEM };

	if (req->jobs == 0 || req->jobs > 16 || m->open_serial != 0 ||
	    memchr(req->arch, '\0', sizeof(req->arch)) == NULL)
		return -EBADMSG;
	m->options = *req;
	m->certificates = cap_take(&caps[0]);
	int error = root_open(m);
	if (error < 0) {
		rep.error = -error;
		return answer_cli_open(rpc, serial, &rep, NULL);
	}
	m->open_serial = serial;
	m->lock_at = 1;
	return 0;
}

static int
heard_cli_want(struct rpc *rpc, const struct cli_want_req *req,
    struct cap *caps, uint32_t serial)
{
	struct manager *m = rpc->owner;
	struct cli_want_rep rep = { .why = WHY_PATH };
	enum cli_why why = WHY_NONE;
	struct depot_path path;

	(void)caps;
	if (memchr(req->path, '\0', sizeof(req->path)) == NULL)
		return -EBADMSG;
	if (depot_path_parse(&path, req->path, strlen(req->path)) == 0)
		rep.why = archive_want(m, &path, true, &why) == NULL ? why :
		    WHY_NONE;
	return answer_cli_want(rpc, serial, &rep, NULL);
}

static int
heard_cli_run(struct rpc *rpc, const struct cli_run_req *req, struct cap *caps,
    uint32_t serial)
{
	struct manager *m = rpc->owner;

	(void)req, (void)caps;
	m->run_serial = serial;
	rpc->phase = CLI_RUNNING;
	if (!(m->options.flags & CLI_DRY_RUN))
		(void)extract_template(m);	/* it warms up meanwhile */
	return 0;
}

static int
heard_cli_stop(struct rpc *rpc, const struct cli_stop_req *req,
    struct cap *caps, uint32_t serial)
{
	struct manager *m = rpc->owner;

	(void)req, (void)caps, (void)serial;
	m->stopping = true;
	if (m->run_serial == 0)
		return -ECANCELED;	/* nothing runs: just end */
	return 0;
}

/* ---- telling ---- */

static bool
tell(struct manager *m, struct archive *a)
{
	struct cli_state_req state = {
		.archive = a->number,
		.state = a->state,
		.why = a->why,
		.detail = a->detail,
		.error = a->error,
		.wanted = a->wanted,
		.now = a->now,
		.total = a->total,
	};

	strcpy(state.path, a->path.text);
	if (send_cli_state(&m->cli, &state) < 0)
		return false;	/* it does not read just now */
	a->dirty = false;
	return true;
}

static enum cli_state
worst_state(const struct manager *m, enum cli_why *why)
{
	static const uint8_t severity[CLI_NSTATES] = {
		[CLI_FAILED] = 1, [CLI_UNAVAILABLE] = 2, [CLI_EXHAUSTED] = 4,
		[CLI_MALFORMED] = 4, [CLI_UNTRUSTED] = 5, [CLI_VIOLATED] = 6,
	};
	enum cli_state worst = CLI_COMMITTED;
	uint8_t most = 0;

	for (uint32_t i = 0; i < m->narchives; i++) {
		const struct archive *a = m->archives[i];
		uint8_t s = a->why == WHY_SPACE ? 3 : severity[a->state];
		if (s <= most)
			continue;
		most = s;
		worst = a->state;
		*why = a->why;
	}
	return worst;
}

static void
run_answer(struct manager *m)
{
	static const uint8_t status[CLI_NSTATES] = {
		[CLI_FAILED] = 1, [CLI_UNAVAILABLE] = 3, [CLI_UNTRUSTED] = 4,
		[CLI_MALFORMED] = 5, [CLI_EXHAUSTED] = 5, [CLI_VIOLATED] = 7,
	};
	enum cli_why why = WHY_NONE;
	enum cli_state worst = worst_state(m, &why);
	const struct cli_run_rep rep = { .why = why,
	    .status = m->stopping ? 130 : why == WHY_SPACE ? 6 :
		status[worst] };

	if (answer_cli_run(&m->cli, m->run_serial, &rep, NULL) == 0)
		m->run_serial = 0;
}

bool
session_wants_write(const struct manager *m)
{
	return m->blocked;
}

void
session_flush(struct manager *m)
{
	bool done = m->run_serial != 0 && m->unfinished == 0;
	uint64_t now = rpc_now();

	if (m->run_serial == 0 || (!done && now < m->told_at + TELL_MS))
		return;
	m->told_at = now;
	m->blocked = false;
	for (uint32_t i = 0; i < m->narchives; i++)
		if (m->archives[i]->dirty && !tell(m, m->archives[i])) {
			m->blocked = true;
			return;
		}
	if (done)
		run_answer(m);
}

/* ---- one signature, one key: no ROOT is needed ---- */

static int
user_open(struct manager *m, struct cap *key)
{
	if (m->nusers > 0)
		return -EBADMSG;
	m->options.level = CLI_STRONG;
	return user_key(m, &m->users[m->nusers++], key->fd);
}

static int
heard_cli_key(struct rpc *rpc, const struct cli_key_req *req, struct cap *caps,
    uint32_t serial)
{
	struct manager *m = rpc->owner;

	(void)req;
	m->key_serial = serial;
	return user_open(m, &caps[0]);
}

static void
key_advance(struct manager *m)
{
	const struct user *user = &m->users[0];
	struct cli_key_rep rep = { .why = user->why, .count = user->nkeys };

	if (m->key_serial == 0 || !user->listed)
		return;
	memcpy(rep.keys, user->keys, sizeof(rep.keys));
	(void)answer_cli_key(&m->cli, m->key_serial, &rep, NULL);
	m->key_serial = 0;
}

static int
heard_cli_verify(struct rpc *rpc, const struct cli_verify_req *req,
    struct cap *caps, uint32_t serial)
{
	struct manager *m = rpc->owner;
	struct check *c = &m->check;
	uint8_t sig[GATE_MAX + 1];
	int error = user_open(m, &caps[2]);

	if (error < 0)
		return error;
	m->verify_serial = serial;
	*c = (struct check){ .user = &m->users[0], .size = req->size,
	    .data = cap_take(&caps[0]), .signature = -1 };
	if (req->armored) {
		m->armored = cap_take(&caps[1]);
		return dearmor_start(m);
	}
	ssize_t n = pread(caps[1].fd, sig, sizeof(sig), 0);
	c->why = n < 0 ? WHY_SYSTEM :
	    check_gate(c, sig, (size_t)n, &c->detail);
	c->done = c->why != WHY_NONE;
	return 0;
}

static void
verify_advance(struct manager *m)
{
	struct check *c = &m->check;
	struct cli_verify_rep rep = { 0 };

	if (m->verify_serial == 0)
		return;
	if (!c->done && c->user->listed && c->user->why != WHY_NONE) {
		c->why = c->user->why;
		c->done = true;
	}
	if (!c->done && c->user->listed && c->signature >= 0 &&
	    c->worker == NULL)
		check_start(c);
	if (!c->done)
		return;
	rep.why = c->why;
	rep.detail = c->detail;
	rep.hash = c->facts.hash;
	rep.algorithm = c->facts.algorithm;
	rep.created = c->created;
	rep.fpr_size = c->fpr_size;
	rep.layers = c->layers;
	memcpy(rep.fpr, c->fpr, sizeof(rep.fpr));
	if (c->why == WHY_NONE)
		memcpy(rep.primary, c->user->keys[c->primary].fpr,
		    sizeof(rep.primary));
	(void)answer_cli_verify(&m->cli, m->verify_serial, &rep, NULL);
	m->verify_serial = 0;
}

void
session_advance(struct manager *m)
{
	lock_advance(m);
	key_advance(m);
	verify_advance(m);
	session_flush(m);
}

void
session_init(struct manager *m)
{
	rpc_init(&m->cli, MANAGER_FD_CLI, RPC_ROWS(cli_rows), m);
	m->cli.phase = CLI_NEW;
}

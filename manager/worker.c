#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/jail.h"
#include "jail/template.h"
#include "manager/manager.h"

/* Records taken from one worker before the others get their turn. */
#define TURN	64

RPC_MANAGER_SIDE(LAUNCHER_RPC, launcher_rows)
RPC_MANAGER_SIDE(TEMPLATE_RPC, template_rows)

/* How much of a jail holds: more than the user accepts? */
enum cli_why
worker_level(const struct manager *m, uint32_t layers)
{
	const uint32_t full = JAIL_SECCOMP | JAIL_NO_NEW_PRIVS | JAIL_USER_NS |
	    JAIL_PID_NS | JAIL_LANDLOCK;
	enum cli_level level = CLI_BASIC;

	/* None can open a socket: the filter, which is never optional. */
	if (layers & (JAIL_MOUNT_NS | JAIL_LANDLOCK))
		level = CLI_STRONG;
	if ((layers & full) == full)
		level = CLI_FULL;
	return level >= m->options.level ? WHY_NONE : WHY_JAIL;
}

static void
worker_arrived(struct worker *w, int error, uint32_t layers, struct cap *pidfd)
{
	w->layers = layers;
	w->pidfd = cap_take(pidfd);
	if (w->pidfd == -1 || error < 0) {
		w->why = WHY_JAIL;
		w->gone = true;
	} else if (w->why != WHY_NONE || worker_level(w->m, layers) != WHY_NONE)
		worker_end(w, WHY_JAIL);
}

static int
answered_launcher_spawn(struct rpc *rpc, void *context,
    const struct launcher_spawn_rep *rep, struct cap *caps)
{
	(void)rpc;
	worker_arrived(context, rep->error, rep->layers, &caps[0]);
	return 0;
}

static int
answered_template_fork(struct rpc *rpc, void *context,
    const struct template_fork_rep *rep, struct cap *caps)
{
	struct worker *template = rpc->owner;

	/* A child has at least what its template has. */
	worker_arrived(context, rep->error, rep->layers | template->layers,
	    &caps[0]);
	return 0;
}

void
workers_init(struct manager *m)
{
	rpc_init(&m->launcher, MANAGER_FD_LAUNCHER, RPC_ROWS(launcher_rows), m);
}

static struct worker *
worker_new(struct manager *m, const struct rpc_row *rows, size_t nrows,
    struct cap *peer)
{
	int fds[2];

	for (struct worker *w = m->workers; w < m->workers + MAX_WORKERS; w++) {
		if (w->used)
			continue;
		if (rpc_pair(fds) < 0 ||
		    fcntl(fds[0], F_SETFL, O_NONBLOCK) == -1)
			return NULL;
		*w = (struct worker){ .m = m, .pidfd = -1, .used = true };
		rpc_init(&w->rpc, fds[0], rows, nrows, w);
		peer->fd = fds[1];
		return w;
	}
	return NULL;
}

struct worker *
worker_spawn(struct manager *m, enum launcher_kind kind, int input,
    const char *directory, const struct rpc_row *rows, size_t nrows)
{
	struct launcher_spawn_req req = { .kind = kind };
	struct cap caps[2] = { CAP_INIT, { input } };

	struct worker *w = worker_new(m, rows, nrows, &caps[0]);
	if (w == NULL)
		return NULL;
	strncpy(req.directory, directory, sizeof(req.directory) - 1);
	if (ask_launcher_spawn(&m->launcher, &req, caps, REPLY_MS, w) < 0) {
		w->gone = true;
		w->why = WHY_JAIL;
	}
	cap_drop(&caps[0]);
	return w;
}

/* The template's own channel carries these calls and no others. */
struct worker *
worker_template(struct manager *m, enum launcher_kind kind, int input)
{
	return worker_spawn(m, kind, input, "", RPC_ROWS(template_rows));
}

struct worker *
worker_fork(struct worker *template, uint64_t job, const struct rpc_row *rows,
    size_t nrows)
{
	struct template_fork_req req = { job };
	struct cap peer = CAP_INIT;
	struct worker *w = worker_new(template->m, rows, nrows, &peer);

	if (w == NULL)
		return NULL;
	if (ask_template_fork(&template->rpc, &req, &peer, REPLY_MS, w) < 0) {
		w->gone = true;
		w->why = worker_why(template, NULL);
	}
	cap_drop(&peer);
	return w;
}

void
worker_end(struct worker *w, enum cli_why why)
{
	if (w->why == WHY_NONE)
		w->why = why;
	rpc_close(&w->rpc);
	/* The first process of a pid namespace takes all others with it. */
	if (w->pidfd != -1)
		syscall(SYS_pidfd_send_signal, w->pidfd, SIGKILL, NULL, 0);
	w->deadline = rpc_now() + REPLY_MS;
}

enum cli_why
worker_why(const struct worker *w, uint32_t *detail)
{
	const struct rpc_death *death = &w->rpc.death;

	if (detail != NULL)
		*detail = (uint32_t)death->syscall;
	if (death->cause == RPC_DEATH_VIOLATION)
		return WHY_VIOLATION;
	if (death->cause == RPC_DEATH_CPU)
		return WHY_CPU;
	if (death->cause == RPC_DEATH_SETUP)
		return WHY_JAIL;
	return w->why != WHY_NONE ? w->why : WHY_DIED;
}

static void
worker_hear(struct worker *w)
{
	int error = 1;

	for (int i = 0; error > 0 && i < TURN; i++)
		error = rpc_receive(&w->rpc, MSG_DONTWAIT);
	if (error == -EPIPE)
		rpc_close(&w->rpc);	/* its end is seen by the pidfd */
	else if (error < 0)
		worker_end(w, WHY_LIED);
	if (w->rpc.fd == -1 && w->deadline == 0)
		w->deadline = rpc_now() + REPLY_MS;
}

static void
worker_time(struct worker *w, uint64_t now)
{
	uint64_t call = rpc_deadline(&w->rpc);

	if (w->rpc.fd != -1 && call != 0 && call <= now)
		worker_end(w, WHY_SILENT);
	else if (w->deadline != 0 && w->deadline <= now)
		worker_end(w, WHY_SILENT);
}

/* Children that a template was asked for and will not make any more. */
static void
orphans_end(struct worker *template)
{
	if (template->rpc.rows != template_rows)
		return;
	for (size_t i = 0; i < RPC_MAX_PENDING; i++) {
		struct worker *child = template->rpc.pending[i].context;
		if (template->rpc.pending[i].serial == 0)
			continue;
		child->why = worker_why(template, NULL);
		child->gone = true;
	}
}

/* Nothing that it touched is looked at before this. */
static void
worker_bury(struct worker *w)
{
	/* What it said before its end. */
	while (w->rpc.fd != -1 && rpc_receive(&w->rpc, MSG_DONTWAIT) > 0)
		continue;
	orphans_end(w);
	rpc_close(&w->rpc);
	cap_close_fd(&w->pidfd);
	if (w->ended != NULL)
		w->ended(w);
	w->used = false;
}

static int
timeout(const struct manager *m, uint64_t now)
{
	uint64_t first = now + 1000;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		const struct worker *w = &m->workers[i];
		uint64_t at = w->used && w->rpc.fd != -1 ?
		    rpc_deadline(&w->rpc) : 0;
		if (w->used && w->gone)
			return 0;
		if (at != 0 && at < first)
			first = at;
		if (w->used && w->deadline != 0 && w->deadline < first)
			first = w->deadline;
	}
	if ((m->nusers > 0 || m->lock_at != 0) && first > now + 100)
		first = now + 100;	/* the cli's picture, the lock */
	for (size_t i = 0; i < MAX_JOBS; i++)
		if (m->jobs[i].archive != NULL && (m->jobs[i].local != -1 ||
		    m->jobs[i].file[m->jobs[i].part].rehash > 0))
			return 0;	/* slices to copy or hash */
	return first <= now ? 0 : (int)(first - now);
}

/* Wait for the next events, and handle them. */
void
workers_watch(struct manager *m)
{
	struct pollfd fds[2 + 2 * MAX_WORKERS];
	nfds_t n = 0;
	uint64_t now;

	fds[n++] = (struct pollfd){ m->cli.fd, (short)(POLLIN |
	    (session_wants_write(m) ? POLLOUT : 0)), 0 };
	fds[n++] = (struct pollfd){ m->launcher.fd, POLLIN, 0 };
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		const struct worker *w = &m->workers[i];
		fds[n++] = (struct pollfd){ w->used ? w->rpc.fd : -1,
		    POLLIN, 0 };
		fds[n++] = (struct pollfd){ w->used ? w->pidfd : -1,
		    POLLIN, 0 };
	}
	if (poll(fds, n, timeout(m, rpc_now())) == -1)
		return;		/* a signal: look again */
	now = rpc_now();
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &m->workers[i];
		if (!w->used)
			continue;
		if (fds[2 + 2 * i].revents)
			worker_hear(w);
		if (fds[3 + 2 * i].revents || w->gone)
			worker_bury(w);
		else
			worker_time(w, now);
	}
}

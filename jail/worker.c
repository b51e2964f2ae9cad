#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/template.h"
#include "jail/worker.h"

#define TURN	64	/* records of one worker before the others' turn */
#define LAST	4096	/* of a dead one: more than its channel can hold */

RPC_MANAGER_SIDE(LAUNCHER_RPC, launcher_rows)
RPC_MANAGER_SIDE(TEMPLATE_RPC, template_rows)

uint32_t
worker_layers(const struct worker *w)
{
	return w->layers | w->rpc.ready.layers;
}

void
workers_init(struct workers *all, int fd)
{
	all->level = JAIL_STRONG;
	all->lowest = JAIL_FULL;
	rpc_init(&all->launcher, fd, RPC_ROWS(launcher_rows), all);
}

/* None can open a socket or gain a privilege: the filter is never optional. */
static enum jail_level
worker_level(const struct worker *w)
{
	/* A template whose children mount has no Landlock; they have. */
	const uint32_t full = JAIL_USER_NS | JAIL_MOUNT_NS | JAIL_PID_NS |
	    (w->rpc.rows == template_rows ? 0 : JAIL_LANDLOCK);
	const uint32_t layers = worker_layers(w);

	return (layers & full) == full ? JAIL_FULL :
	    layers & (JAIL_MOUNT_NS | JAIL_LANDLOCK) ? JAIL_STRONG : JAIL_BASIC;
}

/* Started, or not; it may have been ended meanwhile.  Who claims the one and
 * shows the other has lied, and takes with it what it may have started. */
static int
worker_arrived(struct worker *w, int error, uint32_t layers, struct cap *pidfd)
{
	w->layers = layers;
	w->pidfd = cap_take(pidfd);
	w->gone = error != 0 || w->pidfd == -1;
	if (w->gone || w->cause != WHY_NONE)
		worker_end(w, error == -EAGAIN ? WHY_PROCESSES : WHY_JAIL);
	return (error == 0) == (w->pidfd != -1) ? 0 : -EBADMSG;
}

ANSWERED(launcher_spawn)
{
	return worker_arrived(context, rep->error, rep->layers, &caps[0]);
}

ANSWERED(template_fork)
{
	const struct worker *template = rpc->owner;

	return worker_arrived(context, rep->error,
	    rep->layers | template->layers, &caps[0]);
}

static struct worker *
worker_new(struct workers *all, const struct rpc_row *rows, size_t nrows,
    void *owner, worker_ended *ended, struct cap *peer)
{
	struct worker *w = all->worker;
	int fds[2];

	while (w < all->worker + WORKERS_MAX && w->all != NULL)
		w++;
	if (w == all->worker + WORKERS_MAX || rpc_pair(fds) < 0)
		return NULL;
	*w = (struct worker){ .all = all, .pidfd = -1, .deadline = UINT64_MAX,
	    .owner = owner, .ended = ended };
	rpc_init(&w->rpc, fds[0], rows, nrows, w);
	w->rpc.is_jailed = true;
	peer->fd = fds[1];
	return w;
}

struct worker *
worker_spawn(struct workers *all, enum launcher_kind kind, int input,
    const struct rpc_row *rows, size_t nrows, void *owner, worker_ended *ended)
{
	struct launcher_spawn_req req = { .kind = kind };
	struct cap caps[2] = { CAP_INIT, { input } };
	struct worker *w = worker_new(all, rows, nrows, owner, ended, &caps[0]);

	if (w == NULL)
		return NULL;
	w->gone = ask_launcher_spawn(&all->launcher, &req, caps, WORKER_MS, w)
	    == -EBUSY;
	cap_drop(&caps[0]);
	return w;
}

struct worker *
worker_template(struct workers *all, enum launcher_kind kind, int input,
    void *owner, worker_ended *ended)
{
	return worker_spawn(all, kind, input, RPC_ROWS(template_rows), owner,
	    ended);
}

struct worker *
worker_fork(struct worker *template, uint64_t job, const struct rpc_row *rows,
    size_t nrows, void *owner, worker_ended *ended)
{
	struct template_fork_req req = { job };
	struct cap peer = CAP_INIT;
	struct worker *w = template == NULL ? NULL :
	    worker_new(template->all, rows, nrows, owner, ended, &peer);

	if (w == NULL)
		return NULL;
	w->is_single = true;
	w->gone = ask_template_fork(&template->rpc, &req, &peer, WORKER_MS, w)
	    == -EBUSY;
	cap_drop(&peer);
	return w;
}

void
worker_end(struct worker *w, enum cli_why cause)
{
	if (w->cause == WHY_NONE)
		w->cause = cause;
	rpc_close(&w->rpc);
	/* The first process of a pid namespace takes all others with it. */
	if (w->pidfd != -1)
		syscall(SYS_pidfd_send_signal, w->pidfd, SIGKILL, NULL, 0);
	w->deadline = rpc_now() + WORKER_MS;
}

enum cli_why
worker_why(const struct worker *w, uint32_t *detail)
{
	static const enum cli_why causes[] = {
		[RPC_DEATH_VIOLATION] = WHY_VIOLATION,
		[RPC_DEATH_CPU] = WHY_CPU,
		[RPC_DEATH_SETUP] = WHY_JAIL,
	};
	const struct rpc_death *death = &w->rpc.death;

	*detail = (uint32_t)death->syscall;
	if (death->cause < sizeof(causes) / sizeof(causes[0]) &&
	    causes[death->cause] != WHY_NONE)
		return causes[death->cause];
	return w->cause != WHY_NONE ? w->cause : WHY_DIED;
}

static void
worker_hear(struct worker *w, int records)
{
	int error = 1;

	while (error > 0 && records-- > 0)
		error = rpc_receive(&w->rpc, MSG_DONTWAIT);
	if (error < 0 && error != -EPIPE)
		worker_end(w, WHY_LIED);
	else if (w->rpc.ready.layers != 0 && w->pidfd != -1) {
		w->all->lowest = MIN(w->all->lowest, worker_level(w));
		if (worker_level(w) < w->all->level)
			worker_end(w, WHY_JAIL);
	}
	if (error == -EPIPE)
		rpc_close(&w->rpc);	/* its end is the pidfd's to tell */
	/* With nothing left to do, it has to go. */
	if (w->rpc.fd == -1 ||
	    (w->is_single && rpc_deadline(&w->rpc) == UINT64_MAX))
		w->deadline = MIN(w->deadline, rpc_now() + WORKER_MS);
}

/* Children that a template was asked for and will not make any more. */
static void
orphans_end(struct worker *template)
{
	const struct rpc_pending *p = template->rpc.pending;

	if (template->rpc.rows != template_rows)
		return;
	for (; p < template->rpc.pending + RPC_MAX_PENDING; p++) {
		struct worker *child = p->context;
		if (p->serial == 0)
			continue;
		child->rpc.death = template->rpc.death;
		/* Without a pidfd its word counts for nothing. */
		child->cause = template->cause != WHY_NONE ? template->cause :
		    WHY_DIED;
		child->gone = true;
	}
}

static void
worker_bury(struct worker *w)
{
	worker_hear(w, LAST);
	orphans_end(w);
	rpc_close(&w->rpc);
	cap_close_fd(&w->pidfd);
	/* Who lied, met a wall or had none has said nothing. */
	if (w->cause != WHY_NONE || w->rpc.death.cause != RPC_DEATH_NONE)
		w->answered = false;
	if (w->owner != NULL)
		w->ended(w);
	w->all = NULL;
}

/* When it has to be looked at, at the latest. */
static uint64_t
worker_deadline(const struct worker *w)
{
	return w->gone ? 0 : MIN(w->deadline, rpc_deadline(&w->rpc));
}

static void
worker_turn(struct worker *w, bool hears, bool ends)
{
	if (hears)
		worker_hear(w, TURN);
	if (ends || w->gone)
		worker_bury(w);
	else if (worker_deadline(w) <= rpc_now())
		worker_end(w, WHY_SILENT);
}

void
workers_poll(struct workers *all, const struct pollfd *others, size_t n,
    uint64_t timeout)
{
	struct pollfd fds[2 * WORKERS_MAX + 4];
	uint64_t now = rpc_now(), wake = now + timeout;
	struct worker *w = all->worker;

	for (size_t i = 0; i < WORKERS_MAX; i++) {
		int pidfd = w[i].all == NULL ? -1 : w[i].pidfd;
		/* Nobody is heard before it is known how it is jailed. */
		fds[2 * i] = (struct pollfd){ pidfd == -1 ? -1 : w[i].rpc.fd,
		    POLLIN, 0 };
		fds[2 * i + 1] = (struct pollfd){ pidfd, POLLIN, 0 };
		if (w[i].all != NULL)
			wake = MIN(wake, worker_deadline(&w[i]));
	}
	memcpy(&fds[2 * WORKERS_MAX], others, n * sizeof(*others));
	if (poll(fds, 2 * WORKERS_MAX + n, wake <= now ? 0 :
	    (int)(wake - now)) == -1)
		return;		/* a signal: look again */
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (w[i].all != NULL)
			worker_turn(&w[i], fds[2 * i].revents != 0,
			    fds[2 * i + 1].revents != 0);
}

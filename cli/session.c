#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/session.h"
#include "cli/usage.h"
#include "cli/view.h"
#include "depot/clear.h"
#include "jail/landlock.h"

_Static_assert(CLI_INSTALLS + CLI_USERS < RPC_MAX_PENDING, "all fit into the channel");

RPC_PEER_SIDE(CLI_RPC, cli_rows)

/* Where an answer goes: the context of a call. */
struct answer {
	void	*reply;
	bool	 done;
};

static int
answer_set(struct answer *answer, const void *reply, size_t size)
{
	if (answer == NULL)
		return 0;	/* nobody waits for it */
	memcpy(answer->reply, reply, size);
	answer->done = true;
	return 0;
}

/* A reason that is not in our table cannot be said. */
static int
check_why(uint32_t why)
{
	return why < CLI_NWHYS ? 0 : -EBADMSG;
}

/* Layers that all workers had; none was started by hand: what the launcher said
 * of each, and what they then found (jail/enter.c). */
static uint32_t
layers_had(struct session *session)
{
	uint32_t layers = ~UINT32_C(0);

	usage_read(&session->usage, session->started.usage);
	for (size_t i = 0; i < session->usage.count; i++)
		layers &= session->usage.worker[i].layers;
	return session->usage.count == 0 ? 0 : layers | landlock_offered();
}

/*
 * What the manager cannot see.  The kernel ends whom it likes when the group has
 * no more memory, which looks like an accident, or like the end of gpg's
 * processor time; and when it has enough processes, no jail can be made.
 */
static uint32_t
why_really(struct session *session, uint32_t why, uint32_t *detail)
{
	struct cgroup *group = &session->started.cgroup;

	if ((why == WHY_DIED || why == WHY_CPU) && cgroup_has_killed(group))
		return WHY_MEMORY;
	if ((why == WHY_JAIL || why == WHY_NO_VERDICT) &&
	    cgroup_has_refused(group))
		return WHY_PROCESSES;
	if (why == WHY_JAIL && *detail == 0)
		*detail = REASON_LAYERS | layers_had(session);
	return why;
}

ANSWERED(cli_open)
{
	rpc->phase = CLI_OPENED;
	return answer_set(context, rep, sizeof(*rep));
}

/* What an archive has left: an empty directory, or a failed one's tree.  What
 * cannot be cleared now, because its extractor is just being killed, is when all
 * of them are gone. */
static void
staging_clear(const struct session *session, uint32_t archive)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", CLI_STAGING(archive));
	if (session->started.staging != -1 &&
	    clear_directory(session->started.staging, name) == 0)
		(void)unlinkat(session->started.staging, name, AT_REMOVEDIR);
}

ANSWERED(cli_install)
{
	struct session *session = rpc->owner;
	struct cli_install_rep answer = *rep;

	if (check_why(rep->why) < 0)
		return -EBADMSG;
	answer.why = why_really(session, rep->why, &answer.detail);
	/* A catalog is taken out of it first. */
	int error = plan_answered(session->plan, &answer);
	staging_clear(session, rep->archive);
	return error;
}

ANSWERED(cli_verify)
{
	struct cli_verify_rep answer = *rep;

	if (check_why(rep->why) < 0 || rep->fpr_size > CLI_FPR)
		return -EBADMSG;
	answer.why = why_really(rpc->owner, rep->why, &answer.detail);
	return answer_set(context, &answer, sizeof(answer));
}

ANSWERED(cli_key)
{
	struct cli_key_rep answer = *rep;

	if (check_why(rep->why) < 0 || rep->count > CLI_KEYS)
		return -EBADMSG;
	for (size_t i = 0; i < rep->count; i++)
		if (rep->keys[i].fpr_size > CLI_FPR ||
		    rep->keys[i].primary >= rep->count)
			return -EBADMSG;
	struct session *session = rpc->owner;
	answer.why = why_really(session, rep->why, &session->key_detail);
	return answer_set(context, &answer, sizeof(answer));
}

HEARD(cli_state)
{
	struct session *session = rpc->owner;

	return session->plan == NULL ? -EBADMSG :
	    plan_state(session->plan, req);
}

enum status
session_start(struct session *session, const struct arguments *a,
    const char *root, int lock, struct view *view, struct plan *plan)
{
	int channel;

	*session = (struct session){ .rpc.fd = -1, .view = view,
	    .plan = plan, .arguments = a };
	int error = start_manager(a, root, lock, &session->started,
	    &channel);
	if (error < 0)		/* said by start_manager() */
		return error == -EPERM ? STATUS_JAIL : STATUS_FAILED;
	rpc_init(&session->rpc, channel, RPC_ROWS(cli_rows), session);
	return STATUS_DONE;
}

/* The conversation is over before its time; session_end() says how the manager
 * ended. */
static enum status
session_lost(struct session *session, int error)
{
	rpc_close(&session->rpc);
	if (session->stopping)
		return STATUS_INTERRUPTED;
	if (error == -EBADMSG)
		complain("the manager broke its protocol");
	else if (error != -EPIPE)
		complain("the manager: %s", strerror(-error));
	else if (session->rpc.death.cause == RPC_DEATH_VIOLATION)
		complain("the manager made a forbidden system call (%d): a bug "
		    "or an attack", session->rpc.death.syscall);
	else
		complain("the manager ended unexpectedly");
	return error == -EPIPE &&
	    session->rpc.death.cause != RPC_DEATH_VIOLATION ?
	    STATUS_FAILED : STATUS_JAIL;
}

/* The first Ctrl-C: an install is stopped in order; what changes nothing just
 * ends. */
static enum status
session_stop(struct session *session)
{
	const struct cli_stop_req stop = { 0 };

	if (session->rpc.phase != CLI_OPENED)
		return STATUS_INTERRUPTED;
	if (session->stopping)
		return STATUS_DONE;
	session->stopping = true;
	view_stopping(session->view);
	int error = send_cli_stop(&session->rpc, &stop);
	return error < 0 ? session_lost(session, error) : STATUS_DONE;
}

enum status
session_step(struct session *session, bool busy)
{
	struct pollfd fds[2] = {
		{ .fd = session->rpc.fd, .events = POLLIN },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};
	enum status status = STATUS_DONE;
	int timeout = busy ? 0 : session->view == NULL ? -1 :
	    view_timeout(session->view);

	if (poll(fds, 2, timeout) == -1 && errno != EINTR)
		return session_lost(session, -errno);
	usage_read(&session->usage, session->started.usage);
	interrupt_seen();
	if (interrupt_asked())
		status = session_stop(session);
	if (status == STATUS_DONE) {
		int got = rpc_receive(&session->rpc, MSG_DONTWAIT);
		if (got < 0)
			status = session_lost(session, got);
	}
	if (session->view != NULL)
		view_tick(session->view);
	return status;
}

static enum status
session_wait(struct session *session, int sent, const bool *done)
{
	enum status status = sent < 0 ? session_lost(session, sent) :
	    STATUS_DONE;

	while (status == STATUS_DONE && !*done)
		status = session_step(session, false);
	return status;
}

enum status
session_open(struct session *session, const struct cli_open_req *req,
    int certificates)
{
	const struct cap cap = { certificates };
	struct cli_open_rep reply;
	struct answer answer = { .reply = &reply };

	return session_wait(session, ask_cli_open(&session->rpc, req, &cap, 0,
	    &answer), &answer.done);
}

enum status
session_install(struct session *session, const struct cli_install_req *req)
{
	int error = ask_cli_install(&session->rpc, req, NULL, 0, NULL);

	return error < 0 ? session_lost(session, error) : STATUS_DONE;
}

enum status
session_verify(struct session *session, const struct cli_verify_req *req,
    int data, int signature, struct cli_verify_rep *reply)
{
	const struct cap caps[] = { { data }, { signature } };
	struct answer answer = { .reply = reply };

	return session_wait(session, ask_cli_verify(&session->rpc, req, caps, 0,
	    &answer), &answer.done);
}

enum status
session_key(struct session *session, const struct cli_key_req *req, int key,
    struct cli_key_rep *reply)
{
	const struct cap cap = { key };
	struct answer answer = { .reply = reply };

	return session_wait(session, ask_cli_key(&session->rpc, req, &cap, 0,
	    &answer), &answer.done);
}

int
session_publisher(struct session *session, const struct cli_key_req *req,
    int key)
{
	const struct cap cap = { key };

	return ask_cli_key(&session->rpc, req, &cap, 0, NULL);
}

/* All that they have used is known by now. */
static void
usage_end(struct session *session)
{
	const struct arguments *a = session->arguments;

	usage_read(&session->usage, session->started.usage);
	cap_close_fd(&session->started.usage);
	if (a != NULL && a->stats) {
		if (session->view != NULL)
			view_usage(session->view, &session->usage);
		usage_show(&session->usage, a, &session->started);
	}
	usage_free(&session->usage);
}

enum status
session_end(struct session *session)
{
	rpc_close(&session->rpc);
	int ended = start_reap(&session->started);
	usage_end(session);
	if (ended == 0)
		return STATUS_DONE;
	if (ended < 0)
		complain("the manager: %s", strerror(-ended));
	else
		complain("the manager ended with status %d", ended);
	return ended == STATUS_JAIL ? STATUS_JAIL : STATUS_FAILED;
}

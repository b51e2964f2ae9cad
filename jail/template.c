/*
 * A template: initialised once, forked for each job, reading no input itself.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/filter.h"
#include "jail/jail.h"
#include "jail/template.h"

#define NAMESPACES	(CLONE_NEWUSER | CLONE_NEWPID)

RPC_PEER_SIDE(TEMPLATE_RPC, rows)

/* One process, one template. */
static struct template {
	const struct jail_policy *child;
	struct filter filter;		/* the child's */
	pid_t slot[JAIL_SLOTS];		/* whose each is; 0: free */
	int (*job)(int channel);
} template;

/* As fork(), with flags; pidfd as for CLONE_PIDFD.  The C library is not asked:
 * it caches nothing since 2.25, and this process has one thread. */
static pid_t
template_clone(unsigned long flags, int *pidfd)
{
#if defined(__x86_64__) || defined(__aarch64__)
	return (pid_t)syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, NULL,
	    pidfd, NULL, NULL);
#else
#error "clone()'s argument order: see clone(2), C library/kernel differences"
#endif
}

static _Noreturn void
child_run(struct rpc *rpc, int channel, uint64_t job)
{
	close(rpc->fd);
	/* Where no pid namespace does it, the template's end is to be ours. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	jail_enter_with(template.child, &template.filter, channel, job);
	_exit(template.job(channel));
}

/* Children that ended since; their pidfds told the manager already.  All that
 * they had started is gone with them, and so their slots are free. */
static void
reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < JAIL_SLOTS; i++)
			if (template.slot[i] == pid)
				template.slot[i] = 0;
	if (pid == -1 && errno == ECHILD)
		memset(template.slot, 0, sizeof(template.slot));
}

/* The directory of the next child, by number: the job's, or one that is free;
 * -1: none is. */
static int64_t
child_place(uint64_t job)
{
	if (template.child->root != JAIL_ROOT_SLOT)
		return (int64_t)job;
	for (int i = 0; i < JAIL_SLOTS; i++)
		if (template.slot[i] == 0)
			return i;
	return -1;
}

/* Start it: its pid, with a pidfd and the layers, or -1 with errno. */
static pid_t
child_start(struct rpc *rpc, struct cap *channel, int64_t place, int *pidfd,
    uint32_t *layers)
{
	int mounts = template.child->root == JAIL_ROOT_STAGING;
	pid_t pid = template_clone(NAMESPACES | (mounts ? CLONE_NEWNS : 0),
	    pidfd);

	*layers = JAIL_USER_NS | JAIL_PID_NS | (mounts ? JAIL_MOUNT_NS : 0);
	if (pid == -1) {
		/* No user namespaces here.  The layers say so; the manager
		 * decides whether that is enough. */
		*layers = 0;
		pid = template_clone(0, pidfd);
	}
	if (pid == 0)
		child_run(rpc, cap_take(channel), (uint64_t)place);
	if (pid > 0 && template.child->root == JAIL_ROOT_SLOT)
		template.slot[place] = pid;
	return pid;
}

static int
heard_template_fork(struct rpc *rpc, const struct template_fork_req *req,
    struct cap *caps, uint32_t serial)
{
	struct template_fork_rep rep = { 0 };
	struct cap pidfd = CAP_INIT;
	pid_t pid = -1;

	reap();
	int64_t place = child_place(req->job);
	if (place == -1)
		errno = EUSERS;
	else
		pid = child_start(rpc, &caps[0], place, &pidfd.fd,
		    &rep.layers);
	rep.error = pid == -1 ? -errno : 0;
	int error = answer_template_fork(rpc, serial, &rep,
	    pid == -1 ? NULL : &pidfd);
	cap_drop(&pidfd);
	return error;
}

void
template_prepare(const struct jail_policy *child)
{
	int error = filter_compile(child->groups, &template.filter);

	template.child = child;
	if (error < 0) {
		rpc_last_words(JAIL_FD_CHANNEL, RPC_DEATH_SETUP, -error);
		_exit(JAIL_EXIT_SETUP);
	}
}

_Noreturn void
template_serve(int (*job)(int channel))
{
	struct rpc rpc;

	template.job = job;
	rpc_init(&rpc, JAIL_FD_CHANNEL, RPC_ROWS(rows), NULL);
	int error = rpc_serve(&rpc);
	/* What children used counts as ours once they were waited for. */
	reap();
	_exit(error == 0 ? 0 : JAIL_EXIT_SETUP);
}

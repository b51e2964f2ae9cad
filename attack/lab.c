#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attack/acts.h"
#include "attack/lab.h"
#include "cli/helper.h"
#include "cli/program.h"
#include "depot/clear.h"
#include "dialer/policy.h"
#include "extractor/policy.h"
#include "fetcher/policy.h"
#include "jail/template.h"
#include "checker/policy.h"
#include "packer/policy.h"
#include "reader/policy.h"
#include "rpc/buffer.h"
#include "signer/policy.h"
#include "verifier/policy.h"

#define ANSWER_MS	5000
#define STAY_MS		1000
#define BACKLOG		4096	/* nobody accepts */

#define HOLDS_ALL	(ACT_FILE | ACT_SLOTS | ACT_SOCKET | ACT_INPUT)

const struct lab_kind lab_kinds[LAB_PROCESSES] = {
	[LAB_DIALER] = { "dialer", "dialer", NULL, LAUNCHER_A_DIALER,
	    ATTACK_AS_TEMPLATE, ATTACK_BARE, ACT_INPUT,
	    { &dialer_policy, NULL } },
	[LAB_FETCHER] = { "fetcher", "fetcher", NULL, LAUNCHER_A_FETCHER,
	    ATTACK_AS_TEMPLATE, ATTACK_HELD, HOLDS_ALL,
	    { &fetcher_policy, NULL } },
	[LAB_VERIFIER] = { "verifier template", "verif. t", NULL,
	    LAUNCHER_A_VERIFIER,
	    ATTACK_AS_TEMPLATE, ATTACK_BARE, ACT_INPUT,
	    { &policy_template, NULL } },
	[LAB_VERIFIER_CHILD] = { "verifier child", "verif. c", NULL,
	    LAUNCHER_A_VERIFIER, ATTACK_AS_CHILD, ATTACK_HELD, HOLDS_ALL,
	    { &policy_template, &policy_child } },
	[LAB_EXTRACTOR] = { "extractor template", "extr. t", NULL,
	    LAUNCHER_AN_EXTRACTOR, ATTACK_AS_TEMPLATE, ATTACK_BARE, 0,
	    { &extractor_template, NULL } },
	[LAB_EXTRACTOR_CHILD] = { "extractor child", "extr. c", NULL,
	    LAUNCHER_AN_EXTRACTOR, ATTACK_AS_CHILD, ATTACK_FILE, ACT_FILE,
	    { &extractor_template, &extractor_child } },
	[LAB_SEQUOIA] = { "sequoia template", "sequ. t", NULL,
	    LAUNCHER_A_SEQUOIA, ATTACK_AS_TEMPLATE, ATTACK_BARE, ACT_INPUT,
	    { &policy_sequoia_template, NULL } },
	[LAB_SEQUOIA_CHILD] = { "sequoia child", "sequ. c", NULL,
	    LAUNCHER_A_SEQUOIA, ATTACK_AS_CHILD, ATTACK_HELD, HOLDS_ALL,
	    { &policy_sequoia_template, &policy_sequoia_child } },
	[LAB_PACKER] = { "packer of a directory", "packer d", "attack-packer",
	    LAUNCHER_NO_KIND, ATTACK_AS_TEMPLATE, ATTACK_FILE, ACT_FILE,
	    { &packer_of_directory, NULL } },
	[LAB_FILE_PACKER] = { "packer of a file", "packer f",
	    "attack-packer", LAUNCHER_NO_KIND, ATTACK_AS_TEMPLATE, ATTACK_FILE,
	    ACT_FILE, { &packer_of_file, NULL } },
	[LAB_SIGNER] = { "signer", "signer", "attack-signer",
	    LAUNCHER_NO_KIND, ATTACK_AS_TEMPLATE, ATTACK_FILE, ACT_FILE,
	    { &signer_policy, NULL } },
	[LAB_READER] = { "reader", "reader", "attack-reader",
	    LAUNCHER_NO_KIND, ATTACK_AS_TEMPLATE, ATTACK_BARE, ACT_INPUT,
	    { &reader_policy, NULL } },
	[LAB_CHECKER] = { "checker", "checker", "attack-checker",
	    LAUNCHER_NO_KIND, ATTACK_AS_TEMPLATE, ATTACK_BARE, 0,
	    { &checker_policy, NULL } },
};

RPC_MANAGER_SIDE(LAUNCHER_RPC, launcher_rows)
RPC_MANAGER_SIDE(TEMPLATE_RPC, template_rows)
/* Asked by number: which question it is depends on the process. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
RPC_MANAGER_SIDE(ATTACK_RPC, attack_rows)
#pragma GCC diagnostic pop

static int
subject_started(struct subject *s, int error, uint32_t layers,
    struct cap *pidfd)
{
	s->error = error;
	s->layers |= layers;
	s->pidfd = cap_take(pidfd);
	return 0;
}

ANSWERED(launcher_spawn)
{
	return subject_started(context, rep->error, rep->layers, &caps[0]);
}

ANSWERED(template_fork)
{
	return subject_started(context, rep->error, rep->layers, &caps[0]);
}

static int
subject_answered(struct subject *s, const struct attack_bare_rep *rep)
{
	s->answered = true;
	s->answer = rep->error;
	return 0;
}

/* The control's answers come to the same place, with a context of their own. */
static int
answer_take(struct rpc *rpc, void *context, const struct attack_bare_rep *rep)
{
	if (rpc->owner == NULL)
		return subject_answered(context, rep);
	*(struct attack_bare_rep *)context = *rep;
	return 0;
}

ANSWERED(attack_bare)
{
	return answer_take(rpc, context, rep);
}

ANSWERED(attack_file)
{
	return answer_take(rpc, context, rep);
}

ANSWERED(attack_held)
{
	return answer_take(rpc, context, rep);
}

/* Until all that was asked on this channel is answered: 0, or -errno. */
static int
answers_wait(struct rpc *rpc, int timeout)
{
	uint64_t end = rpc_now() + (uint64_t)timeout;
	int error = 1;

	while (error >= 0 && rpc_deadline(rpc) != UINT64_MAX) {
		struct pollfd fd = { rpc->fd, POLLIN, 0 };
		if (rpc_now() >= end)
			return -ETIMEDOUT;
		(void)poll(&fd, 1, 100);
		error = rpc_receive(rpc, MSG_DONTWAIT);
	}
	return error < 0 ? error : 0;
}

static int
subject_init(struct subject *s, const struct rpc_row *rows, size_t nrows,
    struct cap *peer)
{
	int fds[2], error = rpc_pair(fds);

	if (error < 0)
		return error;
	*s = (struct subject){ .pidfd = -1 };
	rpc_init(&s->rpc, fds[0], rows, nrows, NULL);
	s->rpc.is_jailed = true;
	peer->fd = fds[1];
	return 0;
}

static int
subject_spawn(struct lab *lab, const struct lab_kind *kind, struct subject *s,
    const struct rpc_row *rows, size_t nrows)
{
	struct launcher_spawn_req req = { .kind = kind->kind };
	struct cap caps[2] = { CAP_INIT,
	    { lab->input[kind->place == ATTACK_AS_CHILD] } };
	int error = subject_init(s, rows, nrows, &caps[0]);

	if (error < 0)
		return error;
	error = ask_launcher_spawn(&lab->launcher_rpc, &req, caps, ANSWER_MS,
	    s);
	cap_drop(&caps[0]);
	if (error == 0)
		error = answers_wait(&lab->launcher_rpc, ANSWER_MS);
	/* It has told this pipe before it answered. */
	usage_read(&lab->usage, lab->started.usage);
	s->worker = lab->usage.count;
	return error < 0 ? error : s->error;
}

/* A worker of the launcher's: maybe it was begun already (worker_status()). */
static int
subject_next(struct lab *lab, const struct lab_kind *kind, struct subject *s)
{
	if (lab->next.pidfd == -1)
		return subject_spawn(lab, kind, s, RPC_ROWS(attack_rows));
	*s = lab->next;
	lab->next.pidfd = -1;
	return 0;
}

/* A directory with something in it to spoil. */
static int
place_make(const char *directory, uid_t owner)
{
	static const char *const made[] = { "", "/directory", "/victim" };
	char path[160];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", directory, made[i]);
		int error = i < 2 ? mkdir(path, 0755) :
		    mknod(path, S_IFREG | 0644, 0);
		if (error == -1 || (geteuid() == 0 &&
		    chown(path, owner, owner) == -1))
			return -errno;
	}
	return 0;
}

/* As the manager does for each archive. */
static int
staging_make(struct lab *lab, uint64_t job)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/depot/.airlock/staging/%llu",
	    lab->root, (unsigned long long)job);
	return place_make(path, LAUNCHER_UID_BASE +
	    LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR));
}

static int
subject_fork(struct lab *lab, const struct lab_kind *kind, struct subject *s)
{
	struct template_fork_req req = { ++lab->job };
	struct cap peer = CAP_INIT;
	int error = kind->kind == LAUNCHER_AN_EXTRACTOR ?
	    staging_make(lab, req.job) : 0;

	if (error == 0)
		error = subject_init(s, RPC_ROWS(attack_rows), &peer);
	if (error < 0)
		return error;
	error = ask_template_fork(&lab->template_rpc, &req, &peer, ANSWER_MS,
	    s);
	cap_drop(&peer);
	if (error == 0)
		error = answers_wait(&lab->template_rpc, ANSWER_MS);
	return error < 0 ? error : s->error;
}

/* Started as the cli does it, but from a directory with nothing of value. */
static int
helper_begin(const struct lab *lab, const struct lab_kind *kind,
    const char *place, struct helper *helper)
{
	char home[160];
	char *const envp[] = { home, NULL };
	CLOSE int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLOSE int directory = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLOSE int out = openat(directory, "out", O_RDWR | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0644);
	const int fds[] = { kind == &lab_kinds[LAB_PACKER] ||
	    kind == &lab_kinds[LAB_CHECKER] ? directory : lab->file, out };

	if (here == -1 || out == -1 || unlinkat(directory, "out", 0) == -1 ||
	    fchdir(directory) == -1)
		return -errno;
	snprintf(home, sizeof(home), "GNUPGHOME=%s", place);
	enum status status = helper_start(helper, kind->helper, fds, 2, envp,
	    RPC_ROWS(attack_rows));
	return fchdir(here) == -1 || status != STATUS_DONE ? -EIO : 0;
}

static int
subject_start(struct lab *lab, const struct lab_kind *kind, struct subject *s)
{
	struct helper helper;
	char place[128];

	snprintf(place, sizeof(place), "%s/helper-%llu", lab->root,
	    (unsigned long long)++lab->job);
	int error = place_make(place, geteuid());
	if (error == 0)
		error = helper_begin(lab, kind, place, &helper);
	if (error < 0)
		return error;
	*s = (struct subject){ .rpc = helper.rpc, .pid = helper.pid,
	    .pidfd = (int)syscall(SYS_pidfd_open, helper.pid, 0) };
	s->rpc.owner = NULL;
	return s->pidfd == -1 ? -errno : 0;
}

static int
subject_begin(struct lab *lab, const struct lab_kind *kind, struct subject *s)
{
	if (kind->helper != NULL)
		return subject_start(lab, kind, s);
	return kind->place == ATTACK_AS_CHILD ? subject_fork(lab, kind, s) :
	    subject_next(lab, kind, s);
}

static int
question_ask(const struct lab *lab, const struct lab_kind *kind,
    struct rpc *rpc, uint32_t act, void *context)
{
	const struct attack_bare_req req = { .act = act, .port = lab->port,
	    .pid = (uint64_t)getpid() };
	const struct cap caps[] = { { lab->file }, { lab->slots },
	    { lab->socket } };

	return rpc_ask(rpc, kind == NULL ? ATTACK_HELD : kind->question, &req,
	    caps, ANSWER_MS, context);
}

/* linux/pidfd.h of Linux 6.15, which Debian 12 and 13 do not have yet. */
struct exit_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t	 status;		/* as of wait(2) */
};
#define EXIT_INFO		(UINT64_C(1) << 3)
#define EXIT_INFO_GET		_IOWR(0xff, 11, struct exit_info)
#define EXIT_INFO_TRIES		20

/* What the kernel says about the end of a process that is another's child;
 * false: it does not tell.  It does when its parent has waited for it, or never
 * will. */
static bool
exit_status(int pidfd, int *status)
{
	const struct timespec moment = { 0, 500000 };

	for (int i = 0; i < EXIT_INFO_TRIES; i++) {
		struct exit_info info = { .mask = EXIT_INFO };
		if (ioctl(pidfd, EXIT_INFO_GET, &info) == 0 &&
		    info.mask & EXIT_INFO) {
			*status = info.status;
			return true;
		}
		if (errno == ENOTTY || errno == EINVAL)
			return false;
		nanosleep(&moment, NULL);
	}
	return false;
}

/* Of our own child, which has ended. */
static bool
own_status(const struct subject *s, int *status)
{
	return TEMP_FAILURE_RETRY(waitpid(s->pid, status, 0)) == s->pid;
}

/* Of a worker of the launcher's: that waits for those that have ended, and
 * tells how they did, when it begins another: the next one to be attacked. */
static bool
worker_status(struct lab *lab, const struct lab_kind *kind,
    const struct subject *s, int *status)
{
	if (subject_spawn(lab, kind, &lab->next, RPC_ROWS(attack_rows)) != 0 ||
	    s->worker == 0)
		return false;
	const struct usage_worker *worker = &lab->usage.worker[s->worker - 1];
	*status = worker->status;
	return worker->ended;
}

static bool
subject_status(struct lab *lab, const struct lab_kind *kind,
    const struct subject *s, int *status)
{
	if (kind->helper != NULL)
		return own_status(s, status);
	return kind->place == ATTACK_AS_CHILD ? exit_status(s->pidfd, status) :
	    worker_status(lab, kind, s, status);
}

static void
subject_kill(const struct subject *s)
{
	syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
}

/* Hear it until it is gone: 0; -EBADMSG: it lied; -ETIMEDOUT: it is neither
 * gone nor silent.  It is gone in any case afterwards. */
static int
subject_watch(struct subject *s, bool *stayed)
{
	uint64_t end = rpc_now() + ANSWER_MS;
	struct pollfd fds[2] = { { s->rpc.fd, POLLIN, 0 },
	    { s->pidfd, POLLIN, 0 } };
	int heard = 0, error = 0;

	while (fds[1].revents == 0) {
		if (rpc_now() >= end) {
			error = error == 0 ? -ETIMEDOUT : error;
			subject_kill(s);
			end += ANSWER_MS;
		}
		(void)poll(fds, 2, 100);
		if (fds[0].revents == 0)
			continue;
		heard = rpc_receive(&s->rpc, MSG_DONTWAIT);
		if (heard == -EBADMSG)
			error = heard;
		if (heard < 0)
			fds[0].fd = -1;
	}
	/* Nothing to read and no end: somebody holds the other end.  A template
	 * does for a moment after its child has ended. */
	end = rpc_now() + STAY_MS;
	while (heard >= 0 && rpc_now() < end) {
		(void)poll(fds, 1, 100);
		heard = rpc_receive(&s->rpc, MSG_DONTWAIT);
	}
	*stayed = heard >= 0;
	return heard == -EBADMSG ? heard : error;
}

/* What is to be said about a process that is gone; status: NULL: nobody told. */
static void
subject_judge(const struct subject *s, int error, bool stayed,
    const int *status, struct lab_trial *trial)
{
	const struct rpc_death *death = &s->rpc.death;

	*trial = (struct lab_trial){ .layers = s->layers |
	    s->rpc.ready.layers };
	if (death->cause == RPC_DEATH_SETUP || s->rpc.ready.layers == 0)
		trial->end = LAB_UNJAILED, trial->error = death->syscall;
	else if (stayed)
		trial->end = LAB_STAYED;
	else if (death->cause == RPC_DEATH_VIOLATION)
		trial->end = LAB_TRAPPED, trial->error = death->syscall;
	else if (error == -EBADMSG)
		trial->end = LAB_LIED;
	else if (s->answered)
		trial->end = LAB_ANSWERED, trial->error = -s->answer;
	else if (error < 0)
		trial->end = LAB_SILENT;
	else if (status == NULL)
		trial->end = LAB_VANISHED;
	else if (WIFSIGNALED(*status))
		trial->end = LAB_KILLED, trial->error = WTERMSIG(*status);
	else
		trial->end = LAB_ENDED, trial->error = WEXITSTATUS(*status);
}

int
lab_try(struct lab *lab, enum lab_process process, uint32_t act,
    struct lab_trial *trial)
{
	const struct lab_kind *kind = &lab_kinds[process];
	struct subject s;
	bool stayed;
	int status, error = subject_begin(lab, kind, &s);

	if (error != 0)
		return error < 0 ? error : -EIO;
	if (kind->place == ATTACK_AS_CHILD)
		s.layers |= lab->template_rpc.ready.layers;
	error = question_ask(lab, kind, &s.rpc, act, &s);
	if (error == 0 || error == -EPIPE) {
		error = subject_watch(&s, &stayed);
		bool told = subject_status(lab, kind, &s, &status);
		subject_judge(&s, error, stayed, told ? &status : NULL, trial);
		error = 0;
	}
	rpc_close(&s.rpc);
	cap_close_fd(&s.pidfd);
	return error;
}

int
lab_control(struct lab *lab, uint32_t act, struct attack_bare_rep *rep)
{
	int error = question_ask(lab, NULL, &lab->control_rpc, act, rep);

	/* It has a deadline of its own for the act. */
	return error < 0 ? error : answers_wait(&lab->control_rpc,
	    3 * ANSWER_MS);
}

int
lab_begin(struct lab *lab, enum lab_process process)
{
	struct subject s;

	lab->template_pidfd = lab->next.pidfd = -1;
	if (lab_kinds[process].place != ATTACK_AS_CHILD)
		return 0;
	int error = subject_spawn(lab, &lab_kinds[process], &s,
	    RPC_ROWS(template_rows));
	lab->template_rpc = s.rpc;
	lab->template_pidfd = s.pidfd;
	return error;
}

void
lab_end(struct lab *lab)
{
	if (lab->template_pidfd != -1)
		rpc_close(&lab->template_rpc);
	cap_close_fd(&lab->template_pidfd);
	if (lab->next.pidfd != -1)
		rpc_close(&lab->next.rpc);
	cap_close_fd(&lab->next.pidfd);
}

/* ---- what is lent ---- */

/* A listener, and a connection to another one. */
static int
network_make(struct lab *lab)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in b = a;
	socklen_t size = sizeof(a);

	lab->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	lab->peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	lab->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(lab->server, (struct sockaddr *)&a, size) == -1 ||
	    bind(lab->peer, (struct sockaddr *)&b, size) == -1 ||
	    listen(lab->server, BACKLOG) == -1 || listen(lab->peer, BACKLOG) == -1 ||
	    getsockname(lab->server, (struct sockaddr *)&a, &size) == -1 ||
	    getsockname(lab->peer, (struct sockaddr *)&b, &size) == -1 ||
	    connect(lab->socket, (struct sockaddr *)&b, size) == -1)
		return -errno;
	lab->port = ntohs(a.sin_port);
	return 0;
}

static int
loans_make(struct lab *lab)
{
	static const char places[2] = { ATTACK_AS_TEMPLATE, ATTACK_AS_CHILD };
	char path[96];

	snprintf(path, sizeof(path), "%s/file", lab->root);
	CLOSE int writer = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	lab->file = open(path, O_RDONLY | O_CLOEXEC);
	if (writer == -1 || lab->file == -1 || write(writer, "file\n", 5) == -1)
		return -errno;
	lab->slots = buffer_create(SLOTS_SIZE);
	for (int i = 0; i < 2; i++)
		lab->input[i] = buffer_seal(&places[i], 1);
	return lab->slots < 0 || lab->input[0] < 0 || lab->input[1] < 0 ?
	    -EMFILE : network_make(lab);
}

static int
directories_make(struct lab *lab)
{
	const char *tmp = getenv("TMPDIR");
	char path[96];

	snprintf(lab->root, sizeof(lab->root), "%s/airlock-attack-XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	/* Jails of other uids pass through it. */
	if (mkdtemp(lab->root) == NULL) {
		lab->root[0] = '\0';
		return -errno;
	}
	if (chmod(lab->root, 0711) == -1)
		return -errno;
	snprintf(path, sizeof(path), "%s/control", lab->root);
	return mkdir(path, 0755) == -1 ? -errno : 0;
}

static _Noreturn void
control_run(int program, const char *directory, int channel)
{
	char *argv[] = { (char *)(uintptr_t)"attack-control", NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (chdir(directory) == -1 || dup2(null, 0) == -1 ||
	    dup2(null, 1) == -1)
		err(1, "%s", directory);
	program_exec(program, argv, NULL, &channel, 1, NULL);
	err(1, "attack-control");
}

static int
control_start(struct lab *lab, const char *directory)
{
	CLOSE int program = program_open("attack-control");
	int pair[2], error = program < 0 ? program : rpc_pair(pair);

	if (error < 0)
		return error;
	lab->control = fork();
	if (lab->control == 0)
		control_run(program, directory, pair[1]);
	error = lab->control == -1 ? -errno : 0;
	close(pair[1]);
	rpc_init(&lab->control_rpc, pair[0], RPC_ROWS(attack_rows), lab);
	return error;
}

static int
processes_start(struct lab *lab)
{
	static const char *const programs[LAUNCHER_PROGRAMS] = {
		[LAUNCHER_DIALER] = "attack-dialer",
		[LAUNCHER_FETCHER] = "attack-fetcher",
		[LAUNCHER_VERIFIER] = "attack-verifier",
		[LAUNCHER_EXTRACTOR] = "attack-extractor",
		[LAUNCHER_SEQUOIA] = "attack-sequoia",
	};
	char control[96];
	int channel, error = start_launcher(lab->root, programs,
	    &lab->started, &channel);

	if (error < 0)
		return error;
	rpc_init(&lab->launcher_rpc, channel, RPC_ROWS(launcher_rows), NULL);
	snprintf(control, sizeof(control), "%s/control", lab->root);
	return control_start(lab, control);
}

int
lab_open(struct lab *lab)
{
	*lab = (struct lab){ .started = STARTED_NONE,
	    .control = -1, .file = -1,
	    .slots = -1, .input = { -1, -1 }, .server = -1, .peer = -1,
	    .socket = -1, .template_pidfd = -1, .next.pidfd = -1,
	    .launcher_rpc.fd = -1, .control_rpc.fd = -1 };
	int error = directories_make(lab);

	if (error == 0)
		error = loans_make(lab);
	if (error == 0)
		error = processes_start(lab);
	if (error < 0)
		warnx("audit --attack: %s", strerror(-error));
	return error;
}

static void
root_remove(const char *root)
{
	CLOSE int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir != -1 && (clear_directory(dir, ".") < 0 || rmdir(root) == -1))
		warnx("audit --attack: %s: cannot be removed", root);
}

void
lab_close(struct lab *lab)
{
	int *const fds[] = { &lab->file, &lab->slots, &lab->input[0],
	    &lab->input[1], &lab->server, &lab->peer, &lab->socket };
	rpc_close(&lab->launcher_rpc);
	rpc_close(&lab->control_rpc);
	(void)start_reap(&lab->started);
	cap_close_fd(&lab->started.usage);
	usage_free(&lab->usage);
	if (lab->control > 0)
		(void)TEMP_FAILURE_RETRY(waitpid(lab->control, NULL, 0));
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		cap_close_fd(fds[i]);
	root_remove(lab->root);
}

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "verifier/engine.h"
#include "verifier/question.h"

/* ---- what libgpgme asks of an event loop, its manual's section 7.9 ---- */

static gpgme_error_t
pipe_add(void *data, int fd, int reads, gpgme_io_cb_t ready, void *ready_data,
    void **tag)
{
	struct engine *engine = data;

	for (size_t i = 0; i < ENGINE_PIPES; i++)
		if (engine->pipes[i].fd == -1) {
			engine->pipes[i] = (struct engine_pipe){ fd, reads,
			    ready, ready_data };
			*tag = &engine->pipes[i];
			return 0;
		}
	return gpgme_error(GPG_ERR_TOO_MANY);
}

static void
pipe_remove(void *tag)
{
	struct engine_pipe *gone = tag;

	gone->fd = -1;
}

static void
event_hear(void *data, gpgme_event_io_t type, void *type_data)
{
	struct engine *engine = data;

	if (type == GPGME_EVENT_DONE) {
		struct gpgme_io_event_done_data *end = type_data;
		engine->done = 1;
		engine->error = end->err != 0 ? end->err : end->op_err;
	}
}

/* ---- */

void
engine_attach(struct engine *engine, gpgme_ctx_t ctx)
{
	struct gpgme_io_cbs callbacks = { .add = pipe_add, .add_priv = engine,
	    .remove = pipe_remove, .event = event_hear, .event_priv = engine };

	*engine = (struct engine){ .done = 0 };
	for (size_t i = 0; i < ENGINE_PIPES; i++)
		engine->pipes[i].fd = -1;
	gpgme_set_io_cbs(ctx, &callbacks);
}

/* Wait, and let libgpgme read or write where it can, or where it cannot any
 * more: then it sees the error, and closes the pipe. */
static gpgme_error_t
engine_step(struct engine *engine)
{
	struct pollfd fds[ENGINE_PIPES];

	/* poll() skips a descriptor of -1. */
	for (size_t i = 0; i < ENGINE_PIPES; i++)
		fds[i] = (struct pollfd){ engine->pipes[i].fd,
		    engine->pipes[i].reads ? POLLIN : POLLOUT, 0 };
	if (poll(fds, ENGINE_PIPES, -1) == -1)
		return errno == EINTR ? 0 : gpgme_error_from_errno(errno);
	for (size_t i = 0; i < ENGINE_PIPES; i++) {
		struct engine_pipe *at = &engine->pipes[i];
		/* One handler may have removed the next one's pipe. */
		if (fds[i].revents == 0 || at->fd != fds[i].fd)
			continue;
		gpgme_error_t error = at->ready(at->ready_data, at->fd);
		if (error != 0)
			return error;
	}
	return 0;
}

gpgme_error_t
engine_run(struct engine *engine)
{
	while (!engine->done) {
		gpgme_error_t error = engine_step(engine);
		if (error != 0)
			return error;
	}
	return engine->error;
}

int
engine_adopt(void)
{
	/* libgpgme forks twice.  The first process of a pid namespace gets all
	 * orphans; where there is no such namespace, who asks for them. */
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1 ? -errno : 0;
}

int
engine_wait(int channel)
{
	int status, result = -ECHILD;
	pid_t pid;

	while ((pid = waitpid(-1, &status, 0)) > 0 ||
	    (pid == -1 && errno == EINTR)) {
		if (pid == -1)
			continue;
		if (WIFSIGNALED(status))
			question_killed(WTERMSIG(status), channel);
		if (result != 1)
			result = status == 0 ? 0 : 1;
	}
	return result;
}

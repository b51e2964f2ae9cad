#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/pack.h"
#include "rpc/cap.h"

#define MTIME_MAX	INT64_C(077777777777)	/* what a tar's header holds */
#define THREADS_MAX	16

RPC_MANAGER_SIDE(PACKER_RPC, rows)

ANSWERED(packer_pack)
{
	struct packing *packing = context;

	if (rep->why == WALK_NONE || rep->why >= WALK_NWHYS ||
	    memchr(rep->where, '\0', sizeof(rep->where)) == NULL)
		return -EBADMSG;
	packing->reply = *rep;
	packing->helper.answered = true;
	return 0;
}

ANSWERED(packer_measure)
{
	struct measuring *measuring = context;

	if (rep->why == PACKER_NOT_MEASURED || rep->why >= PACKER_NMEASURED)
		return -EBADMSG;
	measuring->reply = *rep;
	measuring->helper.answered = true;
	return 0;
}

enum status
packing_mtime(int64_t *mtime)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;

	*mtime = 0;
	if (epoch == NULL || epoch[0] == '\0')
		return STATUS_DONE;
	errno = 0;
	intmax_t seconds = strtoimax(epoch, &end, 10);
	if (epoch[0] < '0' || epoch[0] > '9' || *end != '\0' || errno != 0 ||
	    seconds > MTIME_MAX) {
		complain("SOURCE_DATE_EPOCH=%s: seconds since 1970 are wanted",
		    epoch);
		return STATUS_USAGE;
	}
	*mtime = seconds;
	return STATUS_DONE;
}

unsigned int
packing_threads(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == -1)
		return 1;
	int n = CPU_COUNT(&set);
	return n > THREADS_MAX ? THREADS_MAX : (unsigned int)n;
}

/* A new file that only we can reach, until it is renamed. */
static int
out_open(struct packing *packing)
{
	int dir = packing->making->store.quarantine;
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(packing->path, flat);
	snprintf(packing->name, sizeof(packing->name), "%s,new", flat);
	/* Left by a run that was cut off. */
	if (unlinkat(dir, packing->name, 0) == -1 && errno != ENOENT)
		return -errno;
	int fd = openat(dir, packing->name, O_RDWR | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd == -1 ? -errno : fd;
}

static enum status
ask(struct packing *packing, int64_t mtime)
{
	const struct depot_path *path = packing->path;
	struct packer_pack_req req = { .mtime = mtime,
	    .threads = packing_threads(),
	    .format = depot_path_is_file(path) ? PACKER_XZ : PACKER_TAR_XZ };

	snprintf(req.top, sizeof(req.top), "%s", path->top);
	int error = ask_packer_pack(&packing->helper.rpc, &req, NULL, 0,
	    packing);
	/* If it is gone already, waiting for it says so. */
	return error < 0 && error != -EPIPE ?
	    making_failed("packer", -error) : STATUS_DONE;
}

static void
packing_init(struct packing *packing, const struct making *making,
    const struct depot_path *path)
{
	*packing = (struct packing){ .helper.pid = -1, .helper.rpc.fd = -1,
	    .making = making, .path = path, .out = -1 };
}

enum status
packing_start(struct packing *packing, const struct making *making,
    const struct depot_path *path, int64_t mtime)
{
	packing_init(packing, making, path);
	CLOSE int source = store_open_below(making->store.depot, path->text,
	    O_RDONLY | (depot_path_is_file(path) ? O_NONBLOCK : O_DIRECTORY));
	return source < 0 ? making_failed(path->text, -source) :
	    packing_start_from(packing, making, path, mtime, source);
}

enum status
packing_start_from(struct packing *packing, const struct making *making,
    const struct depot_path *path, int64_t mtime, int source)
{
	packing_init(packing, making, path);
	int out = out_open(packing);
	if (out < 0)
		return making_failed(making->root.path, -out);
	packing->out = out;
	const int fds[] = { source, out };
	enum status status = helper_start(&packing->helper, "packer", fds, 2,
	    NULL, RPC_ROWS(rows));
	return status == STATUS_DONE ? ask(packing, mtime) : status;
}

enum status
packing_finish(struct packing *packing)
{
	const struct packer_pack_rep *reply = &packing->reply;
	enum status status = helper_wait(&packing->helper);

	if (status != STATUS_DONE)
		return status;
	helper_end(&packing->helper);
	return reply->why == WALK_DONE ? STATUS_DONE :
	    making_refuse(packing->path->text, reply->where,
	    (enum walk_why)reply->why, reply->error);
}

int
packing_read(const struct packing *packing)
{
	int fd = openat(packing->making->store.quarantine, packing->name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd == -1 ? -errno : fd;
}

void
packing_drop(struct packing *packing)
{
	helper_end(&packing->helper);
	if (packing->out != -1)
		unlinkat(packing->making->store.quarantine, packing->name, 0);
	cap_close_fd(&packing->out);
}

enum status
packed_measure(const struct depot_path *path, int archive, const char *keep,
    uint64_t max, int out, struct packer_measure_rep *reply)
{
	struct packer_measure_req req = { .keep_max = max,
	    .format = depot_path_is_file(path) ? PACKER_XZ : PACKER_TAR_XZ };
	struct measuring measuring = { .helper.pid = -1,
	    .helper.rpc.fd = -1 };
	const int fds[] = { archive, out };

	snprintf(req.keep, sizeof(req.keep), "%s", keep);
	enum status status = helper_start(&measuring.helper, "packer", fds, 2,
	    NULL, RPC_ROWS(rows));
	int error = status == STATUS_DONE ? ask_packer_measure(
	    &measuring.helper.rpc, &req, NULL, 0, &measuring) : 0;
	if (error < 0 && error != -EPIPE)
		status = making_failed("packer", -error);
	if (status == STATUS_DONE)
		status = helper_wait(&measuring.helper);
	helper_end(&measuring.helper);
	*reply = measuring.reply;
	return status;
}

/*
 * fetch_driver - a false manager and a false dialer, which drive the real
 * fetcher from a script.
 *
 *	fetch_driver [OPTION...] SCHEME HOST PORT TARGET...
 *	fetch_driver [OPTION...] file DIRECTORY 0 TARGET...
 *
 * Each TARGET becomes the file DIR/0, DIR/1, ...  What happens is printed, one
 * event a line:
 *
 *	head N restart=0|1 total=BYTES validator=TEXT
 *	end N OUTCOME status=HTTP size=BYTES [to=SCHEME HOST PORT TARGET]
 *	connections COUNT
 *	worker STATUS [violation=SYSCALL]
 *
 *	-D DIR	where files go		-c FILE	authorities' certificates
 *	-n N	connections		-r N	retries
 *	-s MS	stall			-m N	max bytes
 *	-o N	offset: DIR/0 has so many bytes already
 *	-v TEXT	their validator
 *	-j N	transfers at a time	-a MS	sleep before acknowledging
 *	-S N	stop a transfer at N bytes
 *	-x N	refuse the first N connections
 *	-X N	refuse all connections after N
 *	-w WHY	what is said then, a word of outcomes[]
 *	-l LIE	what the dialer does when it is first asked, see lies[]; silent
 *		and hang-up are waited for WAIT_MS
 *	-L	started by the real launcher, with its outer stage
 *	-R	resolve to 127.0.0.1 whatever HOST is
 *	-q	print only the last lines
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "dial_worker.h"
#include "fetcher/fetcher.h"
#include "liar_record.h"

#define TRANSFERS	4096
#define WAIT_MS		1500	/* for a fetcher that can do nothing */

static struct {
	struct rpc	 rpc, line;
	struct slots	 slots;
	const char	*dir, *host, *port;
	char		*const *targets;
	uint32_t	 ntargets, asked, ended, together;
	uint64_t	 offset, max, stop, sleep;
	const char	*validator;
	unsigned int	 refuse_first, refuse_after, connections, given;
	uint32_t	 why;
	const char	*lie;
	bool		 quiet, local, waits;
	int		 files[TRANSFERS];
	uint64_t	 sizes[TRANSFERS];
} driver = { .dir = ".", .together = 48, .max = UINT64_MAX, .stop = UINT64_MAX,
    .refuse_after = ~0u, .validator = "", .why = WHY_REFUSED };

static const char *const outcomes[CLI_NWHYS] = {
	[FETCHER_DONE] = "done",
	[FETCHER_NOT_FOUND] = "not-found",
	[FETCHER_FORBIDDEN] = "forbidden",
	[FETCHER_SERVER] = "server",
	[FETCHER_REDIRECT] = "redirect",
	[FETCHER_CERTIFICATE] = "certificate",
	[FETCHER_TLS] = "tls",
	[WHY_ADDRESS] = "address",
	[WHY_NO_NAME] = "no-name",
	[WHY_REFUSED] = "refused",
	[WHY_TIMEOUT] = "timeout",
	[FETCHER_NETWORK] = "network",
	[FETCHER_STALLED] = "stalled",
	[FETCHER_STOPPED] = "stopped",
};

RPC_MANAGER_SIDE(FETCHER_RPC, rows)
RPC_PEER_SIDE(LINE_RPC, line_rows)

/* What the dialer does, in a few lines. */
static int
dial(void)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int fd = -1;

	if (getaddrinfo(driver.local ? "127.0.0.1" : driver.host, driver.port,
	    &hints, &list) != 0)
		return -1;
	for (const struct addrinfo *a = list; fd == -1 && a != NULL;
	    a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fd, a->ai_addr, a->ai_addrlen) == -1)
			cap_close_fd(&fd);
	}
	freeaddrinfo(list);
	return fd;
}

static int
socket_of(int type)
{
	return socket(AF_INET, type | SOCK_CLOEXEC, 0);
}

static int
socket_listening(void)
{
	int fd = socket_of(SOCK_STREAM);

	(void)listen(fd, 1);
	return fd;
}

static int
socket_local(void)
{
	int fds[2] = { -1, -1 };

	(void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
	cap_close_fd(&fds[1]);
	return fds[0];
}

#define ANSWERS		(LINE_CONNECT | ANSWER)
#define WHOLE		sizeof(struct line_connect_rep)
/* What a dialer may not say, in one record, with fds that are made for it. */
static const struct {
	const char	*name;
	uint32_t	 number, serial;	/* serial: added to the true one */
	uint32_t	 outcome;
	size_t		 size;
	enum { NONE, GOOD, FILE_, LOCAL, DATAGRAMS, UNCONNECTED, LISTENING,
	    TWO } fds;
} lies[] = {
	{ "garbage", 0xa5a5a5a5, 77, 0xa5a5a5a5, 77, NONE },
	{ "asks", LINE_CONNECT, 0, 0, sizeof(struct line_connect_req), NONE },
	{ "unknown", ANSWERS + 1, 0, WHY_REFUSED, WHOLE, NONE },
	{ "unasked", ANSWERS, 4711, WHY_REFUSED, WHOLE, NONE },
	{ "shorter", ANSWERS, 0, WHY_REFUSED, WHOLE - 1, NONE },
	{ "longer", ANSWERS, 0, WHY_REFUSED, WHOLE + 8, NONE },
	{ "largest", ANSWERS, 0, WHY_REFUSED, RPC_MAX_BODY + 1, NONE },
	{ "no-outcome", ANSWERS, 0, 0, WHOLE, NONE },
	{ "no-reason", ANSWERS, 0, 9999, WHOLE, NONE },
	{ "foreign", ANSWERS, 0, WHY_BAD_SIGNATURE, WHOLE, NONE },
	{ "too-good", ANSWERS, 0, WHY_PRESENT, WHOLE, GOOD },
	{ "no-socket", ANSWERS, 0, WHY_INSTALLED, WHOLE, NONE },
	{ "refused-socket", ANSWERS, 0, WHY_REFUSED, WHOLE, GOOD },
	{ "file", ANSWERS, 0, WHY_INSTALLED, WHOLE, FILE_ },
	{ "local", ANSWERS, 0, WHY_INSTALLED, WHOLE, LOCAL },
	{ "datagrams", ANSWERS, 0, WHY_INSTALLED, WHOLE, DATAGRAMS },
	{ "listening", ANSWERS, 0, WHY_INSTALLED, WHOLE, LISTENING },
	{ "two", ANSWERS, 0, WHY_INSTALLED, WHOLE, TWO },
	{ "unconnected", ANSWERS, 0, WHY_INSTALLED, WHOLE, UNCONNECTED },
};

static void
line_lie(const char *name, uint32_t serial)
{
	unsigned char body[RPC_MAX_BODY + 1] = { 0 };
	size_t i = 0;
	int fds[2] = { -1, -1 };

	while (i < sizeof(lies) / sizeof(lies[0]) &&
	    strcmp(lies[i].name, name) != 0)
		i++;
	if (i == sizeof(lies) / sizeof(lies[0]))
		worker_die(name);
	switch (lies[i].fds) {
	case NONE: break;
	case GOOD: fds[0] = dial(); break;
	case FILE_: fds[0] = open("/dev/null", O_RDONLY | O_CLOEXEC); break;
	case LOCAL: fds[0] = socket_local(); break;
	case DATAGRAMS: fds[0] = socket_of(SOCK_DGRAM); break;
	case UNCONNECTED: fds[0] = socket_of(SOCK_STREAM); break;
	case LISTENING: fds[0] = socket_listening(); break;
	case TWO: fds[0] = dial(); fds[1] = dial(); break;
	}
	memcpy(body, &lies[i].outcome, sizeof(lies[i].outcome));
	say(driver.line.fd, lies[i].number, serial + lies[i].serial, body,
	    lies[i].size, fds, (size_t)(fds[0] != -1) + (fds[1] != -1));
	cap_close_fd(&fds[0]);
	cap_close_fd(&fds[1]);
}

static int
heard_line_connect(struct rpc *rpc, const struct line_connect_req *req,
    struct cap *caps, uint32_t serial)
{
	unsigned int n = driver.connections++;
	const char *lie = driver.lie == NULL ? "" : driver.lie;

	(void)req, (void)caps;
	driver.lie = NULL;
	driver.waits |= strcmp(lie, "silent") == 0 ||
	    strcmp(lie, "hang-up") == 0;
	if (strcmp(lie, "hang-up") == 0)
		rpc_close(rpc);
	else if (lie[0] != '\0' && !driver.waits)
		line_lie(lie, serial);
	if (lie[0] != '\0')
		return 0;
	struct cap cap = { .fd = n < driver.refuse_first ||
	    driver.given >= driver.refuse_after ? -1 : dial() };
	const struct line_connect_rep rep = { .outcome = cap.fd != -1 ?
	    WHY_INSTALLED : driver.why };
	driver.given += cap.fd != -1;
	int error = answer_line_connect(rpc, serial, &rep,
	    cap.fd == -1 ? NULL : &cap);
	cap_drop(&cap);
	return error;
}

static int
heard_fetcher_deliver(struct rpc *rpc, const struct fetcher_deliver_req *req,
    struct cap *caps, uint32_t serial)
{
	uint32_t n = req->transfer;
	const unsigned char *from = slots_at(&driver.slots, req->slot);

	(void)caps;
	if (n >= driver.ntargets || from == NULL || req->length < 1 ||
	    req->length > SLOT_SIZE || driver.files[n] == -1)
		return -EBADMSG;
	if (pwrite(driver.files[n], from, req->length,
	    (off_t)driver.sizes[n]) != (ssize_t)req->length)
		worker_die("write");
	driver.sizes[n] += req->length;
	if (driver.sleep > 0) {
		const struct timespec ts = { (time_t)(driver.sleep / 1000),
		    (long)(driver.sleep % 1000) * 1000000 };
		nanosleep(&ts, NULL);
	}
	const struct fetcher_deliver_rep rep = { .slot = req->slot,
	    .stop = driver.sizes[n] >= driver.stop };
	return answer_fetcher_deliver(rpc, serial, &rep, NULL);
}

static int
heard_fetcher_head(struct rpc *rpc, const struct fetcher_head_req *req,
    struct cap *caps, uint32_t serial)
{
	uint32_t n = req->transfer;

	(void)rpc, (void)caps, (void)serial;
	if (n >= driver.ntargets || driver.files[n] == -1)
		return -EBADMSG;
	if (!driver.quiet)
		printf("head %u restart=%u total=%llu validator=%s\n", n,
		    req->restart, (unsigned long long)req->claimed_total,
		    req->validator);
	if (req->restart) {
		driver.sizes[n] = 0;
		if (ftruncate(driver.files[n], 0) == -1)
			worker_die("ftruncate");
	}
	return 0;
}

static int
answered_fetcher_open(struct rpc *rpc, void *context,
    const struct fetcher_open_rep *rep, struct cap *caps)
{
	(void)rpc, (void)context, (void)caps;
	return rep->outcome == FETCHER_DONE ? 0 : -EBADMSG;
}

static int
answered_fetcher_get(struct rpc *rpc, void *context,
    const struct fetcher_get_rep *rep, struct cap *caps)
{
	uint32_t n = rep->transfer;

	(void)rpc, (void)context, (void)caps;
	if (n >= driver.ntargets || driver.files[n] == -1 ||
	    rep->outcome >= CLI_NWHYS || outcomes[rep->outcome] == NULL)
		return -EBADMSG;
	if (!driver.quiet || rep->outcome != FETCHER_DONE)
		printf("end %u %s status=%u size=%llu", n,
		    outcomes[rep->outcome], rep->status,
		    (unsigned long long)driver.sizes[n]);
	if (rep->outcome == FETCHER_REDIRECT)
		printf(" to=%u %s %u %s", rep->to.scheme, rep->to.host, rep->to.port,
		    rep->to.target);
	if (!driver.quiet || rep->outcome != FETCHER_DONE)
		printf("\n");
	fflush(stdout);
	close(driver.files[n]);
	driver.files[n] = -1;
	driver.ended++;
	return 0;
}

static void
get(uint32_t n)
{
	struct fetcher_get_req req = { .transfer = n, .max = driver.max,
	    .offset = n == 0 ? driver.offset : 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/%u", driver.dir, n);
	driver.files[n] = open(path, O_RDWR | O_CREAT | O_CLOEXEC |
	    (req.offset > 0 ? 0 : O_TRUNC), 0600);
	if (driver.files[n] == -1)
		worker_die(path);
	driver.sizes[n] = req.offset;
	if (n == 0)
		strncpy(req.validator, driver.validator,
		    sizeof(req.validator) - 1);
	strncpy(req.target, driver.targets[n], sizeof(req.target) - 1);
	if (ask_fetcher_get(&driver.rpc, &req, NULL, 0, NULL) < 0)
		worker_die("ask");
}

/* From manager's and dialer's end, whichever has something: 0 or -errno. */
static int
hear_both(void)
{
	struct pollfd fds[] = { { driver.rpc.fd, POLLIN, 0 },
	    { driver.line.fd, POLLIN, 0 } };
	int error = 0;

	int n = poll(fds, 2, driver.waits ? WAIT_MS : -1);
	if (n == 0)
		return -ETIME;
	if (fds[1].revents != 0)
		error = rpc_receive(&driver.line, MSG_DONTWAIT);
	if (error == -EPIPE)
		rpc_close(&driver.line);
	else if (error < 0)
		return error;
	return fds[0].revents == 0 ? 0 :
	    rpc_receive(&driver.rpc, MSG_DONTWAIT);
}

static int
drive(void)
{
	int error = 0;

	while (driver.ended < driver.ntargets) {
		while (driver.asked < driver.ntargets &&
		    driver.asked - driver.ended < driver.together)
			get(driver.asked++);
		if ((error = hear_both()) < 0)
			return error;
	}
	return 0;
}

static void
open_origin(struct fetcher_open_req *req)
{
	int line[2];

	if (rpc_pair(line) < 0)
		worker_die("line");
	struct cap caps[] = { { buffer_create(SLOTS_SIZE) }, { line[0] } };
	rpc_init(&driver.line, line[1], RPC_ROWS(line_rows), NULL);
	if (caps[0].fd < 0 || slots_map(&driver.slots, caps[0].fd) < 0 ||
	    ask_fetcher_open(&driver.rpc, req, caps, 0, NULL) < 0)
		worker_die("open");
	cap_drop(&caps[0]);
	cap_drop(&caps[1]);
}

/* Of the worker that has ended: ms. */
static long
cpu_used(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_CHILDREN, &used) == -1)
		worker_die("getrusage");
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	    (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static char *
read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *data = malloc(1 << 20);

	if (f == NULL || data == NULL)
		worker_die(path);
	*size = fread(data, 1, 1 << 20, f);
	fclose(f);
	return data;
}

static uint32_t
why_of(const char *word)
{
	for (uint32_t why = 0; why < CLI_NWHYS; why++)
		if (outcomes[why] != NULL && strcmp(outcomes[why], word) == 0)
			return why;
	worker_die(word);
	return 0;
}

static uint32_t
scheme_of(const char *name)
{
	return strcmp(name, "https") == 0 ? FETCHER_HTTPS : FETCHER_HTTP;
}

int
main(int argc, char *argv[])
{
	struct fetcher_open_req req = { .connections = 4, .retries = 2,
	    .stall = 5000 };
	char *pem = NULL;
	bool launched = false;
	size_t pem_size = 0;
	int opt;

	while ((opt = getopt(argc, argv,
	    "D:c:n:r:s:m:o:v:j:a:S:x:X:w:l:LRq")) != -1)
		switch (opt) {
		case 'D': driver.dir = optarg; break;
		case 'c': pem = read_file(optarg, &pem_size); break;
		case 'n': req.connections = (uint32_t)atoi(optarg); break;
		case 'r': req.retries = (uint32_t)atoi(optarg); break;
		case 's': req.stall = (uint32_t)atoi(optarg); break;
		case 'm': driver.max = strtoull(optarg, NULL, 10); break;
		case 'o': driver.offset = strtoull(optarg, NULL, 10); break;
		case 'v': driver.validator = optarg; break;
		case 'j': driver.together = (uint32_t)atoi(optarg); break;
		case 'a': driver.sleep = strtoull(optarg, NULL, 10); break;
		case 'S': driver.stop = strtoull(optarg, NULL, 10); break;
		case 'x': driver.refuse_first = (unsigned)atoi(optarg); break;
		case 'X': driver.refuse_after = (unsigned)atoi(optarg); break;
		case 'w': driver.why = why_of(optarg); break;
		case 'l': driver.lie = optarg; break;
		case 'L': launched = true; break;
		case 'R': driver.local = true; break;
		case 'q': driver.quiet = true; break;
		default: return 2;
		}
	if (argc - optind < 4 || argc - optind - 3 > TRANSFERS)
		return 2;
	req.scheme = scheme_of(argv[optind]);
	driver.host = argv[optind + 1];
	driver.port = argv[optind + 2];
	req.port = (uint32_t)atoi(driver.port);
	strncpy(req.host, driver.host, sizeof(req.host) - 1);
	driver.targets = argv + optind + 3;
	driver.ntargets = (uint32_t)(argc - optind - 3);

	struct worker w = launched ?
	    worker_launch(LAUNCHER_A_FETCHER, pem == NULL ? "" : pem,
		pem_size) :
	    worker_start("fetcher", pem == NULL ? "" : pem, pem_size);
	rpc_init(&driver.rpc, w.channel, RPC_ROWS(rows), NULL);
	driver.rpc.phase = FETCHER_OPENED;
	open_origin(&req);
	int error = drive();
	rpc_close(&driver.rpc);
	int status = worker_wait(&w);
	if (error == -ETIME)
		printf("waits cpu=%ld\n", cpu_used());
	printf("connections %u\nworker %d", driver.connections, status);
	if (driver.rpc.death.cause != RPC_DEATH_NONE)
		printf(" death=%u syscall=%d", driver.rpc.death.cause,
		    driver.rpc.death.syscall);
	printf("\n");
	free(pem);
	return error == 0 && status == 0 ? 0 : 1;
}

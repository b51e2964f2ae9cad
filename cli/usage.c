#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/start.h"
#include "cli/text.h"
#include "cli/usage.h"
#include "jail/kinds.h"

/* ---- what the launcher tells ---- */

static void
worker_began(struct usage *usage, const struct launcher_usage *told)
{
	size_t n = usage->count;

	/* Room is doubled at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct usage_worker *more = reallocarray(usage->worker,
		    n == 0 ? 1 : 2 * n, sizeof(*more));
		if (more == NULL)
			return;
		usage->worker = more;
	}
	usage->worker[usage->count++] = (struct usage_worker){
	    .pid = told->pid, .kind = told->kind, .layers = told->layers };
}

/* A pid may be used again: the last that began with it. */
static void
worker_ended(const struct usage *usage, const struct launcher_usage *told)
{
	for (size_t i = usage->count; i-- > 0;) {
		struct usage_worker *w = &usage->worker[i];
		if (w->pid != told->pid || w->ended)
			continue;
		w->ended = true;
		w->status = told->status;
		w->used = told->used;
		return;
	}
}

void
usage_read(struct usage *usage, int pipe)
{
	struct launcher_usage told;

	/* Whole records: each was one write, of less than PIPE_BUF. */
	while (pipe != -1 && read(pipe, &told, sizeof(told)) ==
	    (ssize_t)sizeof(told))
		if (told.kind == LAUNCHER_NO_KIND)
			worker_ended(usage, &told);
		else if (told.kind < LAUNCHER_KINDS && told.pid > 0)
			worker_began(usage, &told);
}

void
usage_free(struct usage *usage)
{
	free(usage->worker);
	*usage = (struct usage){ .count = 0 };
}

/* ---- sums ---- */

/* Of one kind of process. */
struct sum {
	const char	*name;
	size_t		 count;		/* of processes that were started */
	size_t		 known;		/* of these: whose account we have */
	int64_t		 user, system;	/* processor time, ms */
	int64_t		 memory;	/* of the largest, bytes */
	uint64_t	 bytes;		/* of the archives */
};

static int64_t
milliseconds(const struct timeval *t)
{
	return (int64_t)t->tv_sec * 1000 + t->tv_usec / 1000;
}

static void
sum_add(struct sum *sum, const struct rusage *used)
{
	int64_t memory = (int64_t)used->ru_maxrss * 1024;

	sum->known++;
	sum->user += milliseconds(&used->ru_utime);
	sum->system += milliseconds(&used->ru_stime);
	if (memory > sum->memory)
		sum->memory = memory;
}

static void
sum_kind(struct sum *sum, const struct usage *usage, uint32_t kind)
{
	*sum = (struct sum){ .name = kinds[kind].title };
	for (size_t i = 0; i < usage->count; i++) {
		const struct usage_worker *w = &usage->worker[i];
		if (w->kind != kind)
			continue;
		sum->count++;
		if (w->ended)
			sum_add(sum, &w->used);
	}
	sum->bytes = kind == LAUNCHER_A_FETCHER ? usage->fetched :
	    kind == LAUNCHER_A_VERIFIER ? usage->verified :
	    kind == LAUNCHER_AN_EXTRACTOR ? usage->unpacked : 0;
}

static struct sum
sum_of(const char *name, const struct rusage *used)
{
	struct sum sum = { .name = name, .count = 1 };

	sum_add(&sum, used);
	return sum;
}

/* The kernel counts with a parent's whom it has waited for. */
static struct sum
sum_launcher(const struct rusage *used, const struct sum *workers)
{
	struct sum sum = sum_of("launcher", used);

	sum.user -= workers->user < sum.user ? workers->user : sum.user;
	sum.system -= workers->system < sum.system ? workers->system :
	    sum.system;
	sum.memory = 0;		/* the largest worker's, maybe */
	return sum;
}

/* ---- to be seen ---- */

static void
sum_say(const struct sum *sum)
{
	char memory[TEXT_SHORT] = "", bytes[TEXT_SHORT] = "";

	if (sum->memory > 0)
		text_size(memory, (uint64_t)sum->memory);
	if (sum->bytes > 0)
		text_size(bytes, sum->bytes);
	say("%-13s %9zu %9" PRId64 ".%03d s %7" PRId64 ".%03d s %12s %12s",
	    sum->name, sum->count, sum->user / 1000, (int)(sum->user % 1000),
	    sum->system / 1000, (int)(sum->system % 1000), memory, bytes);
}

static void
sum_json(const struct sum *sum)
{
	json_begin("usage");
	json_text("process", sum->name);
	json_number("processes", (int64_t)sum->count);
	json_number("accounts", (int64_t)sum->known);
	json_number("user_ms", sum->user);
	json_number("system_ms", sum->system);
	if (sum->memory > 0)
		json_number("memory", sum->memory);
	if (sum->bytes > 0)
		json_number("bytes", (int64_t)sum->bytes);
	json_end();
}

static void
group_say(const struct cgroup *group)
{
	char peak[TEXT_SHORT] = "not known";

	if (group->peak > 0)
		text_size(peak, group->peak);
	if (group->held != 0)
		say("workers' control group: limits %s%s%s; most memory: %s",
		    group->held & CGROUP_MEMORY ? "memory" : "",
		    group->held == (CGROUP_MEMORY | CGROUP_PIDS) ? " and " : "",
		    group->held & CGROUP_PIDS ? "processes" : "", peak);
	else
		say("each worker's own limits alone: %s",
		    cgroup_reason(group));
}

static void
group_json(const struct cgroup *group)
{
	json_begin("budget");
	json_text("memory", group->held & CGROUP_MEMORY ? "control-group" :
	    "process");
	json_text("processes", group->held & CGROUP_PIDS ? "control-group" :
	    "process");
	if (group->held == 0)
		json_text("message", cgroup_reason(group));
	if (group->peak > 0)
		json_number("memory_peak", (int64_t)group->peak);
	json_end();
}

void
usage_show(const struct usage *usage, const struct arguments *a,
    const struct started *started)
{
	void (*show)(const struct sum *) = a->json ? sum_json : sum_say;
	struct sum all = { .count = 0 }, sum;
	struct rusage self;

	if (!a->json)
		say("%-13s %9s %15s %13s %12s %12s", "process", "processes",
		    "user time", "system time", "most memory", "bytes");
	for (uint32_t kind = LAUNCHER_NO_KIND + 1; kind < LAUNCHER_KINDS;
	    kind++) {
		sum_kind(&sum, usage, kind);
		all.user += sum.user;
		all.system += sum.system;
		if (sum.count > 0)
			show(&sum);
	}
	sum = sum_launcher(&started->launcher_used, &all);
	show(&sum);
	sum = sum_of("manager", &started->manager_used);
	show(&sum);
	(void)getrusage(RUSAGE_SELF, &self);
	sum = sum_of("airlock", &self);
	show(&sum);
	(a->json ? group_json : group_say)(&started->cgroup);
}

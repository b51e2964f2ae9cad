#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>

#include "audit/rule.h"
#include "audit/walls.h"
#include "cli/cli.h"
#include "cli/policy.h"

static void __attribute__((format(printf, 2, 3)))
append(char text[WALL_TEXT], const char *format, ...)
{
	size_t size = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + size, WALL_TEXT - size, format, ap);
	va_end(ap);
}

/* Between the items of a list. */
static void
append_item(char text[WALL_TEXT], const char *item)
{
	append(text, "%s%s", text[0] == '\0' ? "" : ", ", item);
}

void
wall_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
	size_t unit = 0;

	while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, size, "%" PRIu64 " %s", bytes, units[unit]);
}

static const struct kind *
kind_of(const struct jail *j)
{
	return &kinds[j->kind];
}

static void
describe_namespaces(char text[WALL_TEXT], const struct jail *j)
{
	char names[RULE_TEXT];

	rule_namespaces(names, j->kind == LAUNCHER_NO_KIND ?
	    j->more_namespaces : kind_of(j)->namespaces);
	if (j->kind == LAUNCHER_NO_KIND) {
		append(text, "%s%s", j->more_namespaces == 0 ? "the host's" :
		    "its own ", j->more_namespaces == 0 ? "" : names);
		if (j->program == PROGRAM_LAUNCHER)
			append(text, "; the host's network");
		return;
	}
	append(text, "its own %s", names);
	if ((kind_of(j)->namespaces & CLONE_NEWNET) == 0)
		append(text, "; the host's network");
	if (j->more_namespaces != 0) {
		rule_namespaces(names, j->more_namespaces);
		append(text, "; in these another %s", names);
	}
}

static void
describe_view(char text[WALL_TEXT], const struct jail *j)
{
	static const struct { unsigned int extra; const char *text; } rows[] = {
		{ KIND_HOME, "a private /home in memory, writable" },
		{ KIND_STAGING, "the depot's staging directory" },
		{ KIND_NULL, "/dev/null" },
	};

	if (j->kind == LAUNCHER_NO_KIND) {
		append(text, "%s", j->view);
		return;
	}
	append(text, "read-only: the directories of libraries");
	for (const char *const *p = kind_of(j)->view; *p != NULL; p++)
		append_item(text, *p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (kind_of(j)->extra & rows[i].extra)
			append_item(text, rows[i].text);
	append(text, "; no /proc");
}

static void
describe_root(char text[WALL_TEXT], const struct jail *j)
{
	static const char *const roots[] = {
		[JAIL_ROOT_KEEP] = "the same",
		[JAIL_ROOT_EMPTY] = "an empty directory",
		[JAIL_ROOT_STAGING] = "the staging directory of its archive",
	};

	append(text, "%s", roots[jail_policy(j)->root]);
}

static void
append_path(char text[WALL_TEXT], const char *path)
{
	static const char numbers[] = "/proc/self/fd/";

	if (strcmp(path, ".") == 0)
		append(text, "its working directory");
	else if (strncmp(path, numbers, sizeof(numbers) - 1) == 0)
		append(text, "descriptor %s", path + sizeof(numbers) - 1);
	else
		append(text, "%s", path);
}

static void
describe_files(char text[WALL_TEXT], const struct jail *j)
{
	const struct jail_path *p = jail_policy(j)->paths;
	char rights[RULE_TEXT];

	if (jail_policy(j)->mounts) {
		append(text, "not entered: its children mount, which Landlock "
		    "forbids; they enter it");
		return;
	}
	for (; p != NULL && p->path != NULL; p++) {
		rule_rights(rights, p->rights);
		append(text, "%s", text[0] == '\0' ? "" : "; ");
		append_path(text, p->path);
		append(text, ": %s", rights);
	}
	if (text[0] == '\0')
		append(text, "no file at all");
}

static void
describe_tcp(char text[WALL_TEXT], const struct jail *j)
{
	append(text, "%s", j->program == PROGRAM_LAUNCHER ? "not entered" :
	    jail_policy(j)->mounts ? "not entered, but it has no network" : jail_policy(j)->net == JAIL_NET_CONNECT ?
	    "connect, not listen" : "neither connect nor listen");
}

static void
describe_limits(char text[WALL_TEXT], const struct jail *j)
{
	const struct kind *k = kind_of(j);
	const struct jail_policy *policy = jail_policy(j);
	rlim_t cpu = policy->cpu_seconds != 0 ? policy->cpu_seconds :
	    k->cpu_seconds;
	rlim_t size = policy->file_size < k->file_size ? policy->file_size :
	    k->file_size;
	char amount[64];

	if (j->kind == LAUNCHER_NO_KIND) {
		append(text, "its user's");
		if (jail_is_before_start(j))
			append(text, ", but %d descriptors and no core",
			    CONFINE_FD_PROGRAM);
		return;
	}
	wall_bytes(amount, sizeof(amount), k->memory);
	append(text, "%s of memory, %" PRIu64 " process%s", amount,
	    (uint64_t)k->processes, k->processes == 1 ? "" : "es");
	if (cpu != RLIM_INFINITY)
		append(text, ", %" PRIu64 " s of processor time",
		    (uint64_t)cpu);
	wall_bytes(amount, sizeof(amount), size);
	append(text, ", %s%s", size == RLIM_INFINITY ? "files of any size" :
	    size == 0 ? "writes no file" : "files of at most ",
	    size == RLIM_INFINITY || size == 0 ? "" : amount);
}

static void
describe_descriptors(char text[WALL_TEXT], const struct jail *j)
{
	if (j->program == PROGRAM_LAUNCHER) {
		append(text, "0 to 2 its user's, 3 its channel to the manager, "
		    "from 4 on the workers' programs; its working directory is "
		    "the depot's staging directory");
		return;
	}
	if (j->program == PROGRAM_MANAGER) {
		append(text, "0 to 2 its user's, %d and %d its channels to cli "
		    "and launcher; for a depot %d depot, %d receipts, "
		    "%d quarantine, %d staging, %d its lock", MANAGER_FD_CLI,
		    MANAGER_FD_LAUNCHER, MANAGER_FD_DEPOT,
		    MANAGER_FD_RECEIPTS, MANAGER_FD_QUARANTINE,
		    MANAGER_FD_STAGING, MANAGER_FD_LOCK);
		return;
	}
	if (j->kind == LAUNCHER_NO_KIND) {
		append(text, "%d its channel to the cli, and what it was "
		    "started with", JAIL_FD_CHANNEL);
		return;
	}
	append(text, "at its start 0 to 2 /dev/null, %d its channel, %d its "
	    "input, none else", JAIL_FD_CHANNEL, JAIL_FD_INPUT);
	if (jail_is_child(j))
		append(text, "; a child only the channel, then what a question "
		    "brings");
}

/* Whoever enters an inner stage has none (jail/privileges.c). */
static void
describe_capabilities(char text[WALL_TEXT], const struct jail *j)
{
	char names[RULE_TEXT];

	if (j->program == PROGRAM_LAUNCHER || j->program == PROGRAM_MANAGER) {
		rule_capabilities(names, j->program == PROGRAM_MANAGER ?
		    POLICY_MANAGER_CAPS : POLICY_LAUNCHER_CAPS);
		append(text, j->program == PROGRAM_MANAGER ? "%s, if its user "
		    "is root; else none" : "%s, in its own user namespace",
		    names);
	} else {
		append(text, "none");
	}
}

const struct wall walls[] = {
	{ "capabilities", "capabilities", describe_capabilities },
	{ "namespaces", "namespaces", describe_namespaces },
	{ "view", "sees", describe_view },
	{ "root", "then its root", describe_root },
	{ "files", "Landlock: files", describe_files },
	{ "tcp", "Landlock: TCP", describe_tcp },
	{ "limits", "limits", describe_limits },
	{ "descriptors", "descriptors", describe_descriptors },
};
const size_t wall_count = sizeof(walls) / sizeof(walls[0]);

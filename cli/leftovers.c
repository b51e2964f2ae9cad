/*
 * leftovers.c - status: who is at work, and what interrupted installs have left.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/json.h"
#include "cli/lock.h"
#include "cli/look.h"
#include "cli/measure.h"
#include "cli/message.h"
#include "cli/tag.h"
#include "cli/text.h"
#include "depot/quarantine.h"
#include "rpc/cap.h"

#define QUARANTINE	"public/.airlock"	/* below ROOT */
#define STAGING		"depot/.airlock/staging"

/* ---- who is at work ---- */

static enum status
show_lock(const struct root *root, bool json)
{
	pid_t pid;
	int held = lock_look(root, &pid);

	if (held < 0) {
		complain("%s/state/lock: %s", root->path, strerror(-held));
		return STATUS_FAILED;
	}
	if (json) {
		json_begin("lock");
		json_bool("held", held > 0);
		if (held > 0)
			json_number("pid", pid);
		json_end();
	} else if (held > 0 && pid > 0) {
		say("process %d is at work", (int)pid);
	} else {
		say("%s is at work", held > 0 ? "a process" : "nobody");
	}
	return STATUS_DONE;
}

/* ---- partial downloads ---- */

struct partial {
	struct depot_path path;
	bool		 signature;	/* of the archive, not the archive */
	uint64_t	 bytes;
	struct url_tag tag;	/* host "": it cannot be resumed */
};

/* The archive that a quarantined file's name stands for (depot/quarantine.c);
 * false for a tag. */
static bool
name_parse(struct partial *partial, const char *name)
{
	size_t size = strcspn(name, "@");
	char text[DEPOT_PATH_MAX + 1];

	if (size > DEPOT_PATH_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		text[i] = name[i] == ',' ? '/' : name[i];
	partial->signature = strcmp(name + size, "@sig") == 0;
	return (name[size] == '\0' || partial->signature) &&
	    depot_path_parse(&partial->path, text, size) == 0;
}

static void
show_partial(const struct partial *partial, bool json)
{
	bool resumes = partial->bytes > 0 && partial->tag.host[0] != '\0';
	char bytes[TEXT_SHORT];

	if (json) {
		json_begin("partial");
		json_text("path", partial->path.text);
		json_bool("signature", partial->signature);
		json_number("bytes", (int64_t)partial->bytes);
		json_bool("resumes", resumes);
		if (resumes)
			json_text("host", partial->tag.host);
		json_end();
		return;
	}
	text_size(bytes, partial->bytes);
	say("partial    %s%s: %s, %s%s", partial->path.text,
	    partial->signature ? " (signature)" : "", bytes, resumes ?
	    "goes on where it stopped if it comes from " : "begins anew",
	    resumes ? partial->tag.host : "");
}

/* What nobody but the user takes away. */
static void
show_evidence(const char *name, bool json)
{
	if (!json) {
		say("evidence   " QUARANTINE "/%s: two engines disagreed about it; "
		    "remove it when you have seen it", name);
		return;
	}
	json_begin("evidence");
	json_text("file", name);
	json_end();
}

static void
show_quarantined(int dir, const char *name, bool json)
{
	struct partial partial = { .bytes = 0 };
	struct stat st;

	if (evidence_is(name))
		show_evidence(name, json);
	if (!name_parse(&partial, name) ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return;
	partial.bytes = (uint64_t)st.st_size;
	if (!tag_read(dir, name, &partial.tag))
		partial.tag.host[0] = '\0';
	show_partial(&partial, json);
}

/* ---- trees that were being unpacked ---- */

static void
show_staged(const struct root *root, const char *name, bool json)
{
	char path[PATH_MAX + 300], bytes[TEXT_SHORT];
	struct measured m;

	snprintf(path, sizeof(path), "%s/" STAGING "/%s", root->path, name);
	if (measure(&m, path) < 0)
		return;
	if (json) {
		json_begin("staged");
		json_text("name", name);
		json_number("files", (int64_t)m.files);
		json_number("bytes", (int64_t)m.bytes);
		json_end();
		return;
	}
	text_size(bytes, m.bytes);
	say("staged     %s: %ju files, %s; the next install removes it", name,
	    (uintmax_t)m.files, bytes);
}

/* ---- what is not complete ---- */

static void
show_incomplete(const struct graph_node *node, bool json)
{
	for (size_t i = 0; i < node->nneeds; i++) {
		const struct graph_node *needed = node->needs[i];
		if (needed->present)
			continue;
		if (json) {
			json_begin("incomplete");
			json_text("path", node->path.text);
			json_text("lacks", needed->path.text);
			json_end();
		} else {
			say("incomplete %s lacks %s", node->path.text,
			    needed->path.text);
		}
	}
}

static void
show_missing(const struct graph_node *node, bool json)
{
	if (!node->receipt || node->present)
		return;
	if (json) {
		json_begin("gone");
		json_text("path", node->path.text);
		json_end();
	} else {
		say("gone       %s has a receipt and is not there",
		    node->path.text);
	}
}

/* ---- */

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A directory below ROOT that need not be there. */
static enum status
show_directory(const struct root *root, const char *below, bool json)
{
	CLOSE int dir = root_open(root, below);
	struct dirent **names;

	if (dir < 0)
		return dir == -ENOENT ? STATUS_DONE : STATUS_FAILED;
	int n = scandirat(dir, ".", &names, is_visible, by_bytes);
	for (int i = 0; i < n; i++) {
		if (strcmp(below, STAGING) == 0)
			show_staged(root, names[i]->d_name, json);
		else
			show_quarantined(dir, names[i]->d_name, json);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return STATUS_DONE;
}

enum status
leftovers_run(const struct arguments *a)
{
	struct look look;
	enum status status = look_begin(&look, a);

	if (status == STATUS_DONE)
		status = show_lock(&look.root, a->json);
	if (status == STATUS_DONE)
		status = show_directory(&look.root, QUARANTINE, a->json);
	if (status == STATUS_DONE)
		status = show_directory(&look.root, STAGING, a->json);
	if (status == STATUS_DONE)
		status = look_at_all(&look);
	for (size_t i = 0; i < look.graph.count; i++) {
		show_incomplete(look.graph.nodes[i], a->json);
		show_missing(look.graph.nodes[i], a->json);
	}
	look_end(&look);
	return status;
}

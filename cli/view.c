#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/text.h"
#include "cli/usage.h"
#include "cli/view.h"
#include "depot/path.h"

#define JSON_INTERVAL	100	/* ms between two events of one state */

static enum view_kind
choose_kind(const struct arguments *a)
{
	if (a->json)
		return VIEW_JSON;
	return live_possible() && !a->quiet ? VIEW_LIVE : VIEW_LINES;
}

void
view_init(struct view *view, const struct arguments *a, const char *root)
{
	*view = (struct view){ .kind = choose_kind(a), .quiet = a->quiet,
	    .root = root, .tally.started = rpc_now() };
	live_init(&view->live);
	/* Whoever follows a log wants each line when it happens. */
	if (view->kind != VIEW_JSON)
		setvbuf(stdout, NULL, _IOLBF, 0);
}

void
view_fini(struct view *view)
{
	free(view->rows);
	free(view->last_advice);
}

int
view_add(struct view *view, uint32_t number, const char *path, bool wanted)
{
	size_t n = view->nrows;

	/* Room is doubled at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct row *rows = reallocarray(view->rows, n == 0 ? 1 : 2 * n,
		    sizeof(*rows));
		if (rows == NULL)
			return -ENOMEM;
		view->rows = rows;
	}
	if (number != n)
		abort();	/* our own mistake */
	struct row *row = &view->rows[view->nrows++];
	*row = (struct row){ .state = CLI_WANTED, .wanted = wanted };
	snprintf(row->path, sizeof(row->path), "%s", path);
	view->tally.count++;
	view->live.dirty = true;
	return 0;
}

void
view_hide(struct view *view, uint32_t number)
{
	view->rows[number].hidden = true;
	view->rows[number].state = CLI_COMMITTED;
	view->tally.count--;
}

void
view_size(struct view *view, uint32_t number, uint64_t size)
{
	view->rows[number].size = size;
	view->live.dirty = true;
}

bool
view_wanted(const struct view *view, uint32_t number)
{
	return view->rows[number].wanted;
}

void
view_packed(struct view *view, uint32_t number)
{
	view->rows[number].packed = true;
}

static void
say_advice(struct view *view, const struct reason *reason, const char *path)
{
	char user[DEPOT_USER_MAX + 1], text[PATH_MAX + 200];

	snprintf(user, sizeof(user), "%.*s", (int)strcspn(path, "/"), path);
	reason_hint(text, sizeof(text), reason, user, view->root);
	if (text[0] == '\0' || (view->last_advice != NULL &&
	    strcmp(text, view->last_advice) == 0))
		return;
	advise("%s", text);
	free(view->last_advice);
	view->last_advice = strdup(text);
}

static void
say_failure(struct view *view, const char *path, const struct reason *reason,
    const char *source)
{
	char text[400];

	reason_text(text, sizeof(text), reason);
	complain("%s: %s%s%s", path, text, source[0] == '\0' ? "" :
	    "; source: ", source);
	say_advice(view, reason, path);
}

static void
json_result(const char *path, const char *result, const struct reason *reason,
    uint64_t size, const char *source)
{
	char text[400];

	json_begin("result");
	json_text("path", path);
	json_text("result", result);
	json_text("state", state_word(why_state(reason->why)));
	json_text("reason", why_word(reason->why));
	reason_text(text, sizeof(text), reason);
	json_text("message", text);
	if (source[0] != '\0')
		json_text("server", source);
	if (reason->detail != 0)
		json_number("detail", (int64_t)reason->detail);
	if (reason->error != 0)
		json_text("error", strerror(reason->error));
	json_number("size", (int64_t)size);
	json_end();
}

/* "alice/raw/x/1: installed (1.2 MB)", if the size is known.  What was there
 * already is only said of what the user named. */
static void
say_success(const struct view *view, const struct row *row)
{
	const char *done = row->packed ? "kept" : "installed";
	char size[TEXT_SHORT];

	text_size(size, row->size);
	if (view->quiet || (row->why == WHY_PRESENT && !row->wanted))
		return;
	if (row->why == WHY_PRESENT)
		say("%s: already %s", row->path, row->packed ? "there" : done);
	else if (row->why == WHY_DRY_RUN)
		say("%s: would be %s", row->path, done);
	else if (row->size > 0)
		say("%s: %s (%s)", row->path, done, size);
	else
		say("%s: %s", row->path, done);
}

static void
count_result(struct tally *tally, const struct row *row)
{
	if (row->why == WHY_STOPPED)
		tally->stopped++;
	else if (row->state != CLI_COMMITTED)
		tally->failed++;
	else if (row->why == WHY_PRESENT)
		tally->present++;
	else if (row->why == WHY_DRY_RUN)
		tally->planned++;
	else if (row->why == WHY_BLESSED)
		tally->blessed++;
	else if (row->packed)
		tally->kept++;
	else
		tally->installed++;
}

static void
show_result(struct view *view, const struct row *row,
    const struct reason *reason, const char *source)
{
	bool good = row->state == CLI_COMMITTED;

	count_result(&view->tally, row);
	if (!good)
		view->status = status_worse(view->status,
		    row->why == WHY_STOPPED ? STATUS_FAILED :
		    status_of_why(row->why));
	if (view->kind == VIEW_JSON) {
		json_result(row->path, !good ? "failed" : row->packed &&
		    row->why == WHY_INSTALLED ? "kept" : why_word(row->why),
		    reason, row->size, source);
		return;
	}
	if (view->kind == VIEW_LIVE)
		live_erase(&view->live);
	/* Loud: it is what airlock is there to prevent. */
	if (row->why == WHY_BLESSED)
		say_failure(view, row->path, reason, source);
	else if (good)
		say_success(view, row);
	else if (row->why != WHY_STOPPED)
		say_failure(view, row->path, reason, source);
}

/* A state on the way: --json tells each change, and progress now and then; a
 * log only that a download has begun. */
static void
show_progress(struct view *view, struct row *row, bool changed)
{
	uint64_t now = rpc_now();

	if (view->kind == VIEW_LINES && changed && !view->quiet &&
	    row->state == CLI_DOWNLOADING)
		say("%s: downloading", row->path);
	if (view->kind != VIEW_JSON || view->quiet ||
	    (!changed && now - row->told < JSON_INTERVAL))
		return;
	row->told = now;
	json_begin("state");
	json_text("path", row->path);
	json_text("state", state_word(row->state));
	json_number("now", (int64_t)row->now);
	json_number("total", (int64_t)row->total);
	json_end();
}

/* States are coalesced: what was told of a download may be its beginning. */
static void
row_fetched(struct view *view, struct row *row, uint64_t bytes)
{
	view->tally.fetched += bytes - row->fetched;
	row->fetched = bytes;
}

void
view_state(struct view *view, uint32_t number, enum cli_state state,
    uint64_t now, uint64_t total)
{
	struct row *row = &view->rows[number];
	bool changed = row->state != state;

	if (row->hidden)
		return;

	row->state = state;
	row->now = now;
	row->total = total;
	if (state == CLI_DOWNLOADING && total > 0)
		row->size = total;
	if (state == CLI_DOWNLOADING && now > row->fetched)
		row_fetched(view, row, now);
	view->live.dirty = true;
	if (!state_is_final(state))
		show_progress(view, row, changed);
}

void
view_result(struct view *view, uint32_t number, const struct reason *reason,
    uint64_t size, uint64_t received, const char *source)
{
	struct row *row = &view->rows[number];

	row->state = why_state(reason->why);
	row->why = reason->why;
	row->size = size;
	if (reason->why == WHY_INSTALLED) {
		row_fetched(view, row, received);
		view->tally.verified += size;
	}
	view->live.dirty = true;
	show_result(view, row, reason, source);
}

void
view_failure(struct view *view, const char *path, const struct reason *reason)
{
	view->tally.count++;
	view->tally.failed++;
	view->status = status_worse(view->status, status_of_why(reason->why));
	if (view->kind == VIEW_JSON)
		json_result(path, "failed", reason, 0, "");
	else
		say_failure(view, path, reason, "");
}

static void
json_catalog(const char *path, const struct catalog_head *head)
{
	json_begin("catalog");
	json_text("path", path);
	json_number("serial", (int64_t)head->serial);
	json_number("created", head->created);
	json_number("expires", head->expires);
	json_end();
}

void
view_catalog(struct view *view, uint32_t number, const struct reason *reason,
    const struct catalog_head *head, const char *source)
{
	struct row *row = &view->rows[number];
	bool good = reason->why == WHY_INSTALLED;

	if (good && view->kind == VIEW_JSON)
		json_catalog(row->path, head);
	if (good && row->hidden)
		return;
	if (row->hidden) {
		row->hidden = false;
		view->tally.count++;
	}
	view_result(view, number, reason, 0, 0, source);
}

void
view_waiting(struct view *view, pid_t holder)
{
	if (holder == view->holder && holder != 0)
		return;
	if (view->kind == VIEW_JSON) {
		json_begin("wait");
		json_number("pid", holder);
		json_end();
	} else if (holder != 0) {
		complain("waiting: another airlock (process %d) works on %s",
		    (int)holder, view->root);
	} else if (view->holder == 0) {
		complain("waiting: another airlock works on %s", view->root);
	}
	view->holder = holder == 0 ? -1 : holder;
}

void
view_unpacked(struct view *view, uint64_t bytes)
{
	view->tally.unpacked += bytes;
}

void
view_usage(struct view *view, struct usage *usage)
{
	if (view->kind == VIEW_LIVE)
		live_erase(&view->live);
	usage->fetched = view->tally.fetched;
	usage->verified = view->tally.verified;
	usage->unpacked = view->tally.unpacked;
}

void
view_stopping(struct view *view)
{
	if (view->kind == VIEW_LIVE)
		live_erase(&view->live);
	if (view->kind != VIEW_JSON)
		complain("stopping; once more to end at once");
}

int
view_timeout(const struct view *view)
{
	if (view->kind != VIEW_LIVE || view->nrows == 0)
		return -1;
	return live_timeout(&view->live);
}

void
view_tick(struct view *view)
{
	if (view->kind == VIEW_LIVE && view->nrows > 0)
		live_draw(&view->live, view->rows, view->nrows, &view->tally);
}

static void
summary_add(char *text, size_t size, size_t n, const char *what)
{
	size_t at = strlen(text);

	if (n > 0)
		snprintf(text + at, size - at, "%s%zu %s", at == 0 ? "" : ", ",
		    n, what);
}

static void
say_summary(const struct tally *tally, uint64_t ms)
{
	char text[200] = "", size[TEXT_SHORT];

	summary_add(text, sizeof(text), tally->installed, "installed");
	summary_add(text, sizeof(text), tally->blessed,
	    "installed WITHOUT verification");
	summary_add(text, sizeof(text), tally->kept, "kept");
	summary_add(text, sizeof(text), tally->planned, "would be installed");
	summary_add(text, sizeof(text), tally->present, "already present");
	summary_add(text, sizeof(text), tally->failed, "failed");
	summary_add(text, sizeof(text), tally->stopped, "not done");
	text_size(size, tally->fetched);
	if (tally->fetched > 0)
		say("%s, %s in %.1f s", text, size, (double)ms / 1000);
	else if (text[0] != '\0')
		say("%s in %.1f s", text, (double)ms / 1000);
}

void
view_finish(struct view *view, enum status status)
{
	const struct tally *tally = &view->tally;
	uint64_t ms = rpc_now() - tally->started;

	if (view->kind == VIEW_LIVE)
		live_erase(&view->live);
	if (view->kind != VIEW_JSON && !view->quiet)
		say_summary(tally, ms);
	if (view->kind != VIEW_JSON && tally->stopped > 0)
		advise("run it again: it goes on where it stopped");
	if (view->kind != VIEW_JSON)
		return;
	json_begin("end");
	json_number("status", (int64_t)status);
	json_number("installed", (int64_t)tally->installed);
	json_number("blessed", (int64_t)tally->blessed);
	json_number("kept", (int64_t)tally->kept);
	json_number("planned", (int64_t)tally->planned);
	json_number("present", (int64_t)tally->present);
	json_number("failed", (int64_t)tally->failed);
	json_number("stopped", (int64_t)tally->stopped);
	json_number("bytes", (int64_t)tally->fetched);
	json_number("milliseconds", (int64_t)ms);
	json_end();
}

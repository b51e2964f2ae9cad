#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/evidence.h"
#include "cli/inventory.h"
#include "cli/message.h"
#include "cli/needs.h"
#include "cli/plan.h"
#include "cli/receipts.h"
#include "cli/tag.h"
#include "cli/userfile.h"
#include "depot/store.h"
#include "depot/url.h"
#include "rpc/cap.h"

/* Longest name below a directory of ROOT: a path with its suffixes. */
#define NAME_SIZE	(DEPOT_PATH_MAX + sizeof(".tar.xz.sig"))
#define QUARANTINE	"public/.airlock"	/* below ROOT */
#define WORTH		(1 << 20)	/* bytes; a smaller one is fetched anew */

void
plan_init(struct plan *plan, const struct arguments *a, const struct root *root,
    struct view *view)
{
	*plan = (struct plan){ .arguments = a, .root = root, .view = view,
	    .image = DEPOT_IMAGE,
	    .depot = -1, .public = -1, .quarantine = -1,
	    .receipts = -1 };
	plan->ready_end = &plan->ready;
	catalogs_init(&plan->catalogs, plan->arguments);
	plan->copies_end = &plan->copies;
}

static void
keep(void *item)
{
	(void)item;	/* it is freed by its number */
}

void
plan_tidy(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->items[i]->has_parents) {
			store_remove_parents(plan->depot, &plan->items[i]->path);
			store_remove_parents(plan->public,
			    &plan->items[i]->path);
		}
}

void
plan_fini(struct plan *plan)
{
	tdestroy(plan->by_path, keep);
	for (uint32_t i = 0; i < plan->count; i++)
		free(plan->items[i]);
	free(plan->items);
	catalogs_fini(&plan->catalogs);
	cap_close_fd(&plan->depot);
	cap_close_fd(&plan->public);
	cap_close_fd(&plan->quarantine);
	cap_close_fd(&plan->receipts);
}

/* ---- what is wanted ---- */

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct planned *)a)->path.text,
	    ((const struct planned *)b)->path.text);
}

static struct planned *
planned_new(struct plan *plan, const struct depot_path *path)
{
	uint32_t n = plan->count;

	if (n == PLAN_MAX)
		return NULL;
	/* Room is doubled at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct planned **items = reallocarray(plan->items,
		    n == 0 ? 1 : 2 * (size_t)n, sizeof(*items));
		if (items == NULL)
			return NULL;
		plan->items = items;
	}
	struct planned *item = calloc(1, sizeof(*item));
	if (item == NULL)
		return NULL;
	depot_path_copy(&item->path, path);
	item->max_size = item->max_bytes = item->max_entries = UINT64_MAX;
	item->number = n;
	plan->items[plan->count++] = item;
	return item;
}

/* What came as a dependency and is named now is to stay: `airlock gc`. */
static void
item_name(const struct plan *plan, const struct planned *item)
{
	int error = receipt_want(plan->receipts, &item->path);

	if (error < 0)
		complain("%s: its receipt cannot be changed: %s",
		    item->path.text, strerror(-error));
}

/* It was wanted before, perhaps with less of what it needs. */
static void
item_extend(struct plan *plan, struct planned *item, uint32_t needs)
{
	if ((needs & ~item->needs) == 0)
		return;
	/* Not at once: lists may be as deep as a publisher likes. */
	if (item->there && !item->is_reopened) {
		item->is_reopened = true;
		item->next_reopened = plan->reopened;
		plan->reopened = item;
	}
	item->needs |= needs;
}

void
plan_want(struct plan *plan, const struct depot_path *path, uint32_t needs,
    bool wanted)
{
	const struct reason many = { WHY_MANY, 0, 0 };
	struct planned key;

	depot_path_copy(&key.path, path);
	struct planned *const *found = tfind(&key, &plan->by_path, compare);
	if (found != NULL) {
		item_extend(plan, *found, needs);
		return;
	}
	struct planned *item = planned_new(plan, path);
	if (item != NULL && path->type == DEPOT_IMAGE)
		item->path.type = plan->image;
	if (item == NULL ||
	    view_add(plan->view, item->number, path->text, wanted) < 0 ||
	    tsearch(item, &plan->by_path, compare) == NULL)
		view_failure(plan->view, path->text, &many);
	else
		item->needs = needs;
}

/* ---- what may be a source's fault ---- */

/* Could the same archive be better elsewhere?  Each attempt is verified, so
 * that going on after a bad signature risks nothing. */
static bool
may_differ_elsewhere(enum cli_why why)
{
	return why_state(why) == CLI_UNAVAILABLE || why == WHY_SIZE ||
	    (why_state(why) == CLI_UNTRUSTED && why != WHY_NO_KEY &&
	    why != WHY_BAD_KEY);
}

/* Which source the reason is about: "" if it is about none.  With redirects
 * another server may have said it, which only the manager knows. */
static void
item_blame(const struct plan *plan, const struct planned *item,
    const struct reason *reason, char text[ORIGIN_TEXT])
{
	struct url url;

	text[0] = '\0';
	if (item->blamed > 0 && may_differ_elsewhere(reason->why) &&
	    origin_line(&url, plan->depot, item->path.user,
	    item->blamed - 1) > 0)
		origin_text(text, &url);
}

/* ---- how an archive ends ---- */

static void item_look(struct plan *, struct planned *);

/* Bytes of the archive as it was served; 0 if it is not in public/. */
static uint64_t
fetched_size(const struct plan *plan, const struct planned *item)
{
	char name[NAME_SIZE];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", item->path.text,
	    depot_path_suffix(&item->path));
	return fstatat(plan->public, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    (uint64_t)st.st_size : 0;
}

/*
 * Into public/, the signature first, so that no archive is seen there without.
 * One of other content goes before that: for an instant there is none, rather
 * than one whose signature is wrong.  What a catalog vouches for has no signature
 * of its own, unless it was asked for.
 */
static int
item_publish(const struct plan *plan, const struct planned *item)
{
	char name[NAME_SIZE], flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(&item->path, flat);
	if (faccessat(plan->quarantine, flat, F_OK, AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	snprintf(name, sizeof(name), "%s%s", item->path.text,
	    depot_path_suffix(&item->path));
	if (!item->local)
		(void)unlinkat(plan->public, name, 0);
	int error = store_publish(plan->quarantine, plan->public, &item->path,
	    true);
	return error < 0 && (error != -ENOENT || plan->mirrors) ? error :
	    store_publish(plan->quarantine, plan->public, &item->path, false);
}

/* What nobody has verified does not get where others take it from. */
static void
item_discard(const struct plan *plan, const struct planned *item)
{
	char flat[DEPOT_PATH_MAX + 1];

	depot_path_flat(&item->path, flat);
	(void)unlinkat(plan->quarantine, flat, 0);
}

/* Its files are in quarantine.  That public/ lacks what is unpacked costs another
 * download; of what is kept packed, or mirrored, it is all that there is. */
static void
item_settle(const struct plan *plan, const struct planned *item,
    struct reason *result)
{
	if (result->why == WHY_BLESSED)
		item_discard(plan, item);
	if (result->why != WHY_INSTALLED)
		return;
	int error = item_publish(plan, item);
	if (error < 0 && (item->packed || plan->mirrors))
		*result = (struct reason){ error == -ENOSPC ||
		    error == -EDQUOT ? WHY_SPACE : WHY_SYSTEM, 0, -error };
}

/* The manager's measure. */
static uint64_t
unpacked_size(const struct plan *plan, const struct planned *item)
{
	struct receipt_text receipt;

	return receipt_read(&receipt, plan->receipts, &item->path) ?
	    (uint64_t)receipt_number(&receipt, "unpacked") : 0;
}

/* A lockfile names keys as well, which the manager is not told of: who has
 * signed it is known now. */
static enum cli_why
item_locked_key(const struct plan *plan, const struct planned *item)
{
	return plan->locked == NULL ? WHY_NONE : locked_compare(
	    locked_find(plan->locked, &item->path), plan->receipts);
}

/* What has waited for a catalog is looked at once more. */
static void
waiting_release(struct plan *plan, struct voucher *voucher)
{
	struct planned *item = voucher->waiting, *next;

	voucher->waiting = NULL;
	voucher->waiting_end = &voucher->waiting;
	for (; item != NULL; item = next) {
		next = item->next_again;
		item_look(plan, item);
	}
}

/* Its extractor has made a list of its files, of which nobody has a use. */
static void
catalog_forget(const struct plan *plan, const struct planned *item)
{
	char name[DEPOT_PATH_MAX + sizeof(STORE_MANIFESTED)];

	depot_path_flat(&item->path, name);
	strcat(name, STORE_MANIFESTED);
	(void)unlinkat(plan->receipts, name, 0);
}

/* The manager has taken a catalog: does it count?  WHY_INSTALLED, or why not. */
static enum cli_why
catalog_judge(struct plan *plan, const struct planned *item)
{
	enum cli_why why = voucher_accept(&plan->catalogs,
	    catalogs_of(&plan->catalogs, item->path.user),
	    plan->session->started.staging, item->number);

	if (why == WHY_INSTALLED)
		item_publish(plan, item);
	else
		store_discard(plan->quarantine, &item->path);
	return why;
}

/* Of a publisher who is mirrored as a whole. */
static void
catalog_want_all(struct plan *plan, const struct voucher *voucher)
{
	size_t at = voucher->catalog.head.size;
	struct catalog_entry entry;

	if (plan->whole == NULL || strcmp(plan->whole, voucher->user) != 0)
		return;
	while (catalog_next(&voucher->catalog, &at, &entry))
		plan_want(plan, &entry.path, plan->whole_needs, false);
}

/* A catalog is no archive: it is only shown if it is refused, or was named. */
static void
catalog_finish(struct plan *plan, struct planned *item,
    const struct reason *reason)
{
	struct voucher *voucher = catalogs_of(&plan->catalogs,
	    item->path.user);
	bool over = voucher == NULL || reason->why == WHY_STOPPED ||
	    reason->why == WHY_DRY_RUN;
	struct reason result = *reason;
	char source[ORIGIN_TEXT];

	item->done = true;
	if (!over && result.why == WHY_INSTALLED)
		catalog_want_all(plan, voucher);
	else if (!over)
		result.why = voucher_miss(&plan->catalogs, voucher,
		    result.why);
	catalog_forget(plan, item);
	item_blame(plan, item, &result, source);
	if (result.why == WHY_NONE && !item->hidden)
		result.why = reason->why;
	if (result.why != WHY_NONE && !(over && item->hidden))
		view_catalog(plan->view, item->number, &result,
		    voucher == NULL ? NULL : &voucher->catalog.head, source);
	if (!over)
		waiting_release(plan, voucher);
}

static void
item_finish(struct plan *plan, struct planned *item,
    const struct reason *reason)
{
	if (item->path.type == DEPOT_CATALOG) {
		catalog_finish(plan, item, reason);
		return;
	}
	struct reason result = *reason;
	char source[ORIGIN_TEXT];

	item_settle(plan, item, &result);
	uint64_t size = result.why == WHY_INSTALLED ?
	    fetched_size(plan, item) : 0;
	item->done = true;
	bool unpacked = !item->packed && (result.why == WHY_INSTALLED ||
	    result.why == WHY_BLESSED);
	if (unpacked && item_locked_key(plan, item) != WHY_NONE)
		result.why = item_locked_key(plan, item);
	item->there = result.why == WHY_INSTALLED ||
	    result.why == WHY_BLESSED || result.why == WHY_PRESENT;
	if (unpacked && plan->arguments->stats)
		view_unpacked(plan->view, unpacked_size(plan, item));
	/* Its archives are wanted before it is shown, so that the count of all
	 * never seems to be reached too early. */
	if (item->there && needs_want(plan, item) < 0) {
		item->there = false;
		result = (struct reason){ WHY_ARCHIVES, 0, 0 };
	}
	item_blame(plan, item, &result, source);
	view_result(plan->view, item->number, &result, size,
	    item->copied ? 0 : size, source);
}

static void
item_end(struct plan *plan, struct planned *item, enum cli_why why)
{
	const struct reason reason = { why, 0, 0 };

	item_finish(plan, item, &reason);
}

/* ---- where it comes from ---- */

/* May it have no signature?  Where there is no key, or a catalog vouches for it,
 * nobody looks at one; a mirror is for others, who do. */
static bool
item_is_bare(const struct plan *plan, const struct planned *item)
{
	return item->keyless || (item->listed != 0 && !plan->mirrors);
}

/* The next URL of the user's `download` file: false if there is none left. */
static bool
origin_next(const struct plan *plan, struct planned *item, struct url *url)
{
	int found;

	do	/* a line that is no URL is passed over */
		found = origin_line(url, plan->depot, item->path.user,
		    item->line++);
	while (found < 0);
	return found > 0;
}

/* In a form that is not unpacked. */
static bool
is_other_image(const struct depot_path *path)
{
	return path->type == DEPOT_IMAGE_DISK || path->type == DEPOT_IMAGE_ZIP;
}

static void
request_fill(struct cli_install_req *req, struct plan *plan,
    const struct planned *item)
{
	const struct voucher *voucher = catalogs_of(&plan->catalogs,
	    item->path.user);
	const char *exceptions = voucher == NULL ? "" : voucher->exceptions;
	const struct arguments *a = plan->arguments;
	const struct lockfile_entry *entry = plan->locked == NULL ? NULL :
	    locked_find(plan->locked, &item->path);
	_Static_assert(sizeof(req->path) > DEPOT_PATH_MAX, "a path fits");
	*req = (struct cli_install_req){ .archive = item->number,
	    .flags = (view_wanted(plan->view, item->number) ?
		CLI_WANTED_BY_NAME : 0) |
		(item->packed ? CLI_KEEP_PACKED : 0) |
		(item->keyless ? CLI_WAIVED : 0),
	    .line = item->listed,
	    .serial = item->listed == 0 ? 0 : voucher->catalog.head.serial,
	    .max_size = MIN(item->max_size, a->max_size),
	    .max_bytes = MIN(item->max_bytes, a->max_unpacked),
	    .max_entries = MIN(item->max_entries, a->max_entries),
	    .max_ratio = a->max_ratio };
	strcpy(req->path, item->path.text);
	if (entry != NULL) {
		req->flags |= CLI_LOCKED;
		memcpy(req->digest, entry->digest, sizeof(req->digest));
	}
	snprintf(req->exceptions, sizeof(req->exceptions), "%s%s%s",
	    exceptions, exceptions[0] != '\0' && item->unlisted ? " " : "",
	    item->unlisted ? "unlisted" : "");
}

/* From there; and where a former run has stopped, if it was from there too. */
static void
request_aim(struct cli_install_req *req, const struct plan *plan,
    struct planned *item, const struct url *url)
{
	char flat[DEPOT_PATH_MAX + 1];
	struct url_tag tag;
	struct url_place *from = &req->from;

	_Static_assert(sizeof(from->host) == sizeof(url->host) &&
	    sizeof(from->target) > sizeof(url->path) + DEPOT_PATH_MAX +
	    sizeof(".img.xz.sig"), "a URL fits");
	from->scheme = url->scheme;
	from->port = url->port;
	memcpy(from->host, url->host, sizeof(from->host));
	snprintf(from->target, sizeof(from->target), "%s/%s%s", url->path,
	    item->path.text, depot_path_suffix(&item->path));
	depot_path_flat(&item->path, flat);
	if (tag_read(plan->quarantine, flat, &tag) &&
	    strcmp(tag.host, from->host) == 0)
		req->tag = tag;
	memcpy(item->tagged, req->tag.validator, sizeof(item->tagged));
}

/* A publisher may have replaced its catalog just between its two files. */
static bool
is_halfway(const struct planned *item, enum cli_why why)
{
	return item->path.type == DEPOT_CATALOG && why == WHY_BAD_SIGNATURE &&
	    item->source == PLAN_ORIGIN && !item->retried;
}

/* An attempt is over, and perhaps not the last one. */
static void
item_tried(struct plan *plan, struct planned *item,
    const struct reason *reason)
{
	if (!may_differ_elsewhere(reason->why)) {
		item_finish(plan, item, reason);
		return;
	}
	if (is_halfway(item, reason->why)) {
		item->retried = true;
		item->line--;
	}
	enum status old = status_of_why(item->reason.why);
	if (old == STATUS_DONE ||
	    status_worse(old, status_of_why(reason->why)) != old) {
		item->reason = *reason;
		item->blamed = item->local ? 0 : item->line;
	}
	item->next_again = plan->again;
	plan->again = item;
}

/* Where it is unpacked, and where it is moved; false: it failed for that. */
static bool
directories_make(struct plan *plan, struct planned *item)
{
	item->has_parents = true;
	int error = store_make_parents(plan->public, item->path.text);

	if (error == 0 && !item->packed)
		error = store_make_parents(plan->depot, item->path.text);
	if (error == 0 && !item->packed)
		error = store_stage(plan->session->started.staging,
		    CLI_STAGING(item->number), LAUNCHER_UID_BASE +
			LAUNCHER_UID(LAUNCHER_AN_EXTRACTOR));
	if (error == 0)
		return true;
	const struct reason reason = { error == -ENOSPC || error == -EDQUOT ?
	    WHY_SPACE : WHY_SYSTEM, 0, -error };
	item_finish(plan, item, &reason);
	return false;
}

static enum status
item_send(struct plan *plan, struct planned *item,
    const struct cli_install_req *req)
{
	if (!directories_make(plan, item))
		return STATUS_DONE;
	enum status status = session_install(plan->session, req);

	item->asked = status == STATUS_DONE;
	item->copied = req->flags & CLI_COPIED;
	plan->in_flight += item->asked;
	return status;
}

/* ---- what lies here: copied in turn, one slice between two looks around ---- */

/* False, with a reason in the copy: it cannot be had there. */
static bool
copies_add(struct plan *plan, struct planned *item, int directory)
{
	if (!copy_begin(&item->copy, directory, plan->quarantine, &item->path,
	    plan->arguments->max_size, item_is_bare(plan, item)))
		return false;
	item->next_again = NULL;
	*plan->copies_end = item;
	plan->copies_end = &item->next_again;
	plan->ncopies++;
	view_state(plan->view, item->number, CLI_DOWNLOADING, 0,
	    item->copy.size);
	return true;
}

/* From public/: false if it is not there. */
static bool
item_copy_public(struct plan *plan, struct planned *item)
{
	const struct reason *reason = &item->copy.reason;

	if (copies_add(plan, item, plan->public))
		return true;
	if (why_state(reason->why) == CLI_UNAVAILABLE ||
	    reason->why == WHY_NO_SIGNATURE)
		return false;
	item_tried(plan, item, reason);
	return true;
}

/* From a file: URL. */
static void
item_copy_origin(struct plan *plan, struct planned *item,
    const struct url *url)
{
	const struct reason none = { WHY_NO_DIRECTORY, 0, 0 };
	CLOSE int directory = open(url->path[0] == '\0' ? "/" : url->path,
	    O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (directory == -1)
		item_tried(plan, item, &none);
	else if (!copies_add(plan, item, directory))
		item_tried(plan, item, &item->copy.reason);
}

static struct planned *
copies_take(struct plan *plan)
{
	struct planned *item = plan->copies;

	plan->copies = item->next_again;
	if (plan->copies == NULL)
		plan->copies_end = &plan->copies;
	plan->ncopies--;
	return item;
}

static void
copies_stop(struct plan *plan)
{
	while (plan->ncopies > 0) {
		struct planned *item = copies_take(plan);
		copy_end(&item->copy);
		store_discard(plan->quarantine, &item->path);
	}
}

/* The first one's next slice; what is whole is the manager's. */
static enum status
copies_advance(struct plan *plan)
{
	enum status status = STATUS_DONE;
	struct planned *item = plan->copies;
	struct cli_install_req req;

	if (plan->session->stopping)
		copies_stop(plan);
	if (plan->ncopies == 0)
		return STATUS_DONE;
	bool more = copy_slice(&item->copy);
	view_state(plan->view, item->number, CLI_DOWNLOADING,
	    copy_now(&item->copy), item->copy.size);
	if (more)
		return STATUS_DONE;
	(void)copies_take(plan);
	if (item->copy.reason.why == WHY_NONE) {
		request_fill(&req, plan, item);
		req.flags |= CLI_COPIED;
		status = item_send(plan, item, &req);
	}
	if (!item->asked)
		store_discard(plan->quarantine, &item->path);
	if (item->copy.reason.why != WHY_NONE)
		item_tried(plan, item, &item->copy.reason);
	return status;
}

static bool
ask_origin(struct plan *plan, struct planned *item, enum status *status)
{
	struct cli_install_req req;
	struct url url;

	if (!origin_next(plan, item, &url))
		return false;
	if (url.scheme == URL_FILE) {
		item_copy_origin(plan, item, &url);
		return true;
	}
	request_fill(&req, plan, item);
	request_aim(&req, plan, item, &url);
	*status = item_send(plan, item, &req);
	return true;
}

/* Where it may be, if not there.  A catalog is to be new; if no server can be
 * reached, the one that was accepted last is good until it expires. */
static enum plan_source
source_after(const struct plan *plan, const struct planned *item)
{
	bool is_catalog = item->path.type == DEPOT_CATALOG;

	switch (item->source) {
	case PLAN_LOCAL:
		return plan->arguments->offline ? PLAN_NOWHERE : PLAN_ORIGIN;
	case PLAN_ORIGIN:
		return is_catalog && !voucher_denied(item->reason.why) &&
		    why_state(item->reason.why) == CLI_UNAVAILABLE ?
		    PLAN_AGAIN : PLAN_NOWHERE;
	default:
		return PLAN_NOWHERE;
	}
}

/* Ask for the archive from where it was not tried yet; or that was all. */
static enum status
item_ask(struct plan *plan, struct planned *item)
{
	enum status status = STATUS_DONE;

	while (item->source != PLAN_NOWHERE) {
		item->local = item->source != PLAN_ORIGIN;
		bool sent = item->local ? item_copy_public(plan, item) :
		    ask_origin(plan, item, &status);
		if (!sent || item->local)
			item->source = source_after(plan, item);
		if (sent)
			return status;
	}
	if (item->reason.why == WHY_NONE)
		item->reason.why = plan->arguments->offline ? WHY_OFFLINE :
		    WHY_NO_ORIGIN;
	item_finish(plan, item, &item->reason);
	return STATUS_DONE;
}

/* Over a limit that is not the user's, but signed. */
static enum cli_why
limit_why(const struct plan *plan, const struct planned *item,
    enum cli_why why)
{
	const struct arguments *a = plan->arguments;

	return (why == WHY_SIZE && item->max_size < a->max_size) ||
	    (why == WHY_BYTES && item->max_bytes < a->max_unpacked) ||
	    (why == WHY_ENTRIES && item->max_entries < a->max_entries) ?
	    WHY_DIGEST : why;
}

int
plan_answered(struct plan *plan, const struct cli_install_rep *reply)
{
	struct reason reason = { reply->why, reply->detail, reply->error };
	struct planned *item = reply->archive < plan->count ?
	    plan->items[reply->archive] : NULL;

	if (item == NULL || !item->asked ||
	    !state_is_final(why_state(reason.why)))
		return -EBADMSG;
	item->asked = false;
	plan->in_flight--;
	tag_tidy(plan->quarantine, &item->path);
	if (reason.why == WHY_SPLIT)
		evidence_keep(plan->public, &item->path);
	/* A job that has ended before it began has not looked at our copy. */
	if (item->copied && why_state(reason.why) != CLI_COMMITTED)
		store_discard(plan->quarantine, &item->path);
	if (item->path.type == DEPOT_CATALOG && reason.why == WHY_INSTALLED)
		reason.why = catalog_judge(plan, item);
	reason.why = limit_why(plan, item, reason.why);
	item_tried(plan, item, &reason);
	return 0;
}

/* For a later run, if it is worth it. */
static void
tag_remember(const struct plan *plan, struct planned *item,
    const struct cli_state_req *state)
{
	struct url_tag tag = { "", "" };

	if (memcmp(item->tagged, state->tag.validator, sizeof(item->tagged)) == 0)
		return;
	memcpy(item->tagged, state->tag.validator, sizeof(item->tagged));
	if (state->total >= WORTH &&
	    memchr(state->tag.host, '\0', sizeof(state->tag.host)) != NULL &&
	    memchr(state->tag.validator, '\0', sizeof(state->tag.validator)) != NULL)
		tag = state->tag;
	tag_write(plan->quarantine, &item->path, &tag);
}

int
plan_state(struct plan *plan, const struct cli_state_req *state)
{
	if (state->archive >= plan->count ||
	    !plan->items[state->archive]->asked ||
	    state->state == CLI_NO_STATE || state->state > CLI_COMMITTED)
		return -EBADMSG;
	tag_remember(plan, plan->items[state->archive], state);
	/* Of what we copied ourselves that much was shown. */
	if (!plan->items[state->archive]->copied ||
	    state->state >= CLI_FETCHED)
		view_state(plan->view, state->archive, state->state,
		    state->now, state->total);
	return 0;
}

/* ---- the run ---- */

/* Is it there already?  A directory without a receipt is somebody else's. */
static enum cli_why
item_unpacked(const struct plan *plan, const struct planned *item)
{
	char flat[DEPOT_PATH_MAX + 1];
	struct stat st;

	if (fstatat(plan->depot, item->path.text, &st, AT_SYMLINK_NOFOLLOW) ==
	    -1)
		return WHY_NONE;
	depot_path_flat(&item->path, flat);
	return plan->receipts >= 0 && fstatat(plan->receipts, flat, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 ? WHY_PRESENT : WHY_FOREIGN;
}

/* A mirror has what lies there in both files: each got its name verified. */
static bool
item_mirrored(const struct plan *plan, const struct planned *item)
{
	return copy_possible(plan->public, &item->path,
	    item_is_bare(plan, item));
}

/* What tells what else is needed has to be unpacked. */
static bool
has_list(const struct depot_path *path)
{
	return path->type == DEPOT_PKG || path->type == DEPOT_SRC ||
	    path->type == DEPOT_INDEX;
}

/*
 * What has to be done for it: WHY_NONE, or it is there.  An image in another form
 * than the depot's is verified each time, as it is in public/ only, where others
 * may have put it.
 */
static enum cli_why
item_there(const struct plan *plan, struct planned *item)
{
	if (!plan->mirrors) {
		item->packed = is_other_image(&item->path);
		return item->packed ? WHY_NONE : item_unpacked(plan, item);
	}
	if (item->path.type == DEPOT_CATALOG)
		return WHY_NONE;	/* it is judged anew each time */
	enum cli_why why = has_list(&item->path) ? item_unpacked(plan, item) :
	    WHY_PRESENT;
	item->packed = why == WHY_PRESENT;
	/* What changes under its name is fetched anew. */
	if (depot_path_is_file(&item->path))
		item->source = PLAN_ORIGIN;
	else if (item_mirrored(plan, item))
		return why;
	return why == WHY_FOREIGN ? why : WHY_NONE;
}

/* The same, and is it what the lockfile says? */
static enum cli_why
item_judge(const struct plan *plan, struct planned *item)
{
	enum cli_why why = item_there(plan, item), other;
	const struct lockfile_entry *entry;

	if (plan->locked == NULL || item->path.type == DEPOT_CATALOG)
		return why;
	entry = locked_find(plan->locked, &item->path);
	if (entry == NULL)
		return WHY_NOT_LOCKED;
	other = why == WHY_PRESENT ? locked_compare(entry, plan->receipts) :
	    WHY_NONE;
	return other == WHY_NONE ? why : other;
}

static bool
has_key(const struct plan *plan, const struct planned *item)
{
	char name[DEPOT_USER_MAX + sizeof("/" USER_KEY)];

	snprintf(name, sizeof(name), "%s/" USER_KEY, item->path.user);
	return faccessat(plan->depot, name, F_OK, 0) == 0;
}

static void
list_append(struct planned ***end, struct planned *item)
{
	item->next_again = NULL;
	**end = item;
	*end = &item->next_again;
}

/* A catalog before all others: it tells what else there is to do. */
static void
item_queue(struct plan *plan, struct planned *item)
{
	if (item->path.type == DEPOT_CATALOG) {
		item->source = plan->arguments->offline ? PLAN_LOCAL :
		    PLAN_ORIGIN;
		item->next_again = plan->again;
		plan->again = item;
		return;
	}
	list_append(&plan->ready_end, item);
}

/* The publisher's catalog comes before its archives. */
static void
catalog_want(struct plan *plan, struct voucher *voucher)
{
	char text[DEPOT_USER_MAX + sizeof("/catalog")];
	struct depot_path path;
	uint32_t number = plan->count;

	int size = snprintf(text, sizeof(text), "%s/catalog", voucher->user);
	if (depot_path_parse(&path, text, (size_t)size) < 0)
		return;
	voucher->stage = CATALOG_ASKED;
	plan_want(plan, &path, 0, false);
	if (plan->count == number)
		return;		/* somebody has named it */
	plan->items[number]->hidden = true;
	view_hide(plan->view, number);
}

/* What its catalog says of an archive: WHY_NONE, or why it is refused. */
static enum cli_why
item_list(struct plan *plan, struct planned *item,
    const struct voucher *voucher)
{
	struct catalog_entry listed;
	struct stat st;

	if (is_other_image(&item->path))
		return WHY_NONE;	/* it has its own signature */
	if (!catalog_find(&voucher->catalog, item->path.text, &listed,
	    &item->listed)) {
		item->unlisted = true;
		return plan->arguments->allow_unlisted ||
		    plan->session == NULL ? WHY_NONE : WHY_UNLISTED;
	}
	item->max_size = listed.size;
	item->max_bytes = listed.bytes;
	item->max_entries = listed.entries;
	char name[NAME_SIZE];
	snprintf(name, sizeof(name), "%s%s", item->path.text,
	    depot_path_suffix(&item->path));
	if (fstatat(plan->public, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		view_size(plan->view, item->number, listed.size);
	needs_want_catalog(plan, item, &voucher->catalog, item->listed);
	return WHY_NONE;
}

/* What its publisher's catalog means for an archive that is not there: true, and
 * *why; or false, it waits for the catalog. */
static bool
item_vouch(struct plan *plan, struct planned *item, enum cli_why *why)
{
	struct voucher *voucher = catalogs_of(&plan->catalogs,
	    item->path.user);

	if (voucher->stage == CATALOG_UNKNOWN && plan->session == NULL)
		voucher_recall(&plan->catalogs, voucher);
	if (item->path.type == DEPOT_CATALOG) {
		voucher->stage = CATALOG_ASKED;
		return true;
	}
	if (voucher->stage == CATALOG_UNKNOWN)
		catalog_want(plan, voucher);
	if (voucher->stage == CATALOG_ASKED) {
		list_append(&voucher->waiting_end, item);
		return false;
	}
	if (voucher->stage == CATALOG_LISTS)
		*why = item_list(plan, item, voucher);
	else if (voucher->stage == CATALOG_REFUSED)
		*why = why_state(voucher->why) == CLI_UNAVAILABLE ?
		    voucher->why : WHY_NO_CATALOG;
	return true;
}

/* Its publisher: WHY_NONE, or why nothing can come of it. */
static enum cli_why
item_introduce(struct plan *plan, struct planned *item)
{
	const struct voucher *voucher = catalogs_of(&plan->catalogs,
	    item->path.user);

	item->keyless = !has_key(plan, item);
	if (item->keyless)
		return item->needs & NEEDS_WAIVED ? WHY_NONE : WHY_NO_KEY;
	if (voucher == NULL)
		return WHY_MANY;
	return plan->session == NULL ? WHY_NONE :
	    publisher_introduce(&plan->publishers, plan->session,
	    plan->arguments, plan->depot, item->path.user,
	    plan->mirrors ? CLI_OWN_SIGNATURES : 0);
}

/* How to go on with an archive: ask for it, wait, or end. */
static void
item_look(struct plan *plan, struct planned *item)
{
	enum cli_why why = item_judge(plan, item);

	if (item->packed || plan->mirrors)
		view_packed(plan->view, item->number);
	item->looked = true;
	if (why == WHY_PRESENT && plan->session != NULL &&
	    view_wanted(plan->view, item->number))
		item_name(plan, item);

	if (why == WHY_NONE)
		why = item_introduce(plan, item);
	if (why == WHY_NONE && !item->keyless && !item_vouch(plan, item, &why))
		return;
	if (why == WHY_NONE && plan->session == NULL)
		why = WHY_DRY_RUN;
	if (why != WHY_NONE) {
		item_end(plan, item, why);
		return;
	}
	item_queue(plan, item);
}

/* Its list was read before, and is valid. */
static void
items_reopen(struct plan *plan)
{
	struct planned *item;

	while ((item = plan->reopened) != NULL) {
		plan->reopened = item->next_reopened;
		item->is_reopened = false;
		(void)needs_want(plan, item);
	}
}

/* All that is known by now is looked at, before some of it has to wait for the
 * manager: so the sizes of all are known early. */
static void
items_look(struct plan *plan)
{
	do {
		while (plan->next < plan->count)
			item_look(plan, plan->items[plan->next++]);
		items_reopen(plan);
	} while (plan->next < plan->count);
}

/* What can be done next: one that may do better elsewhere, or a new one. */
static struct planned *
item_next(struct plan *plan)
{
	struct planned **from = plan->again != NULL ? &plan->again :
	    &plan->ready;
	struct planned *item = *from;

	if (item == NULL)
		return NULL;
	*from = item->next_again;
	if (plan->ready == NULL)
		plan->ready_end = &plan->ready;
	return item;
}

static enum status
plan_advance(struct plan *plan)
{
	/* As many as the manager takes: --jobs limits each phase, and those
	 * that are ready wait for a sync that many share. */
	const uint64_t most = CLI_INSTALLS;
	enum status status = STATUS_DONE;
	struct planned *item;

	items_look(plan);
	while (status == STATUS_DONE &&
	    plan->in_flight + plan->ncopies < most &&
	    !(plan->session != NULL && plan->session->stopping) &&
	    (item = item_next(plan)) != NULL) {
		status = item_ask(plan, item);
		items_look(plan);
	}
	return status;
}

static int
directories_open(struct plan *plan)
{
	plan->depot = root_open(plan->root, "depot");
	if (plan->public < 0)
		plan->public = root_open(plan->root, "public");
	plan->quarantine = root_open(plan->root, QUARANTINE);
	plan->receipts = root_open(plan->root, RECEIPTS);
	catalogs_open(&plan->catalogs, plan->root);
	int error = plan->depot < 0 ? plan->depot : plan->public;
	/* None of them need be there before a first use. */
	return error < 0 && error != -ENOENT ? error : 0;
}

/* Of what is unpacked the manager has seen to that. */
static void
plan_sync(const struct plan *plan)
{
	bool packed = false;

	for (uint32_t i = 0; i < plan->count; i++)
		packed |= plan->items[i]->packed && plan->items[i]->done;
	if (packed && syncfs(plan->public) == -1)
		warn("sync");
}

enum status
plan_run(struct plan *plan, struct session *session)
{
	plan->session = session;
	if (plan->depot == -1 && directories_open(plan) < 0)
		return STATUS_FAILED;
	if (plan->whole != NULL)
		catalog_want(plan, catalogs_of(&plan->catalogs, plan->whole));
	enum status status = plan_advance(plan);
	while (status == STATUS_DONE && plan->in_flight + plan->ncopies > 0) {
		status = session_step(session, plan->ncopies > 0);
		if (status == STATUS_DONE)
			status = copies_advance(plan);
		if (status == STATUS_DONE)
			status = plan_advance(plan);
	}
	plan_sync(plan);
	/* Stopped, or the manager is lost: nothing comes any more. */
	copies_stop(plan);
	for (uint32_t i = 0; i < plan->count; i++)
		if (!plan->items[i]->done)
			item_end(plan, plan->items[i], WHY_STOPPED);
	return status;
}

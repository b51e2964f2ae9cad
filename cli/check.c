/*
 * check: what is installed, compared file by file with what was unpacked.
 *
 * Three things have to hold together: the receipt, the manifest whose digest it
 * names, and the files that the manifest lists.  Each that does not is said as
 * what it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/checking.h"
#include "cli/command.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/pack.h"
#include "cli/receipts.h"
#include "cli/text.h"
#include "depot/store.h"
#include "rpc/cap.h"

enum result {
	RESULT_GOOD,
	RESULT_DIFFERS,
	RESULT_UNKNOWN,		/* nothing to compare with */
	RESULT_FOREIGN,		/* not installed by airlock */
	RESULTS,
};

static const struct {
	const char	*word;
	enum status	 status;
} results[RESULTS] = {
	[RESULT_GOOD] = { "good", STATUS_DONE },
	[RESULT_DIFFERS] = { "differs", STATUS_UNTRUSTED },
	[RESULT_UNKNOWN] = { "unknown", STATUS_FAILED },
	[RESULT_FOREIGN] = { "foreign", STATUS_DONE },
};

/* A finding about a file; and, where there are none, about the archive. */
struct words {
	const char	*word, *text;
};
static const struct words in_archive[CHECKER_NFINDINGS] = {
	[CHECKER_CHANGED] = { "changed", "changed" },
	[CHECKER_MODE] = { "mode", "its mode changed" },
	[CHECKER_TYPE] = { "type", "is something else now" },
	[CHECKER_TARGET] = { "target", "the link leads elsewhere" },
	[CHECKER_REMOVED] = { "removed", "removed" },
	[CHECKER_ADDED] = { "added", "added" },
	[CHECKER_UNREADABLE] = { "unreadable", "cannot be read" },
};
static const struct words foreign = { "foreign",
    "not installed by airlock" };
static const struct words receipt_damaged = { "receipt-damaged",
    "its receipt is damaged" };
static const struct words no_manifest = { "no-manifest",
    "installed without a manifest: nothing to compare with" };
static const struct words manifest_missing = { "manifest-missing",
    "its manifest is gone" };
static const struct words manifest_changed = { "manifest-changed",
    "its manifest is not the one that its receipt names: one was changed" };
static const struct words manifest_malformed = { "manifest-malformed",
    "its manifest cannot be read" };
static const struct words packed_changed = { "packed-changed",
    "in public/ lies another archive than its receipt names" };
static const struct words unreadable = { "unreadable", "cannot be read" };

struct check {
	const struct arguments *arguments;
	struct inventory inventory;
	struct checking	 checking;
	int		 depot, receipts, public;
	size_t		 next;			/* of the inventory */
	size_t		 total, done;		/* archives */
	size_t		 results[RESULTS];
	uint64_t	 bytes;			/* of those that are done */
	uint64_t	 said;			/* when, ms */
	bool		 live;			/* a line of progress */
	bool		 named;			/* archives were named */
	struct checked	 slots[CHECKERS_MAX];
	enum status	 worst;
};

/* ---- what is said ---- */

/* Away with the line of progress, before another one. */
static void
live_clear(const struct check *check)
{
	if (check->live)
		fputs("\r\033[K", stderr);
}

static void
live_show(struct check *check, uint64_t bytes)
{
	char size[TEXT_SHORT];
	uint64_t now = rpc_now();

	if (!check->live || now - check->said < 100)
		return;
	check->said = now;
	text_size(size, check->bytes + bytes);
	fprintf(stderr, "\r\033[Kchecking: %zu of %zu, %s", check->done,
	    check->total, size);
}

static void
finding_say(const struct check *check, const char *path, const char *where,
    const struct words *words, uint32_t mode)
{
	bool inside = where != NULL && strcmp(where, ".") != 0;
	char octal[16];

	snprintf(octal, sizeof(octal), "%04o", mode);
	if (check->arguments->json) {
		json_begin("finding");
		json_text("path", path);
		json_text("finding", words->word);
		if (where != NULL)
			json_text("where", where);
		if (mode != 0)
			json_text("mode", octal);
		json_end();
		return;
	}
	live_clear(check);
	say("%s%s%s  %s%s%s", path, inside ? "/" : "", inside ? where : "",
	    words->text, mode != 0 ? " to " : "", mode != 0 ? octal : "");
}

static void
result_say(struct check *check, const char *path, enum result result,
    const struct checker_compare_rep *reply)
{
	check->done++;
	check->results[result]++;
	check->worst = status_worse(check->worst, check->named &&
	    result == RESULT_FOREIGN ? STATUS_FAILED : results[result].status);
	if (!check->arguments->json)
		return;
	json_begin("check");
	json_text("path", path);
	json_text("result", results[result].word);
	if (reply != NULL) {
		json_number("entries", (int64_t)reply->entries);
		json_number("bytes", (int64_t)reply->bytes);
		json_number("findings", (int64_t)reply->findings);
	}
	json_end();
}

static void
whole_say(struct check *check, const char *path, enum result result,
    const struct words *words)
{
	if (result != RESULT_FOREIGN || check->named ||
	    !check->arguments->quiet)
		finding_say(check, path, NULL, words, 0);
	result_say(check, path, result, NULL);
}

static void
found(struct checked *checked, const struct checker_found_req *req)
{
	finding_say(checked->owner, checked->path.text, req->where,
	    &in_archive[req->finding],
	    req->finding == CHECKER_MODE ? req->mode : 0);
}

static void
progress(struct checked *checked, uint64_t bytes)
{
	live_show(checked->owner, bytes);
}

/* ---- one archive ---- */

/* Is all of it of the grammar, and about this archive? */
static bool
receipt_is_whole(const struct receipt_text *receipt, struct checked *checked)
{
	char path[RECEIPT_MAX];

	receipt_value(receipt, "path", path);
	return receipt_valid(receipt) &&
	    strcmp(path, checked->path.text) == 0 &&
	    receipt_digest(receipt, "sha256", checked->packed);
}

/* A regular file, or -1: its extractor may have made something else of it. */
static int
file_open(int dir, const char *name)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);

	if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)))
		cap_close_fd(&fd);
	return fd;
}

static int
manifest_open(const struct check *check, const struct depot_path *path)
{
	char name[STORE_NAME];

	depot_path_flat(path, name);
	strcat(name, STORE_MANIFESTED);
	return file_open(check->receipts, name);
}

/* Begin with an item, unless there is an end of it already. */
static void
item_begin(struct check *check, const struct item *item, size_t slot)
{
	struct checked *checked = &check->slots[slot];
	struct receipt_text receipt;
	char value[RECEIPT_MAX];

	*checked = (struct checked){ .found = found, .progress = progress,
	    .owner = check };
	if (depot_path_parse(&checked->path, item->path,
	    strlen(item->path)) < 0)
		return;		/* the inventory has looked at it */
	if (!item->receipt) {
		whole_say(check, item->path, RESULT_FOREIGN, &foreign);
		return;
	}
	receipt_read(&receipt, check->receipts, &checked->path);
	receipt_value(&receipt, "manifest", value);
	CLOSE int manifest = manifest_open(check, &checked->path);
	if (!receipt_is_whole(&receipt, checked))
		whole_say(check, item->path, RESULT_DIFFERS, &receipt_damaged);
	else if (value[0] == '\0')
		whole_say(check, item->path, RESULT_UNKNOWN, &no_manifest);
	else if (!receipt_digest(&receipt, "manifest", checked->manifest))
		whole_say(check, item->path, RESULT_DIFFERS, &receipt_damaged);
	else if (manifest == -1)
		whole_say(check, item->path, RESULT_DIFFERS,
		    &manifest_missing);
	else
		checker_ask_compare(&check->checking.checkers[slot], checked,
		    manifest);
}

/* Is there a packed archive to look at as well? */
static bool
packed_begin(struct check *check, struct checked *checked)
{
	char name[DEPOT_PATH_MAX + 16];

	if (!check->arguments->packed || checked->packed_error != 0 ||
	    checked->packed_asked)
		return false;
	snprintf(name, sizeof(name), "%s%s", checked->path.text,
	    depot_path_suffix(&checked->path));
	CLOSE int packed = file_open(check->public, name);
	if (packed == -1)
		return false;
	checked->packed_asked = true;
	checker_ask_packed(&check->checking.checkers[checked - check->slots],
	    checked, packed);
	return true;
}

static const struct words *
compare_words(const struct checker_compare_rep *reply)
{
	switch (reply->why) {
	case CHECKER_OTHER:
		return &manifest_changed;
	case CHECKER_SYNTAX:
	case CHECKER_LARGE:
		return &manifest_malformed;
	default:
		return &unreadable;
	}
}

static void
checked_end(struct check *check, struct checked *checked)
{
	const struct checker_compare_rep *reply = &checked->reply;
	const char *path = checked->path.text;
	bool good = reply->why == CHECKER_DONE && reply->findings == 0;

	check->bytes += reply->bytes;
	if (reply->why != CHECKER_DONE)
		finding_say(check, path, NULL, compare_words(reply), 0);
	if (reply->findings > CHECKER_SAID && !check->arguments->json) {
		live_clear(check);
		say("%s  and %ju more", path,
		    (uintmax_t)(reply->findings - CHECKER_SAID));
	}
	if (checked->packed_error != 0) {
		finding_say(check, path, NULL, &packed_changed, 0);
		good = false;
	}
	result_say(check, path, good ? RESULT_GOOD : RESULT_DIFFERS, reply);
}

/* ---- all of them ---- */

static enum status
check_loop(struct check *check)
{
	struct checked *done = NULL;
	struct checker *idle;
	enum status status;

	do {
		while (check->next < check->inventory.count &&
		    (idle = checking_idle(&check->checking)) != NULL)
			item_begin(check,
			    &check->inventory.items[check->next++],
			    (size_t)(idle - check->checking.checkers));
		status = checking_wait(&check->checking, &done);
		if (status == STATUS_DONE && done != NULL &&
		    !packed_begin(check, done))
			checked_end(check, done);
		live_show(check, 0);
	} while (status == STATUS_DONE &&
	    (done != NULL || check->next < check->inventory.count));
	live_clear(check);
	return status;
}

static void
summary_say(const struct check *check)
{
	char size[TEXT_SHORT];

	if (check->arguments->json) {
		json_begin("checked");
		json_number("archives", (int64_t)check->done);
		for (size_t i = 0; i < RESULTS; i++)
			json_number(results[i].word,
			    (int64_t)check->results[i]);
		json_number("bytes", (int64_t)check->bytes);
		json_end();
		return;
	}
	if (check->arguments->quiet)
		return;
	text_size(size, check->bytes);
	say("%zu archive%s, %s: %zu as installed, %zu not, %zu unknown%s",
	    check->done, check->done == 1 ? "" : "s", size,
	    check->results[RESULT_GOOD], check->results[RESULT_DIFFERS],
	    check->results[RESULT_UNKNOWN],
	    check->results[RESULT_FOREIGN] > 0 ? ", the others foreign" : "");
}

/* Of what is there, only what the words name; each of them must be there. */
static enum status
items_choose(struct check *check)
{
	const struct arguments *a = check->arguments;
	struct inventory *inventory = &check->inventory;
	enum status status = STATUS_DONE;
	size_t kept = 0;

	for (size_t w = 0; w < a->nwords; w++) {
		bool there = false;
		for (size_t i = 0; i < inventory->count; i++)
			there |= strcmp(inventory->items[i].path,
			    a->words[w]) == 0;
		if (there)
			continue;
		complain("%s: not installed", a->words[w]);
		status = STATUS_UNAVAILABLE;
	}
	for (size_t i = 0; i < inventory->count; i++)
		for (size_t w = 0; w < a->nwords; w++)
			if (strcmp(inventory->items[i].path,
			    a->words[w]) == 0) {
				inventory->items[kept++] = inventory->items[i];
				break;
			}
	if (a->nwords > 0)
		inventory->count = kept;
	check->named = a->nwords > 0;
	return status;
}

static enum status
check_items(struct check *check)
{
	size_t n = packing_threads();
	enum status status;

	check->total = check->inventory.count;
	if (check->total == 0)
		return STATUS_DONE;
	n = n > CHECKERS_MAX ? CHECKERS_MAX : n;
	status = checking_begin(&check->checking,
	    n > check->total ? check->total : n, check->depot);
	if (status == STATUS_DONE)
		status = check_loop(check);
	checking_end(&check->checking);
	return status_worse(status, check->worst);
}

enum status
check_run(const struct arguments *a)
{
	static struct check check;
	struct depot_path path;
	struct root root;
	enum status status = STATUS_DONE;

	check.arguments = a;
	check.live = !a->json && !a->quiet && isatty(STDERR_FILENO);
	for (size_t i = 0; i < a->nwords && status == STATUS_DONE; i++)
		status = arguments_path(&path, a->words[i]);
	if (status != STATUS_DONE)
		return status;
	if (root_choose(&root, a) < 0 ||
	    inventory_read(&check.inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	CLOSE int depot = root_open(&root, "depot");
	CLOSE int receipts = root_open(&root, RECEIPTS);
	CLOSE int public = root_open(&root, "public");
	check.depot = depot;
	check.receipts = receipts;
	check.public = public;
	status = items_choose(&check);
	status = status_worse(status, check_items(&check));
	summary_say(&check);
	inventory_free(&check.inventory);
	return status;
}

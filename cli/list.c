#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/inventory.h"
#include "cli/json.h"
#include "cli/message.h"
#include "depot/lines.h"
#include "rpc/cap.h"

/* A prefix ends where an element ends: alice/raw is not alice/raws. */
static bool
matches(const char *path, const char *wanted)
{
	size_t size = wanted == NULL ? 0 : strlen(wanted);

	if (size == 0)
		return true;
	if (strpbrk(wanted, "*?[") != NULL)
		return fnmatch(wanted, path, 0) == 0;
	return strncmp(path, wanted, size) == 0 && (wanted[size - 1] == '/' ||
	    path[size] == '/' || path[size] == '\0');
}

/* Words of a receipt whose value is a number; all others are text. */
static bool
is_number_word(const struct slice *word)
{
	static const char *const words[] = { "size", "signed", "entries",
	    "unpacked", "installed" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == word->size &&
		    memcmp(words[i], word->text, word->size) == 0)
			return true;
	return false;
}

static void
json_line(const struct slice *word, const struct slice *value)
{
	char name[64], text[RECEIPT_MAX];

	snprintf(name, sizeof(name), "%.*s", (int)word->size, word->text);
	snprintf(text, sizeof(text), "%.*s", (int)value->size, value->text);
	if (is_number_word(word))
		json_number(name, strtoll(text, NULL, 10));
	else
		json_text(name, text);
}

/* All that the receipt says, up to where it is damaged. */
static void
json_receipt(int receipts, const char *path)
{
	char name[DEPOT_PATH_MAX + 1], text[RECEIPT_MAX];
	struct depot_path parsed;
	struct slice word, value;

	if (depot_path_parse(&parsed, path, strlen(path)) < 0)
		return;
	depot_path_flat(&parsed, name);
	CLOSE int fd = openat(receipts, name, O_RDONLY | O_NOFOLLOW |
	    O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : pread(fd, text, sizeof(text), 0);
	if (n <= 0)
		return;
	struct lines lines = { .text = text, .size = (size_t)n };
	json_object("receipt");
	while (lines_next(&lines, &word, &value) > 0)
		json_line(&word, &value);
	json_object_end();
}

static const char *
item_state(const struct item *item)
{
	if (!item->receipt)
		return "foreign";
	return item->present ? "installed" : "missing";
}

static void
list_item(const struct item *item, int receipts, bool json)
{
	if (json) {
		json_begin("archive");
		json_text("path", item->path);
		json_text("state", item_state(item));
		if (item->receipt)
			json_receipt(receipts, item->path);
		json_end();
	} else if (item->receipt && item->present) {
		say("%s", item->path);
	} else {
		say("%s  %s", item->path, item_state(item));
	}
}

enum status
list_run(const struct arguments *a)
{
	struct inventory inventory;
	struct root root;

	if (root_choose(&root, a) < 0 ||
	    inventory_read(&inventory, &root, NULL) < 0)
		return STATUS_FAILED;
	CLOSE int receipts = root_open(&root, RECEIPTS);
	for (size_t i = 0; i < inventory.count; i++)
		if (matches(inventory.items[i].path,
		    a->nwords == 0 ? NULL : a->words[0]))
			list_item(&inventory.items[i], receipts, a->json);
	inventory_free(&inventory);
	return STATUS_DONE;
}

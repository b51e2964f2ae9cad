#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/receipts.h"
#include "cli/userfile.h"
#include "depot/hex.h"
#include "depot/lines.h"
#include "rpc/cap.h"

bool
receipt_read(struct receipt_text *receipt, int receipts,
    const struct depot_path *path)
{
	char name[DEPOT_PATH_MAX + 1];

	receipt->size = 0;
	depot_path_flat(path, name);
	CLOSE int fd = openat(receipts, name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : pread(fd, receipt->text,
	    sizeof(receipt->text), 0);
	if (n > 0)
		receipt->size = (size_t)n;
	return n > 0;
}

static bool
is_word(const struct slice *slice, const char *word)
{
	return strlen(word) == slice->size &&
	    memcmp(word, slice->text, slice->size) == 0;
}

void
receipt_value(const struct receipt_text *receipt, const char *word,
    char value[RECEIPT_MAX])
{
	struct lines lines = { .text = receipt->text, .size = receipt->size };
	struct slice name, text;

	value[0] = '\0';
	while (lines_next(&lines, &name, &text) > 0) {
		if (!is_word(&name, word))
			continue;
		snprintf(value, RECEIPT_MAX, "%.*s", (int)text.size, text.text);
		return;
	}
}

int64_t
receipt_number(const struct receipt_text *receipt, const char *word)
{
	char value[RECEIPT_MAX];

	receipt_value(receipt, word, value);
	return strtoll(value, NULL, 10);
}

bool
receipt_has(const struct receipt_text *receipt, const char *word,
    const char *value)
{
	struct lines lines = { .text = receipt->text, .size = receipt->size };
	struct slice name, text;

	while (lines_next(&lines, &name, &text) > 0)
		if (is_word(&name, word) && is_word(&text, value))
			return true;
	return false;
}

bool
receipt_valid(const struct receipt_text *receipt)
{
	struct lines lines = { .text = receipt->text, .size = receipt->size };
	struct slice word, value;
	int more = 1;

	while (more > 0)
		more = lines_next(&lines, &word, &value);
	return more == 0 && receipt->size > 0;
}

bool
receipt_digest(const struct receipt_text *receipt, const char *word,
    uint8_t digest[32])
{
	char value[RECEIPT_MAX];

	receipt_value(receipt, word, value);
	const struct slice text = { value, strlen(value) };
	return hex_parse(&text, digest, 32);
}

bool
receipt_wanted(const struct receipt_text *receipt)
{
	char value[RECEIPT_MAX];

	receipt_value(receipt, "wanted", value);
	return strcmp(value, "no") != 0;
}

bool
receipt_blessed(const struct receipt_text *receipt)
{
	char value[RECEIPT_MAX];

	receipt_value(receipt, "state", value);
	return strcmp(value, "blessed") == 0;
}

/* A line is kept as it is, but that of `wanted`. */
static int
line_put(char text[RECEIPT_MAX], size_t *at, const struct slice *word,
    const struct slice *value)
{
	char name[64], kept[RECEIPT_MAX];

	snprintf(name, sizeof(name), "%.*s", (int)word->size, word->text);
	snprintf(kept, sizeof(kept), "%.*s", (int)value->size, value->text);
	return lines_put(text, RECEIPT_MAX, at, name,
	    is_word(word, "wanted") ? "yes" : kept);
}

int
receipt_want(int receipts, const struct depot_path *path)
{
	char name[DEPOT_PATH_MAX + 1], text[RECEIPT_MAX];
	struct receipt_text receipt;
	struct content content = { text, 0 };
	struct slice word, value;
	int more, error = 0;

	receipt_read(&receipt, receipts, path);
	if (receipt_wanted(&receipt))
		return 0;
	struct lines lines = { .text = receipt.text, .size = receipt.size };
	while (error == 0 && (more = lines_next(&lines, &word, &value)) != 0)
		error = more < 0 ? more :
		    line_put(text, &content.size, &word, &value);
	depot_path_flat(path, name);
	return error < 0 ? error : content_write(&content, receipts, name);
}

void
receipt_forget(struct store *store, const struct depot_path *path)
{
	char name[STORE_NAME];

	store_receipt_remove(store, path);
	depot_path_flat(path, name);
	strcat(name, STORE_MANIFESTED);
	(void)unlinkat(store->receipts, name, 0);
}

/* Words whose value is a number; all others are text. */
static bool
is_number_word(const struct slice *word)
{
	static const char *const words[] = { "size", "signed", "entries",
	    "unpacked", "installed", "catalog-serial" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(word, words[i]))
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

/* The one word that a receipt has more than once. */
static void
json_engines(const struct receipt_text *receipt)
{
	struct lines lines = { .text = receipt->text, .size = receipt->size };
	struct slice word, value;
	char text[RECEIPT_MAX];

	json_array("engines");
	while (lines_next(&lines, &word, &value) > 0) {
		if (!is_word(&word, "engine"))
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)value.size,
		    value.text);
		json_text(NULL, text);
	}
	json_array_end();
}

void
receipt_json(const struct receipt_text *receipt)
{
	struct lines lines = { .text = receipt->text, .size = receipt->size };
	struct slice word, value;
	bool engine = false;

	json_object("receipt");
	while (lines_next(&lines, &word, &value) > 0) {
		bool again = is_word(&word, "engine") && engine;
		engine |= is_word(&word, "engine");
		if (!again)
			json_line(&word, &value);
	}
	json_engines(receipt);
	json_object_end();
}

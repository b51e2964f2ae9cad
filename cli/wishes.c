#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/index.h"
#include "cli/message.h"
#include "cli/wishes.h"
#include "rpc/cap.h"

uint32_t
wishes_needs(const struct arguments *a)
{
	return (a->source ? NEEDS_SOURCE : 0) | (a->dbg ? NEEDS_DEBUG : 0);
}

static enum status
entry_take(struct wishes *wishes, const struct arguments *a,
    const struct reader_entry *entry)
{
	struct wish *wish = &wishes->list[wishes->count];

	if (entry->kind == READER_SUPPORTS) {
		strcpy(wishes->arch, entry->text);
		return STATUS_DONE;
	}
	wish->listed = true;
	wish->needs = wishes_needs(a) |
	    (entry->how & READER_BINARY ? NEEDS_BINARY : 0) |
	    (entry->how & READER_SOURCE ? NEEDS_SOURCE : 0) |
	    (entry->how & READER_UNVERIFIED ? NEEDS_WAIVED : 0);
	wishes->count++;
	return arguments_path(&wish->path, entry->path);
}

static enum status
entries_take(struct wishes *wishes, const struct arguments *a,
    const struct index *description)
{
	enum status status = STATUS_DONE;

	if (description->skipped > 0) {
		complain("%s: it has %u paths that are no archive's", a->file,
		    description->skipped);
		status = STATUS_MALFORMED;
	}
	for (size_t i = 0; i < description->count; i++)
		status = status_worse(status, entry_take(wishes, a,
		    &description->entries[i]));
	return status;
}

static enum status
description_read(struct index *description, const char *name)
{
	struct stat st;
	/* Not blocking: a fifo must not hold us up. */
	CLOSE int file = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);

	if (file == -1 || fstat(file, &st) == -1 || !S_ISREG(st.st_mode)) {
		complain("%s: %s", name, file == -1 ? strerror(errno) :
		    "this is no file");
		return STATUS_USAGE;
	}
	return installation_read(description, file, name);
}

static enum status
words_take(struct wishes *wishes, const struct arguments *a)
{
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < a->nwords && status == STATUS_DONE; i++) {
		struct wish *wish = &wishes->list[wishes->count++];
		wish->needs = NEEDS_BINARY | wishes_needs(a);
		status = arguments_path(&wish->path, a->words[i]);
	}
	return status;
}

static void
locked_take(struct wishes *wishes, const struct arguments *a,
    const struct locked *locked)
{
	for (size_t i = 0; i < locked->count; i++) {
		struct wish *wish = &wishes->list[wishes->count++];
		wish->needs = NEEDS_BINARY | wishes_needs(a);
		wish->dependency = !locked->entries[i].named;
		depot_path_copy(&wish->path, &locked->entries[i].path);
	}
}

enum status
wishes_read(struct wishes *wishes, const struct arguments *a,
    const struct locked *locked)
{
	bool all = locked != NULL && a->nwords == 0 && a->file == NULL;
	struct index description = { .count = 0 };
	enum status status = a->file == NULL ? STATUS_DONE :
	    description_read(&description, a->file);

	*wishes = (struct wishes){ .count = 0 };
	if (status == STATUS_DONE) {
		wishes->list = calloc(a->nwords + description.count +
		    (all ? locked->count : 0) + 1,
		    sizeof(*wishes->list));
		if (wishes->list == NULL) {
			complain("out of memory");
			status = STATUS_FAILED;
		}
	}
	if (status == STATUS_DONE)
		status = words_take(wishes, a);
	if (status == STATUS_DONE && all)
		locked_take(wishes, a, locked);
	if (status == STATUS_DONE && a->file != NULL)
		status = entries_take(wishes, a, &description);
	index_free(&description);
	return status;
}

void
wishes_free(struct wishes *wishes)
{
	free(wishes->list);
	*wishes = (struct wishes){ .count = 0 };
}

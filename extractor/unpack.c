/*
 * Plain bytes flow from the source through the frame into libarchive's tar
 * reader; entries come out of it, and go to the writer if nothing is wrong with
 * them.  The first wrong entry ends the work: what was written until then lies
 * in staging, which the manager throws away.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "extractor/policy.h"
#include "extractor/unpack.h"

/* Let there be a rest, or none at the end. */
static enum extractor_outcome
rest_fill(struct unpack *u)
{
	if (u->rest_size > 0)
		return EXTRACTOR_DONE;
	u->progress(u);
	return source_next(&u->source, &u->rest, &u->rest_size);
}

/* The next bytes, up to the next entry's header at most: what libarchive has
 * seen, the frame has seen, and no entry more.  Size 0: the end. */
static enum extractor_outcome
plain_next(struct unpack *u, const unsigned char **data, size_t *size)
{
	enum extractor_outcome outcome = rest_fill(u);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (u->rest_size == 0) {
		*size = 0;
		return frame_end(&u->frame);
	}
	*data = u->rest;
	*size = frame_take(&u->frame, u->rest, u->rest_size);
	u->rest += *size;
	u->rest_size -= *size;
	return u->frame.outcome;
}

static la_ssize_t
tar_read(struct archive *tar, void *owner, const void **data)
{
	struct unpack *u = owner;
	const unsigned char *piece = NULL;
	size_t size = 0;

	u->stopped = plain_next(u, &piece, &size);
	if (u->stopped != EXTRACTOR_DONE) {
		archive_set_error(tar, EBADMSG, "stopped");
		return ARCHIVE_FATAL;
	}
	*data = piece;
	return (la_ssize_t)size;
}

static enum extractor_outcome
tar_open(struct unpack *u)
{
	u->tar = archive_read_new();
	if (u->tar == NULL ||
	    archive_read_support_format_tar(u->tar) != ARCHIVE_OK ||
	    archive_read_set_read_callback(u->tar, tar_read) != ARCHIVE_OK ||
	    archive_read_set_callback_data(u->tar, u) != ARCHIVE_OK)
		return EXTRACTOR_MEMORY;
	return EXTRACTOR_DONE;
}

/* libarchive gave up: because it was stopped, or by itself. */
static enum extractor_outcome
tar_fail(struct unpack *u)
{
	if (u->stopped != EXTRACTOR_DONE)
		return u->stopped;
	return archive_errno(u->tar) == ENOMEM ? EXTRACTOR_MEMORY :
	    EXTRACTOR_CORRUPT;
}

/* libarchive converts pax's UTF-8 names to the locale's charset.  In the C
 * locale it cannot, says so, and keeps their bytes: just what is wanted. */
static bool
warning_is_harmless(struct archive *tar)
{
	const char *text = archive_error_string(tar);

	return archive_errno(tar) == EILSEQ &&
	    text != NULL && strstr(text, "can't be converted from UTF-8");
}

/* libarchive's word for what the frame calls a kind. */
static enum frame_kind
entry_kind(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry) != NULL)
		return FRAME_HARD_LINK;
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return FRAME_FILE;
	case AE_IFDIR:
		return FRAME_DIRECTORY;
	case AE_IFLNK:
		return FRAME_SYMBOLIC_LINK;
	default:
		return FRAME_NO_KIND;
	}
}

/* Two readers, one tar: they must have found the same entry. */
static bool
entry_agrees(const struct unpack *u, struct archive_entry *entry)
{
	const struct frame *f = &u->frame;
	enum frame_kind kind = entry_kind(entry);

	if (f->count != u->entry ||
	    f->size != (uint64_t)archive_entry_size(entry) ||
	    archive_entry_sparse_count(entry) > 0)
		return false;
	/* Before POSIX a directory was an empty file with a slash behind. */
	return kind == f->kind || (kind == FRAME_DIRECTORY &&
	    f->kind == FRAME_FILE && f->size == 0);
}

static struct timespec
entry_mtime(struct archive_entry *entry)
{
	return (struct timespec){ .tv_sec = archive_entry_mtime(entry),
	    .tv_nsec = archive_entry_mtime_nsec(entry) };
}

/* Exactly the promised bytes, one after the other. */
static enum extractor_outcome
data_copy(struct unpack *u)
{
	enum extractor_outcome outcome = EXTRACTOR_DONE;
	/* The frame soon is at the next entry. */
	uint64_t promised = u->frame.size, copied = 0;
	const void *data;
	size_t size;
	la_int64_t offset;
	int r;

	while (outcome == EXTRACTOR_DONE && (r = archive_read_data_block(u->tar,
	    &data, &size, &offset)) != ARCHIVE_EOF) {
		if (r != ARCHIVE_OK)
			return tar_fail(u);
		if (size == 0)
			continue;
		if ((uint64_t)offset != copied || size > promised - copied)
			return EXTRACTOR_HEADERS;
		needs_add(&u->needs, data, size);
		outcome = writer_file_write(&u->writer, data, size);
		copied += size;
	}
	if (outcome == EXTRACTOR_DONE && copied != promised)
		outcome = EXTRACTOR_HEADERS;
	return outcome;
}

static enum extractor_outcome
file_unpack(struct unpack *u, struct archive_entry *entry)
{
	bool program = archive_entry_perm(entry) & 0111;

	needs_begin(&u->needs, &u->path);
	enum extractor_outcome outcome = writer_file_open(&u->writer, &u->path,
	    program ? MODE_PROGRAM : MODE_FILE);

	if (outcome == EXTRACTOR_DONE)
		outcome = data_copy(u);
	if (outcome == EXTRACTOR_DONE)
		outcome = writer_file_close(&u->writer, entry_mtime(entry));
	return outcome;
}

static enum extractor_outcome
symbolic_link_unpack(struct unpack *u, struct archive_entry *entry)
{
	const char *target = archive_entry_symlink(entry);
	enum extractor_outcome outcome;

	if (target == NULL)
		return EXTRACTOR_NAME;
	outcome = entry_target_check(u->path.depth, target);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	return writer_make_symbolic_link(&u->writer, &u->path, target,
	    entry_mtime(entry));
}

/* Whatever is wrong with its target, the link leads out of the archive. */
static enum extractor_outcome
hard_link_unpack(struct unpack *u, struct archive_entry *entry)
{
	if (entry_path_parse(&u->target, archive_entry_hardlink(entry),
	    u->req->top, u->req->max_depth) != EXTRACTOR_DONE)
		return EXTRACTOR_LINK_OUT;
	return writer_make_hard_link(&u->writer, &u->path, &u->target);
}

static enum extractor_outcome
entry_unpack(struct unpack *u, struct archive_entry *entry)
{
	const char *claimed = archive_entry_pathname(entry);
	enum frame_kind kind = entry_kind(entry);
	enum extractor_outcome outcome;

	if (u->entry > u->req->max_entries)
		return EXTRACTOR_ENTRIES;
	if (!entry_agrees(u, entry))
		return EXTRACTOR_HEADERS;
	if (claimed == NULL)
		return EXTRACTOR_NAME;
	outcome = entry_path_parse(&u->path, claimed, u->req->top,
	    u->req->max_depth);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (u->path.depth < 2 && kind != FRAME_DIRECTORY)
		return EXTRACTOR_TOPDIR;
	switch (kind) {
	case FRAME_FILE:
		return file_unpack(u, entry);
	case FRAME_HARD_LINK:
		return hard_link_unpack(u, entry);
	case FRAME_SYMBOLIC_LINK:
		return symbolic_link_unpack(u, entry);
	case FRAME_DIRECTORY:
		return u->path.depth == 0 ? EXTRACTOR_DONE :
		    writer_make_directory(&u->writer, &u->path);
	case FRAME_NO_KIND:
		break;
	}
	return EXTRACTOR_TYPE;
}

/* After the end there may be zeros, and nothing else. */
static enum extractor_outcome
end_check(struct unpack *u)
{
	const unsigned char *data;
	size_t size;
	enum extractor_outcome outcome;

	do
		outcome = plain_next(u, &data, &size);
	while (outcome == EXTRACTOR_DONE && size > 0);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (u->frame.count != u->entry)
		return EXTRACTOR_HEADERS;
	u->entry = 0;
	if (u->writer.names == 0)
		return EXTRACTOR_EMPTY;
	return u->req->format == EXTRACTOR_PKG && !needs_valid(&u->needs) ?
	    EXTRACTOR_ARCHIVES : EXTRACTOR_DONE;
}

static enum extractor_outcome
entries_unpack(struct unpack *u)
{
	enum extractor_outcome outcome = EXTRACTOR_DONE;
	struct archive_entry *entry;

	while (outcome == EXTRACTOR_DONE) {
		int r = archive_read_next_header(u->tar, &entry);
		if (r == ARCHIVE_EOF)
			return end_check(u);
		u->entry++;
		if (r == ARCHIVE_WARN && !warning_is_harmless(u->tar))
			return EXTRACTOR_HEADERS;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return tar_fail(u);
		outcome = entry_unpack(u, entry);
	}
	return outcome;
}

static enum extractor_outcome
tar_unpack(struct unpack *u)
{
	enum extractor_outcome outcome = tar_open(u);

	if (outcome != EXTRACTOR_DONE)
		return outcome;
	if (archive_read_open1(u->tar) == ARCHIVE_OK)
		return entries_unpack(u);
	u->entry++;
	return tar_fail(u);
}

/* One compressed file, which gets the top directory's name. */
static enum extractor_outcome
single_unpack(struct unpack *u)
{
	struct timespec now = { .tv_nsec = UTIME_NOW };
	enum extractor_outcome outcome = rest_fill(u);

	u->entry = 1;
	if (outcome == EXTRACTOR_DONE && u->rest_size == 0)
		return EXTRACTOR_EMPTY;
	if (outcome == EXTRACTOR_DONE)
		outcome = entry_path_parse(&u->path, u->req->top,
		    u->req->top, 1);
	if (outcome == EXTRACTOR_DONE)
		outcome = writer_file_open(&u->writer, &u->path, MODE_FILE);
	while (outcome == EXTRACTOR_DONE && u->rest_size > 0) {
		outcome = writer_file_write(&u->writer, u->rest, u->rest_size);
		u->rest_size = 0;
		if (outcome == EXTRACTOR_DONE)
			outcome = rest_fill(u);
	}
	return outcome == EXTRACTOR_DONE ?
	    writer_file_close(&u->writer, now) : outcome;
}

enum extractor_outcome
unpack_archive(struct unpack *u, const struct extractor_extract_req *req,
    int fd)
{
	enum extractor_outcome outcome;

	u->req = req;
	u->entry = 0;
	u->tar = NULL;
	u->rest_size = 0;
	u->stopped = EXTRACTOR_DONE;
	frame_init(&u->frame);
	needs_init(&u->needs);
	writer_init(&u->writer, req->max_entries, req->max_bytes);
	outcome = source_open(&u->source, fd, req->size, req->max_ratio);
	if (outcome == EXTRACTOR_DONE)
		outcome = req->format == EXTRACTOR_XZ ? single_unpack(u) :
		    tar_unpack(u);
	archive_read_free(u->tar);
	enum extractor_outcome closed = writer_fini(&u->writer, u->manifest);
	source_close(&u->source);
	return outcome == EXTRACTOR_DONE ? closed : outcome;
}

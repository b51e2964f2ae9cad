/*
 * Nothing gets into an archive but what entry_fill() puts there: names, types,
 * sizes, targets of links, and the bit that makes a file executable.  Owners,
 * times, other modes, extended attributes and inode numbers depend on who made
 * the directory, and when.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "depot/walk.h"
#include "packer/pack.h"
#include "packer/xz.h"

struct pack {
	const struct packer_pack_req *req;
	struct packer_pack_rep	*rep;
	struct archive		*tar;
	struct archive_entry	*entry;
	struct xz		 xz;
	int			 error;		/* of writing: -errno, or 0 */
	char			 buffer[1 << 17];
};

/* One process, one archive; too large for the stack. */
static struct pack the_pack;

/* libarchive hands on what it has made. */
static la_ssize_t
tar_write(struct archive *tar, void *data, const void *bytes, size_t size)
{
	struct pack *pack = data;

	pack->error = xz_write(&pack->xz, bytes, size);
	if (pack->error == 0)
		return (la_ssize_t)size;
	archive_set_error(tar, -pack->error, "xz");
	return -1;
}

/* 0, or -errno of what libarchive did not like; a warning is an error, too: who
 * knows what it has changed. */
static int
tar_error(const struct pack *pack, int got)
{
	if (pack->error < 0)
		return pack->error;
	return got == ARCHIVE_OK ? 0 : -EINVAL;
}

static int
tar_open(struct pack *pack)
{
	pack->tar = archive_write_new();
	pack->entry = archive_entry_new();
	if (pack->tar == NULL || pack->entry == NULL)
		return -ENOMEM;
	/* ustar, and an extended header only before an entry that needs one. */
	if (archive_write_set_format_pax_restricted(pack->tar) != ARCHIVE_OK)
		return -EINVAL;
	return tar_error(pack, archive_write_open(pack->tar, pack, NULL,
	    tar_write, NULL));
}

static void
entry_fill(struct pack *pack, const struct walk_entry *from)
{
	char path[PACKER_TOP + WALK_PATH + 2];
	bool runs = from->type == S_IFDIR || from->executable;

	snprintf(path, sizeof(path), "%s%s%s", pack->req->top,
	    from->path[0] == '\0' ? "" : "/", from->path);
	archive_entry_clear(pack->entry);
	archive_entry_copy_pathname(pack->entry, path);
	archive_entry_set_filetype(pack->entry, from->type);
	archive_entry_set_perm(pack->entry, from->type == S_IFLNK ? 0777 :
	    runs ? 0755 : 0644);
	archive_entry_set_size(pack->entry, (la_int64_t)from->size);
	archive_entry_set_mtime(pack->entry, (time_t)pack->req->mtime, 0);
	if (from->target != NULL)
		archive_entry_copy_symlink(pack->entry, from->target);
}

/* Read on at *at: bytes, at most left; -ESTALE: there are fewer. */
static ssize_t
file_read(struct pack *pack, int fd, uint64_t at, uint64_t left)
{
	size_t size = left < sizeof(pack->buffer) ? (size_t)left :
	    sizeof(pack->buffer);
	ssize_t n = pread(fd, pack->buffer, size, (off_t)at);

	return n == -1 ? -errno : n == 0 ? -ESTALE : n;
}

/* Only UTF-8 is text in an extended header; other bytes are marked as such
 * there, which libarchive warns of. */
static bool
is_utf8(const char *text)
{
	return text == NULL || mbstowcs(NULL, text, 0) != (size_t)-1;
}

static int
header_write(struct pack *pack, const struct walk_entry *from)
{
	entry_fill(pack, from);
	int got = archive_write_header(pack->tar, pack->entry);
	if (got == ARCHIVE_WARN && pack->error == 0 &&
	    (!is_utf8(from->path) || !is_utf8(from->target)))
		got = ARCHIVE_OK;
	return tar_error(pack, got);
}

static int
entry_pack(struct walk *walk, const struct walk_entry *from)
{
	struct pack *pack = walk->owner;

	int error = header_write(pack, from);
	pack->rep->entries++;
	for (uint64_t at = 0; error == 0 && at < from->size;) {
		ssize_t n = file_read(pack, from->fd, at, from->size - at);
		if (n < 0)
			return (int)n;
		if (archive_write_data(pack->tar, pack->buffer, (size_t)n) != n)
			error = pack->error < 0 ? pack->error : -EIO;
		at += (uint64_t)n;
	}
	pack->rep->bytes += from->size;
	return error;
}

static enum walk_why
failed(struct pack *pack, int error)
{
	pack->rep->error = -error;
	return WALK_SYSTEM;
}

static enum walk_why
directory_pack(struct pack *pack, int source)
{
	struct walk walk = { .visit = entry_pack, .owner = pack };
	int error = tar_open(pack);

	if (error < 0)
		return failed(pack, error);
	enum walk_why why = walk_directory(&walk, source);
	if (why != WALK_DONE) {
		pack->rep->error = walk.error;
		snprintf(pack->rep->where, sizeof(pack->rep->where), "%s",
		    walk.path);
		return why;
	}
	error = tar_error(pack, archive_write_close(pack->tar));
	return error < 0 ? failed(pack, error) : WALK_DONE;
}

static enum walk_why
file_pack(struct pack *pack, int source)
{
	struct stat before, after;
	int error = 0;

	if (fstat(source, &before) == -1)
		return failed(pack, -errno);
	uint64_t size = (uint64_t)before.st_size;
	for (uint64_t at = 0; error == 0 && at < size;) {
		ssize_t n = file_read(pack, source, at, size - at);
		if (n == -ESTALE)
			return WALK_CHANGED;
		error = n < 0 ? (int)n : xz_write(&pack->xz, pack->buffer,
		    (size_t)n);
		at += n < 0 ? 0 : (uint64_t)n;
	}
	if (error == 0 && fstat(source, &after) == -1)
		error = -errno;
	if (error < 0)
		return failed(pack, error);
	pack->rep->entries = 1;
	pack->rep->bytes = size;
	return before.st_size == after.st_size &&
	    before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
	    before.st_mtim.tv_nsec == after.st_mtim.tv_nsec ? WALK_DONE :
	    WALK_CHANGED;
}

void
pack_archive(const struct packer_pack_req *req, int source, int out,
    struct packer_pack_rep *rep)
{
	struct pack *pack = &the_pack;
	enum walk_why why = WALK_DONE;

	pack->req = req;
	pack->rep = rep;
	int error = xz_open(&pack->xz, out, req->threads);
	if (error == 0)
		why = req->format == PACKER_XZ ? file_pack(pack, source) :
		    directory_pack(pack, source);
	if (error == 0 && why == WALK_DONE)
		error = xz_finish(&pack->xz);
	rep->why = error < 0 ? failed(pack, error) : why;
	archive_entry_free(pack->entry);
	/* An archive that was not finished would be now. */
	if (pack->tar != NULL)
		archive_write_fail(pack->tar);
	archive_write_free(pack->tar);
	xz_close(&pack->xz);
}

/*
 * Counts as the extractor does: a name for each entry and for each directory on
 * the way to it that has no entry, and the bytes of files.  What an extractor
 * would refuse need not be found here: it will be found there.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packer/measure.h"

struct measure {
	const struct packer_measure_req *req;
	struct packer_measure_rep *rep;
	int		 source, out;
	void		*directories;	/* tsearch tree of the names met */
	char		 buffer[1 << 16];
};

static struct measure the_measure;

/* As in the extractor: in the C locale names stay the bytes that they are. */
void
measure_prepare(void)
{
	iconv_t conversion = iconv_open(nl_langinfo(CODESET), "UTF-8");

	if (conversion != (iconv_t)-1)
		iconv_close(conversion);
}

static la_ssize_t
source_read(struct archive *archive, void *owner, const void **data)
{
	struct measure *m = owner;
	ssize_t n;

	do
		n = read(m->source, m->buffer, sizeof(m->buffer));
	while (n == -1 && errno == EINTR);
	if (n == -1)
		archive_set_error(archive, errno, "read");
	*data = m->buffer;
	return n;
}

static struct archive *
archive_new(struct measure *m)
{
	struct archive *archive = archive_read_new();
	int format = archive == NULL ? ARCHIVE_FATAL :
	    m->req->format == PACKER_XZ ?
	    archive_read_support_format_raw(archive) :
	    archive_read_support_format_tar(archive);

	if (format == ARCHIVE_OK &&
	    archive_read_support_filter_xz(archive) == ARCHIVE_OK &&
	    archive_read_open(archive, m, NULL, source_read, NULL) ==
	    ARCHIVE_OK && archive_filter_code(archive, 0) == ARCHIVE_FILTER_XZ)
		return archive;
	m->rep->error = archive == NULL ? ENOMEM : archive_errno(archive);
	archive_read_free(archive);
	return NULL;
}

/* Count a directory that was not met yet: 0 or -ENOMEM. */
static int
directory_count(struct measure *m, const char *path, size_t size)
{
	char *name = strndup(path, size);
	char **found = name == NULL ? NULL : tsearch(name, &m->directories,
	    (int (*)(const void *, const void *))strcmp);

	if (found == NULL || *found != name)
		free(name);
	else
		m->rep->entries++;
	return found == NULL ? -ENOMEM : 0;
}

static int
parents_count(struct measure *m, const char *path)
{
	int error = 0;

	for (const char *p = path; error == 0 && (p = strchr(p, '/')) != NULL;
	    p++)
		error = directory_count(m, path, (size_t)(p - path));
	return error;
}

/* "./a/b/" to "a/b", in place. */
static const char *
path_clean(char *path)
{
	size_t size;

	while (strncmp(path, "./", 2) == 0)
		path += 2;
	size = strlen(path);
	if (size > 1 && path[size - 1] == '/')
		path[size - 1] = '\0';
	return strcmp(path, ".") == 0 ? "" : path;
}

static int
name_count(struct measure *m, struct archive_entry *entry, const char *path)
{
	int error = path[0] == '\0' ? 0 : parents_count(m, path);

	if (error < 0 || path[0] == '\0')
		return error;
	if (archive_entry_hardlink(entry) == NULL &&
	    archive_entry_filetype(entry) == AE_IFDIR)
		return directory_count(m, path, strlen(path));
	m->rep->entries++;
	return 0;
}

static int
keep(struct measure *m, const char *data, size_t size)
{
	if (size > m->req->keep_max - m->rep->kept)
		return -EFBIG;
	m->rep->kept += size;
	while (size > 0) {
		ssize_t n = write(m->out, data, size);
		if (n == -1 && errno != EINTR)
			return -errno;
		data += n == -1 ? 0 : n;
		size -= n == -1 ? 0 : (size_t)n;
	}
	return 0;
}

/* Read all of an entry's bytes, so that damage shows. */
static int
data_read(struct measure *m, struct archive *archive, bool kept)
{
	const void *data;
	la_int64_t offset;
	int error = 0, r = ARCHIVE_OK;
	size_t size;

	while (error == 0 && (r = archive_read_data_block(archive, &data, &size,
	    &offset)) == ARCHIVE_OK) {
		m->rep->bytes += size;
		if (kept)
			error = keep(m, data, size);
	}
	return error < 0 || r == ARCHIVE_EOF ? error : -EBADMSG;
}

static int
entry_read(struct measure *m, struct archive *archive,
    struct archive_entry *entry)
{
	char path[PACKER_WHERE];
	const char *claimed = archive_entry_pathname(entry), *name;

	if (claimed == NULL || strlen(claimed) >= sizeof(path))
		return -EBADMSG;
	strcpy(path, claimed);
	/* The one entry of a compressed file has a name of libarchive's. */
	name = m->req->format == PACKER_XZ ? PACKER_ONLY : path_clean(path);
	int error = name_count(m, entry, name);
	return error < 0 ? error : data_read(m, archive, m->req->keep[0] != '\0'
	    && strcmp(name, m->req->keep) == 0);
}

static int
entries_read(struct measure *m, struct archive *archive)
{
	struct archive_entry *entry;
	int error = 0, r = ARCHIVE_OK;

	/* A name that is not UTF-8 is worth a warning to libarchive. */
	while (error == 0 && ((r = archive_read_next_header(archive,
	    &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN))
		error = entry_read(m, archive, entry);
	return error < 0 || r == ARCHIVE_EOF ? error : -EBADMSG;
}

void
measure_archive(const struct packer_measure_req *req, int source, int out,
    struct packer_measure_rep *rep)
{
	struct measure *m = &the_measure;

	m->req = req;
	m->rep = rep;
	m->source = source;
	m->out = out;
	struct archive *archive = setlocale(LC_CTYPE, "C") == NULL ? NULL :
	    archive_new(m);
	int error = archive == NULL ? -EBADMSG : entries_read(m, archive);
	archive_read_free(archive);
	tdestroy(m->directories, free);
	rep->why = error == 0 ? PACKER_MEASURED : error == -EBADMSG ?
	    PACKER_DAMAGED : error == -EFBIG ? PACKER_LARGE : PACKER_SYSTEM;
	rep->error = error == 0 ? 0 : -error;
}

/*
 * listing.c - one walk over USER's public directory, in the order of the paths'
 * bytes, each archive written down as it is met: what is in memory is one
 * directory's names and what one archive needs.
 *
 * An archive gets into the catalog only with its publisher's good signature: the
 * catalog's own will vouch for it from then on, and what lies in the directory
 * may have been put there by somebody else.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/listing.h"
#include "cli/message.h"
#include "cli/pack.h"
#include "cli/userfile.h"
#include "depot/archives.h"
#include "depot/gate.h"
#include "rpc/cap.h"

#define DAY		INT64_C(86400)	/* seconds */
#define FILE_MAX	(DEPOT_PATH_MAX + 16)	/* array size: with suffixes */

/* One archive that is to be listed. */
struct found {
	struct catalog_entry entry;
	char	 file[FILE_MAX], sig[FILE_MAX + 8];	/* below public/ */
	int	 needs;		/* a memory file with its list; owned */
};

/* ---- one archive ---- */

static enum status
left_out(struct listing *l, const char *file, const char *what,
    enum status status)
{
	complain("%s: %s: it is not put into the catalog", file, what);
	l->worst = status_worse(l->worst, status);
	return STATUS_DONE;
}

/* Size and digest, of what lies there now. */
static int
file_digest(int file, struct catalog_entry *entry)
{
	static char buffer[1 << 18];
	SHA2_CTX hash;
	ssize_t n;

	SHA256Init(&hash);
	entry->size = 0;
	while ((n = pread(file, buffer, sizeof(buffer),
	    (off_t)entry->size)) > 0) {
		SHA256Update(&hash, (const uint8_t *)buffer, (size_t)n);
		entry->size += (uint64_t)n;
	}
	SHA256Final(entry->digest, &hash);
	return n == -1 ? -errno : 0;
}

static void
entry_write(const struct listing *l, const struct catalog_entry *entry)
{
	char digest[2 * SHA256_SIZE + 1];

	sha256_hex(entry->digest, SHA256_SIZE, digest);
	fprintf(l->text, "archive %s %ju %ju %ju %s\n", entry->path.text,
	    (uintmax_t)entry->size, (uintmax_t)entry->bytes,
	    (uintmax_t)entry->entries, digest);
}

/* Was the very same archive listed before?  Then what was measured holds. */
static bool
old_copy(const struct listing *l, const struct catalog_entry *entry)
{
	struct catalog_entry old;
	struct depot_path path;
	size_t at;

	if (l->old.text == NULL ||
	    !catalog_find(&l->old, entry->path.text, &old, &at) ||
	    old.size != entry->size ||
	    memcmp(old.digest, entry->digest, SHA256_SIZE) != 0)
		return false;
	entry_write(l, &old);
	while (catalog_need(&l->old, &at, &path))
		fprintf(l->text, "needs %s\n", path.text);
	return true;
}

/* Is it signed as this archive, and not as another one? */
static bool
binding_holds(int sig, const struct depot_path *path)
{
	uint8_t bytes[GATE_MAX + 1];
	struct gate_facts facts = { .path = "" };
	ssize_t n = pread(sig, bytes, sizeof(bytes), 0);

	return n >= 0 && gate_check(bytes, (size_t)n, &facts) == GATE_PASS &&
	    (facts.path[0] == '\0' || strcmp(facts.path, path->text) == 0);
}

/* Its own signature: STATUS_DONE, or another, said so. */
static enum status
signature_check(const struct listing *l, const struct found *found)
{
	int public = l->making->store.public;
	CLOSE int file = store_open_below(public, found->file,
	    O_RDONLY | O_NONBLOCK);
	CLOSE int sig = store_open_below(public, found->sig,
	    O_RDONLY | O_NONBLOCK);

	if (file < 0 || sig < 0) {
		complain("%s: %s", found->file, sig == -ENOENT ?
		    "it has no signature" : strerror(file < 0 ? -file : -sig));
		return STATUS_UNTRUSTED;
	}
	enum status status = vouch_check(l->vouch, found->file, file, sig);
	if (status == STATUS_DONE && !binding_holds(sig, &found->entry.path)) {
		complain("%s: its signature is for another archive's path",
		    found->file);
		status = STATUS_UNTRUSTED;
	}
	return status;
}

/* ---- what it needs ---- */

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
list_next(struct archives *list, const struct depot_path *of,
    struct depot_path *path)
{
	return of->type == DEPOT_PKG ? archives_next(list, path) :
	    archives_next_api(list, of->user, path);
}

/* The paths of a list, as they are in it: how many, or -EINVAL. */
static ssize_t
needs_parse(const struct content *content, const struct depot_path *of,
    char *texts[CATALOG_NEEDS])
{
	struct archives list = { content->text, content->size, 0 };
	struct depot_path path;
	ssize_t n = 0;
	int more;

	while ((more = list_next(&list, of, &path)) > 0 && n < CATALOG_NEEDS &&
	    (texts[n] = strdup(path.text)) != NULL)
		n++;
	if (more == 0)
		return n;
	while (n > 0)
		free(texts[--n]);
	return -EINVAL;
}

static int
needs_write(const struct listing *l, const struct found *found)
{
	static char *texts[CATALOG_NEEDS];
	struct content content;
	int error = content_read(&content, found->needs, NULL);
	ssize_t n = error < 0 ? error : needs_parse(&content,
	    &found->entry.path, texts);

	if (error == 0)
		content_free(&content);
	if (n < 0)
		return (int)n;
	entry_write(l, &found->entry);
	if (n > 0)
		qsort(texts, (size_t)n, sizeof(*texts), compare_texts);
	for (ssize_t i = 0; i < n; i++)
		if (i + 1 == n || strcmp(texts[i], texts[i + 1]) != 0)
			fprintf(l->text, "needs %s\n", texts[i]);
	for (ssize_t i = 0; i < n; i++)
		free(texts[i]);
	return 0;
}

/* The file in an archive that lists what it needs; "": it has none. */
static void
needs_name(const struct depot_path *path, char name[FILE_MAX])
{
	const char *list = path->type == DEPOT_PKG ? "/archives" :
	    path->type == DEPOT_SRC ? "/used_apis" : NULL;

	snprintf(name, FILE_MAX, "%s%s", list == NULL ? "" : path->top,
	    list == NULL ? "" : list);
}

/* ---- measuring ---- */

/* What is wrong with it, or NULL. */
static const char *
measured_wrong(const struct packer_measure_rep *reply)
{
	switch (reply->why) {
	case PACKER_MEASURED:
		return reply->entries == 0 ? "it is empty" : NULL;
	case PACKER_LARGE:
		return "its list of archives is too large";
	case PACKER_DAMAGED:
		return "it is damaged, cut short, or no xz-compressed tar";
	default:
		return strerror(reply->error);
	}
}

static enum status
found_measure(struct listing *l, struct found *found, int file)
{
	struct packer_measure_rep reply;
	char keep[FILE_MAX];

	needs_name(&found->entry.path, keep);
	enum status status = packed_measure(&found->entry.path, file, keep,
	    ARCHIVES_MAX, found->needs, &reply);
	if (status != STATUS_DONE)
		return status;
	const char *wrong = measured_wrong(&reply);
	if (wrong != NULL)
		return left_out(l, found->file, wrong, STATUS_MALFORMED);
	found->entry.bytes = reply.bytes;
	found->entry.entries = reply.entries;
	if (needs_write(l, found) < 0)
		return left_out(l, found->file, "its list of archives has a "
		    "line that is no path, or too many", STATUS_MALFORMED);
	l->archives++;
	return STATUS_DONE;
}

static enum status
found_list(struct listing *l, struct found *found)
{
	CLOSE int file = store_open_below(l->making->store.public, found->file,
	    O_RDONLY | O_NONBLOCK);
	int error = file < 0 ? file : file_digest(file, &found->entry);

	if (error < 0)
		return left_out(l, found->file, strerror(-error),
		    STATUS_FAILED);
	if (old_copy(l, &found->entry)) {
		l->archives++;
		return STATUS_DONE;
	}
	enum status status = signature_check(l, found);
	if (status == STATUS_UNTRUSTED)
		return left_out(l, found->file, "not vouched for", status);
	if (status != STATUS_DONE)
		return status;
	found->needs = memfd_create("needs", MFD_CLOEXEC);
	status = found->needs == -1 ? making_failed("memory", errno) :
	    found_measure(l, found, file);
	cap_close_fd(&found->needs);
	return status;
}

/* ---- the walk ---- */

struct name {
	char	*text;		/* owned; without a suffix */
	size_t	 size;		/* bytes */
	char	 end;		/* what follows it in a path: '/' or 0 */
};

/* As the paths that they begin, or are. */
static int
compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;
	size_t size = a->size < b->size ? a->size : b->size;
	int order = memcmp(a->text, b->text, size);

	if (order != 0)
		return order;
	return (unsigned char)(a->size > size ? a->text[size] : a->end) -
	    (unsigned char)(b->size > size ? b->text[size] : b->end);
}

/* A directory, or a file that may be an archive: true. */
static bool
name_choose(int dir, const struct dirent *entry, struct name *name)
{
	static const char *const suffixes[] = { ".tar.xz", ".xz" };
	size_t size = strlen(entry->d_name);
	struct stat st;

	*name = (struct name){ .size = size, .end = '/' };
	if (entry->d_name[0] == '.' || fstatat(dir, entry->d_name, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	if (S_ISDIR(st.st_mode))
		return true;
	name->end = '\0';
	for (size_t i = 0; S_ISREG(st.st_mode) && i < 2; i++) {
		size_t suffix = strlen(suffixes[i]);
		if (size <= suffix || strcmp(entry->d_name + size - suffix,
		    suffixes[i]) != 0)
			continue;
		name->size = size - suffix;
		return true;
	}
	return false;
}

static void
names_free(struct name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i].text);
	free(names);
}

/* The names in a directory, sorted: how many, in *names, or -errno. */
static ssize_t
names_read(int fd, struct name **names)
{
	size_t count = 0, room = 0;
	const struct dirent *entry;
	struct name name;
	int error = 0;

	*names = NULL;
	DIR *dir = fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	if (dir == NULL)
		return -errno;
	while (error == 0 && (entry = readdir(dir)) != NULL) {
		if (!name_choose(fd, entry, &name))
			continue;
		if (count == room) {
			room = room == 0 ? 16 : 2 * room;
			struct name *larger = reallocarray(*names, room,
			    sizeof(*larger));
			error = larger == NULL ? -ENOMEM : 0;
			*names = larger != NULL ? larger : *names;
		}
		name.text = error < 0 ? NULL : strdup(entry->d_name);
		if (name.text == NULL)
			error = -ENOMEM;
		else
			(*names)[count++] = name;
	}
	closedir(dir);
	if (error < 0)
		names_free(*names, count);
	else if (count > 0)
		qsort(*names, count, sizeof(**names), compare_names);
	return error < 0 ? error : (ssize_t)count;
}

/* A file's path, if it is an archive's: its suffix is that of its type. */
static enum status
file_visit(struct listing *l, const char *dir, const struct name *name)
{
	struct found found = { .needs = -1 };
	struct depot_path *path = &found.entry.path;
	char text[2 * DEPOT_PATH_MAX + 256];
	int size = snprintf(text, sizeof(text), "%s/%.*s", dir,
	    (int)name->size, name->text);

	if (depot_path_parse(path, text, (size_t)size) < 0 ||
	    path->type == DEPOT_CATALOG ||
	    strcmp(name->text + name->size, depot_path_suffix(path)) != 0)
		return STATUS_DONE;
	snprintf(found.file, sizeof(found.file), "%s%s", path->text,
	    depot_path_suffix(path));
	snprintf(found.sig, sizeof(found.sig), "%s.sig", found.file);
	return found_list(l, &found);
}

/* Below public/; no archive lies deeper than USER/bin/ARCH/NAME. */
static enum status
directory_visit(struct listing *l, const char *dir, unsigned int depth)
{
	char below[DEPOT_PATH_MAX + 2];
	enum status status = STATUS_DONE;
	struct name *names;

	CLOSE int fd = store_open_below(l->making->store.public, dir,
	    O_RDONLY | O_DIRECTORY);
	ssize_t n = fd < 0 ? fd : names_read(fd, &names);
	if (n < 0)
		return making_failed(dir, (int)-n);
	for (ssize_t i = 0; status == STATUS_DONE && i < n; i++) {
		if (names[i].end == '\0')
			status = file_visit(l, dir, &names[i]);
		else if (depth < 3 && snprintf(below, sizeof(below), "%s/%s",
		    dir, names[i].text) < (int)sizeof(below))
			status = directory_visit(l, below, depth + 1);
	}
	names_free(names, (size_t)n);
	return status;
}

/* ---- the one that is there ---- */

/* A file that has no name any more: a descriptor, or -errno. */
static int
nameless(const struct listing *l, const char *name)
{
	int dir = l->making->store.quarantine;

	if (unlinkat(dir, name, 0) == -1 && errno != ENOENT)
		return -errno;
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd == -1)
		return -errno;
	return unlinkat(dir, name, 0) == -1 ? -errno : fd;
}

/* Unpack it, in a jail: STATUS_DONE, or another, said so. */
static enum status
old_unpack(struct listing *l, const char *file, int packed)
{
	struct packer_measure_rep reply;
	CLOSE int text = nameless(l, "catalog,old");

	if (text < 0)
		return making_failed(file, -text);
	enum status status = packed_measure(&l->path, packed, PACKER_ONLY,
	    CATALOG_SIZE, text, &reply);
	if (status != STATUS_DONE)
		return status;
	if (reply.why == PACKER_SYSTEM)
		return making_failed(file, reply.error);
	if (reply.why == PACKER_MEASURED && catalog_map(&l->old, text) == 0 &&
	    strcmp(l->old.head.user, l->path.user) == 0 &&
	    catalog_check(&l->old) == 0)
		return STATUS_DONE;
	complain("%s: it is no catalog of %s, but its signature is good", file,
	    l->path.user);
	return STATUS_MALFORMED;
}

static enum status
old_open(struct listing *l)
{
	struct found old = { .needs = -1 };
	int public = l->making->store.public;
	struct stat st;

	snprintf(old.file, sizeof(old.file), "%s.xz", l->path.text);
	snprintf(old.sig, sizeof(old.sig), "%s.sig", old.file);
	if (fstatat(public, old.file, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? STATUS_DONE :
		    making_failed(old.file, errno);
	depot_path_copy(&old.entry.path, &l->path);
	enum status status = signature_check(l, &old);
	CLOSE int packed = store_open_below(public, old.file, O_RDONLY);
	if (status == STATUS_DONE)
		status = packed < 0 ? making_failed(old.file, -packed) :
		    old_unpack(l, old.file, packed);
	if (status == STATUS_DONE || l->making->arguments->serial == 0)
		return status;
	/* Whoever says which number comes next does not need it. */
	complain("%s: all archives are looked at anew", old.file);
	catalog_close(&l->old);
	return STATUS_DONE;
}

/* ---- the new one ---- */

static enum status
serial_choose(struct listing *l)
{
	uint64_t wanted = l->making->arguments->serial;
	uint64_t old = l->old.text == NULL ? 0 : l->old.head.serial;

	l->serial = wanted != 0 ? wanted : old + 1;
	if (wanted == 0 || wanted > old || l->making->arguments->force)
		return STATUS_DONE;
	complain("--serial %ju: the catalog that is there has %ju",
	    (uintmax_t)wanted, (uintmax_t)old);
	advise("whoever has seen that one would refuse a lower one; --force");
	return STATUS_USAGE;
}

static enum status
times_choose(struct listing *l)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	enum status status = packing_mtime(&l->created);

	if (epoch == NULL || epoch[0] == '\0')
		l->created = (int64_t)time(NULL);
	l->expires = l->created +
	    (int64_t)l->making->arguments->expires * DAY;
	if (status == STATUS_DONE && l->expires < (int64_t)time(NULL))
		complain("%s: by SOURCE_DATE_EPOCH it has expired already",
		    l->path.text);
	return status;
}

static enum status
head_write(struct listing *l)
{
	enum status status = serial_choose(l);

	if (status == STATUS_DONE)
		status = times_choose(l);
	int fd = status == STATUS_DONE ? nameless(l, "catalog,text") : -1;
	if (status == STATUS_DONE && fd < 0)
		status = making_failed(l->path.text, -fd);
	if (status != STATUS_DONE)
		return status;
	l->text = fdopen(fd, "w+");
	if (l->text == NULL)
		return making_failed(l->path.text, errno);
	fprintf(l->text, "airlock-catalog 1\nuser %s\nserial %ju\n"
	    "created %jd\nexpires %jd\n", l->path.user, (uintmax_t)l->serial,
	    (intmax_t)l->created, (intmax_t)l->expires);
	return STATUS_DONE;
}

enum status
listing_make(struct listing *l, const struct making *making,
    struct vouch *vouch, const char *user)
{
	char text[DEPOT_USER_MAX + sizeof("/catalog")];
	int size = snprintf(text, sizeof(text), "%s/catalog", user);

	*l = (struct listing){ .making = making, .vouch = vouch };
	if (depot_path_parse(&l->path, text, (size_t)size) < 0)
		return making_failed(text, EINVAL);
	enum status status = old_open(l);
	if (status == STATUS_DONE)
		status = head_write(l);
	if (status == STATUS_DONE)
		status = directory_visit(l, user, 0);
	if (status == STATUS_DONE && (fflush(l->text) == EOF ||
	    ferror(l->text)))
		status = making_failed(l->path.text, errno);
	return status;
}

bool
listing_is_kept(const struct listing *l)
{
	const struct catalog_head *old = &l->old.head;
	struct catalog fresh;
	bool same;

	if (l->old.text == NULL ||
	    old->expires - (int64_t)time(NULL) <
	    (old->expires - old->created) / 2 ||
	    catalog_map(&fresh, fileno(l->text)) < 0)
		return false;
	same = fresh.size - fresh.head.size == l->old.size - old->size &&
	    memcmp(fresh.text + fresh.head.size, l->old.text + old->size,
		l->old.size - old->size) == 0;
	catalog_close(&fresh);
	return same;
}

int
listing_file(const struct listing *l)
{
	return fileno(l->text);
}

void
listing_end(struct listing *l)
{
	catalog_close(&l->old);
	if (l->text != NULL)
		fclose(l->text);
	l->text = NULL;
}

/*
 * mirror.c - airlock mirror: a publisher's public directory, verified, somewhere
 * else.
 *
 * It is an install into a ROOT of its own, DIR/.airlock, whose archives are kept
 * as they were served, in DIR.  Only what tells what else is needed is unpacked
 * there: packages, sources, indexes.  That stays for the next run, which then
 * fetches what is new.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/install.h"
#include "cli/making.h"
#include "cli/message.h"
#include "cli/userfile.h"
#include "depot/store.h"
#include "rpc/cap.h"

#define WORK	".airlock"	/* below DIR: the ROOT of it */

struct mirror {
	const char	*user;
	struct root	 root;		/* that knows the publishers */
};

/* ---- publishers ---- */

static int
is_name(const struct dirent *entry)
{
	return depot_user_valid(entry->d_name);
}

/* Names in a directory: how many, *names owned; or 0. */
static int
names_read(int dir, const char *path, struct dirent ***names)
{
	int n = scandirat(dir, path, names, is_name, alphasort);

	return n < 0 ? 0 : n;
}

static void
names_free(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n > 0)
		free(names);
}

/* Key and origin of a publisher, from one ROOT to another. */
static enum status
publisher_copy(const struct root *from, const struct root *to,
    const char *user)
{
	CLOSE int source = userdir_open(from, user);
	CLOSE int target = source < 0 ? source : userdir_make(to, user);

	if (source == -ENOENT)
		return STATUS_DONE;
	if (target < 0)
		return STATUS_FAILED;
	int error = content_copy(source, target, USER_ORIGIN);
	if (error == 0 || error == -ENOENT)
		error = content_copy(source, target, USER_KEY);
	return error < 0 && error != -ENOENT ? making_failed(user, -error) : STATUS_DONE;
}

/* Archives may need those of others. */
static enum status
publishers_copy(const struct mirror *mirror, const struct install *install)
{
	CLOSE int depot = root_open(&mirror->root, "depot");
	enum status status = STATUS_DONE;
	struct dirent **names;

	if (depot < 0)
		return STATUS_DONE;	/* nobody is known: that is said later */
	int n = names_read(depot, ".", &names);
	for (int i = 0; i < n && status == STATUS_DONE; i++)
		status = publisher_copy(&mirror->root, &install->root,
		    names[i]->d_name);
	names_free(names, n);
	return status;
}

/* --url, instead of what is known. */
static enum status
origin_write(const struct mirror *mirror, const struct install *install)
{
	const struct arguments *a = &install->arguments;
	struct content content = { 0 };

	if (a->nurls == 0)
		return STATUS_DONE;
	FILE *text = open_memstream(&content.text, &content.size);
	if (text == NULL)
		return making_failed(mirror->user, ENOMEM);
	for (size_t i = 0; i < a->nurls; i++)
		fprintf(text, "%s\n", a->urls[i]);
	fclose(text);
	CLOSE int dir = userdir_make(&install->root, mirror->user);
	int error = dir < 0 ? dir : content_write(&content, dir, USER_ORIGIN);
	content_free(&content);
	return error < 0 ? making_failed(mirror->user, -error) : STATUS_DONE;
}

/* ---- what is wanted ---- */

static enum status
want(struct install *install, const struct depot_path *path)
{
	struct wishes *wishes = &install->wishes;
	struct wish *list = reallocarray(wishes->list, wishes->count + 1,
	    sizeof(*list));

	if (list == NULL)
		return making_failed(path->text, ENOMEM);
	wishes->list = list;
	for (size_t i = 0; i < wishes->count; i++)
		/* Each path points into itself. */
		depot_path_copy(&list[i].path, &list[i].path);
	struct wish *wish = &list[wishes->count++];
	*wish = (struct wish){ .needs = NEEDS_BINARY |
	    wishes_needs(&install->arguments) };
	depot_path_copy(&wish->path, path);
	return STATUS_DONE;
}

/* The indexes of a depot, or (suffix) of a public directory. */
static enum status
want_indexes(const struct mirror *mirror, struct install *install, int dir,
    const char *suffix)
{
	char parent[DEPOT_USER_MAX + sizeof("/index")];
	char text[sizeof(parent) + NAME_MAX + 1];
	enum status status = STATUS_DONE;
	struct depot_path path;
	struct dirent **names;

	snprintf(parent, sizeof(parent), "%s/index", mirror->user);
	int n = dir < 0 ? 0 : names_read(dir, parent, &names);
	for (int i = 0; i < n && status == STATUS_DONE; i++) {
		int size = snprintf(text, sizeof(text), "%s/%s", parent,
		    names[i]->d_name) - (int)strlen(suffix);
		if (size > 0 && strcmp(text + size, suffix) == 0 &&
		    depot_path_parse(&path, text, (size_t)size) == 0)
			status = want(install, &path);
	}
	names_free(names, n);
	return status;
}

static enum status
want_words(struct install *install)
{
	const struct arguments *a = &install->arguments;
	enum status status = STATUS_DONE;
	struct depot_path path;

	for (size_t i = 2; i < a->nwords && status == STATUS_DONE; i++) {
		status = arguments_path(&path, a->words[i]);
		if (status == STATUS_DONE)
			status = want(install, &path);
	}
	return status;
}

/* What the catalog lists, which is asked for; and the indexes that are known,
 * since there may be none. */
static enum status
want_all(const struct mirror *mirror, struct install *install)
{
	CLOSE int depot = root_open(&mirror->root, "depot");
	enum status status = want_indexes(mirror, install, depot, "");

	install->whole = mirror->user;
	return status != STATUS_DONE ? status :
	    want_indexes(mirror, install, install->mirror, ".xz");
}

static enum status
nothing_known(const struct mirror *mirror, const char *dir)
{
	complain("%s: it has no catalog, and no index is known", mirror->user);
	advise("airlock mirror %s %s %s/index/VERSION mirrors one, with what it "
	    "lists", mirror->user, dir, mirror->user);
	return STATUS_UNAVAILABLE;
}

/* ---- where to ---- */

/* An index changes under its name: what was unpacked is of another day. */
static enum status
indexes_forget(const struct install *install)
{
	CLOSE int depot = root_open(&install->root, "depot");
	struct dirent **users, **names;
	char path[2 * NAME_MAX];

	int nusers = depot < 0 ? 0 : names_read(depot, ".", &users);
	for (int u = 0; u < nusers; u++) {
		snprintf(path, sizeof(path), "%s/index", users[u]->d_name);
		CLOSE int dir = openat(depot, path, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
		int n = dir == -1 ? 0 : names_read(dir, ".", &names);
		for (int i = 0; i < n; i++)
			(void)unlinkat(dir, names[i]->d_name, 0);
		names_free(names, n);
	}
	names_free(users, nusers);
	return STATUS_DONE;
}

static enum status
begin(struct install *install)
{
	struct mirror *mirror = install->context;
	enum status status = publishers_copy(mirror, install);

	if (status == STATUS_DONE)
		status = origin_write(mirror, install);
	return status != STATUS_DONE ? status : indexes_forget(install);
}

static enum status
directory_open(struct install *install)
{
	const char *dir = install->arguments.words[1];
	struct root *root = &install->root;

	if (mkdir(dir, 0755) == -1 && errno != EEXIST)
		return making_failed(dir, errno);
	install->mirror = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (install->mirror == -1 ||
	    (mkdirat(install->mirror, WORK, 0700) == -1 && errno != EEXIST))
		return making_failed(dir, errno);
	root->named = true;
	if (snprintf(root->path, sizeof(root->path), "%s/" WORK, dir) >=
	    (int)sizeof(root->path))
		return making_failed(dir, ENAMETOOLONG);
	return root_make(root) < 0 ? STATUS_FAILED : STATUS_DONE;
}

/* As publishers do: key and origin lie beside the archives, for people.  The
 * origin is left out where the mirror is told another. */
static enum status
userfiles_show(const struct mirror *mirror, int dir)
{
	CLOSE int to = openat(dir, mirror->user, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	CLOSE int from = userdir_open(&mirror->root, mirror->user);

	if (to == -1 || from < 0)
		return STATUS_DONE;	/* nothing was mirrored */
	int error = content_copy(from, to, USER_KEY);
	if (error == 0)
		error = content_copy(from, to, USER_ORIGIN);
	return error < 0 && error != -ENOENT ? making_failed(mirror->user, -error) : STATUS_DONE;
}

static enum status
prepare(struct mirror *mirror, struct install *install)
{
	struct arguments *a = &install->arguments;
	enum status status = user_root(&mirror->root, a, mirror->user);

	if (status == STATUS_DONE && settings_read(&install->settings,
	    &mirror->root, a) < 0)
		status = STATUS_FAILED;
	if (status == STATUS_DONE)
		status = install_check(install);
	if (status == STATUS_DONE && a->nwords > 2)
		status = want_words(install);
	if (status == STATUS_DONE)
		status = directory_open(install);
	return status == STATUS_DONE && a->nwords == 2 ?
	    want_all(mirror, install) : status;
}

enum status
mirror_run(const struct arguments *a)
{
	struct mirror mirror = { .user = a->words[0] };
	struct install install = { .arguments = *a, .mirror = -1,
	    .begin = begin, .context = &mirror };
	enum status status = prepare(&mirror, &install);
	CLOSE int dir = status == STATUS_DONE ?
	    fcntl(install.mirror, F_DUPFD_CLOEXEC, 0) : -1;

	if (status == STATUS_DONE)
		status = install_all(&install);
	if (status == STATUS_DONE && install.known == 0)
		status = nothing_known(&mirror, a->words[1]);
	if (dir >= 0)
		status = status_worse(status, userfiles_show(&mirror, dir));
	install_free(&install);
	return status;
}

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/install.h"
#include "cli/making.h"
#include "cli/message.h"
#include "cli/peek.h"
#include "cli/userfile.h"
#include "depot/clear.h"
#include "depot/store.h"
#include "rpc/cap.h"

#define SIG	".sig"

static enum status
scratch_make(struct root *scratch)
{
	const char *tmp = getenv("TMPDIR");

	scratch->named = true;
	if (snprintf(scratch->path, sizeof(scratch->path), "%s/airlock.XXXXXX",
	    tmp == NULL || tmp[0] != '/' ? "/tmp" : tmp) >=
	    (int)sizeof(scratch->path))
		return making_failed(tmp, ENAMETOOLONG);
	if (mkdtemp(scratch->path) == NULL) {
		enum status status = making_failed(scratch->path, errno);
		scratch->path[0] = '\0';
		return status;
	}
	return root_make(scratch) < 0 ? STATUS_FAILED : STATUS_DONE;
}

static void
scratch_remove(const struct root *scratch)
{
	CLOSE int dir = scratch->path[0] == '\0' ? -1 : open(scratch->path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0 && clear_directory(dir, ".") == 0)
		(void)rmdir(scratch->path);
}

/* Both files: 0 or -errno. */
static int
served_copy(const struct root *from, const struct root *to,
    const struct depot_path *path)
{
	CLOSE int source = root_open(from, "public");
	CLOSE int target = root_open(to, "public");
	char name[DEPOT_PATH_MAX + 16];

	if (source < 0 || target < 0)
		return source < 0 ? source : target;
	snprintf(name, sizeof(name), "%s%s" SIG, path->text,
	    depot_path_suffix(path));
	int error = store_make_parents(target, path->text);
	CLOSE int at = store_open_parent(source, name);
	CLOSE int to_dir = error < 0 ? error : store_open_parent(target, name);
	if (at < 0 || to_dir < 0)
		return at < 0 ? at : to_dir;
	char *last = strrchr(name, '/') + 1;
	error = content_copy(at, to_dir, last);
	last[strlen(last) - strlen(SIG)] = '\0';
	return error < 0 ? error : content_copy(at, to_dir, last);
}

static enum status
scratch_fill(const struct root *from, const struct root *scratch,
    const struct depot_path *path)
{
	CLOSE int source = userdir_open(from, path->user);
	CLOSE int target = userdir_make(scratch, path->user);
	int error = source < 0 ? source : target < 0 ? target :
	    content_copy(source, target, USER_KEY);

	if (error == -ENOENT) {
		complain("%s: it is in public/, but no key of %s is known",
		    path->text, path->user);
		return STATUS_UNTRUSTED;
	}
	if (error == 0)
		error = served_copy(from, scratch, path);
	if (error == -ENOENT) {
		complain("%s: it is in public/, but without its signature",
		    path->text);
		return STATUS_UNTRUSTED;
	}
	return error < 0 ? making_failed(path->text, -error) : STATUS_DONE;
}

static enum status
scratch_install(const struct root *from, const struct root *scratch,
    const struct arguments *a, const struct depot_path *path)
{
	struct install install = { .arguments = *a, .root = *scratch,
	    .mirror = -1, .goes_on = true };
	struct wish wish = { .needs = NEEDS_BINARY };

	depot_path_copy(&wish.path, path);
	install.arguments.offline = install.arguments.quiet = true;
	install.arguments.json = false;
	install.wishes = (struct wishes){ &wish, 1, "" };
	enum status status = settings_read(&install.settings, from,
	    &install.arguments) < 0 ? STATUS_FAILED : STATUS_DONE;
	if (status == STATUS_DONE)
		status = install_check(&install);
	if (status == STATUS_DONE)
		status = install_all(&install);
	install.wishes = (struct wishes){ 0 };	/* it is ours */
	install_free(&install);
	return status;
}

enum status
peek_index(struct index *index, const struct root *root,
    const struct arguments *a, const struct depot_path *path)
{
	struct root scratch = { .path = "" };
	enum status status = scratch_make(&scratch);

	*index = (struct index){ .what = READER_INDEX };
	if (status == STATUS_DONE)
		status = scratch_fill(root, &scratch, path);
	if (status == STATUS_DONE)
		status = scratch_install(root, &scratch, a, path);
	if (status == STATUS_DONE)
		status = index_read(index, &scratch, path);
	scratch_remove(&scratch);
	return status;
}

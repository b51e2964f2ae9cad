#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/lock.h"
#include "cli/making.h"
#include "cli/message.h"
#include "depot/clear.h"

enum status
making_failed(const char *what, int error)
{
	complain("%s: %s", what, strerror(error));
	return error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE :
	    STATUS_FAILED;
}

/* Like any other writer: one at a time, and the next one waits. */
static enum status
lock(const struct making *making, int *fd)
{
	struct view view;

	view_init(&view, making->arguments, making->root.path);
	enum status status = lock_take(&making->root, &view, fd);
	view_fini(&view);
	return status;
}

/* ROOT's directories, and an empty staging directory in them. */
static int
store_begin(struct making *making)
{
	int error = store_open(&making->store, making->root.path);

	return error < 0 ? error : clear_measured(making->store.staging, ".",
	    &making->cleared);
}

enum status
making_begin(struct making *making, const struct arguments *a)
{
	making->arguments = a;
	making->cleared = 0;
	if (root_choose(&making->root, a) < 0 || root_make(&making->root) < 0)
		return STATUS_FAILED;
	enum status status = lock(making, &making->lock);
	if (status != STATUS_DONE)
		return status;
	int error = store_begin(making);
	return error < 0 ? making_failed(making->root.path, -error) :
	    STATUS_DONE;
}

enum status
making_parse(struct depot_path *path, const char *text)
{
	if (depot_path_parse(path, text, strlen(text)) == 0)
		return STATUS_DONE;
	complain("%s: this is no archive's path", text);
	advise("USER/TYPE/NAME/VERSION, for example alice/raw/website/"
	    "2026-11-21");
	return STATUS_USAGE;
}

enum status
making_refuse(const char *dir, const char *where, enum walk_why why, int error)
{
	const char *slash = where[0] == '\0' ? "" : "/";

	if (why != WALK_SYSTEM) {
		complain("%s%s%s: %s", dir, slash, where, walk_text(why));
		return why == WALK_CHANGED ? STATUS_FAILED : STATUS_MALFORMED;
	}
	complain("%s%s%s: %s", dir, slash, where, strerror(error));
	return error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE :
	    STATUS_FAILED;
}

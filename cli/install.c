#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/arch.h"
#include "cli/certificates.h"
#include "cli/command.h"
#include "cli/install.h"
#include "cli/lock.h"
#include "cli/message.h"
#include "cli/plan.h"
#include "cli/restrict.h"
#include "cli/session.h"
#include "rpc/cap.h"

enum status
arguments_path(struct depot_path *path, const char *text)
{
	size_t size = strlen(text);

	/* What completion and copying leave at the end. */
	while (size > 0 && text[size - 1] == '/')
		size--;
	if (depot_path_parse(path, text, size) == 0)
		return STATUS_DONE;
	complain("%s: this is no archive's path", text);
	advise("a path is USER/TYPE/NAME/VERSION, for example "
	    "alice/pkg/editor/2024-05-01");
	advise("TYPE: pkg, src, raw, api, bin/ARCH, dbg/ARCH; or "
	    "USER/index/VERSION, USER/image/NAME");
	return STATUS_USAGE;
}

/* What is asked for, before anything else is looked at. */
static enum status
wishes_begin(struct install *install)
{
	const struct arguments *a = &install->arguments;
	enum status status = STATUS_DONE;

	if (a->nwords == 0 && a->file == NULL && a->locked == NULL) {
		complain("install: something is missing");
		advise("usage: airlock install PATH... | --file FILE | "
		    "--locked FILE");
		return STATUS_USAGE;
	}
	if (a->lock != NULL && (a->locked != NULL || a->dry_run)) {
		complain("--lock: what is installed cannot be known with %s",
		    a->dry_run ? "--dry-run" : "--locked");
		return STATUS_USAGE;
	}
	if (a->locked != NULL)
		status = locked_read(&install->locked, a->locked);
	return status != STATUS_DONE ? status : wishes_read(&install->wishes,
	    a, a->locked == NULL ? NULL : &install->locked);
}

/* The command line before the file, that before the settings. */
static enum status
arch_begin(struct install *install)
{
	struct arguments *a = &install->arguments;

	if (install->wishes.arch[0] != '\0' &&
	    !option_given(a, option_find("arch", strlen("arch"))))
		a->arch = install->wishes.arch;
	return arch_choose(a);
}

static const char *
environment(const char *lower, const char *upper, const char **name)
{
	const char *value = getenv(*name = lower);

	if (value == NULL || value[0] == '\0')
		value = getenv(*name = upper);
	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* A proxy that somebody relies on is not passed by in silence. */
static enum status
check_proxy(const struct arguments *a)
{
	static const char *const variables[][2] = {
		{ "http_proxy", "HTTP_PROXY" },
		{ "https_proxy", "HTTPS_PROXY" },
		{ "all_proxy", "ALL_PROXY" },
	};
	const char *name;
	const char *except = environment("no_proxy", "NO_PROXY", &name);

	if (a->offline || a->no_proxy ||
	    (except != NULL && strcmp(except, "*") == 0))
		return STATUS_DONE;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (environment(variables[i][0], variables[i][1], &name) ==
		    NULL)
			continue;
		complain("%s is set, but airlock cannot use a proxy", name);
		advise("--no-proxy connects directly, --offline not at all");
		return STATUS_UNAVAILABLE;
	}
	return STATUS_DONE;
}

/* The forms of an image, by their suffix. */
static enum status
format_choose(const struct arguments *a, enum depot_type *type)
{
	static const struct {
		const char	*word;
		enum depot_type	 type;
	} formats[] = {
		{ "tar.xz", DEPOT_IMAGE },
		{ "img.xz", DEPOT_IMAGE_DISK },
		{ "zip", DEPOT_IMAGE_ZIP },
	};

	*type = DEPOT_IMAGE;
	if (a->format == NULL)
		return STATUS_DONE;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].word, a->format) == 0) {
			*type = formats[i].type;
			return STATUS_DONE;
		}
	complain("--format %s: an image is had as tar.xz, img.xz or zip",
	    a->format);
	return STATUS_USAGE;
}

enum status
install_check(struct install *install)
{
	enum status status = arch_begin(install);

	if (status == STATUS_DONE)
		status = format_choose(&install->arguments, &install->image);
	return status != STATUS_DONE ? status :
	    check_proxy(&install->arguments);
}

/* Nothing is asked for in vain. */
static enum status
check_format(const struct install *install)
{
	const char *format = install->arguments.format;

	for (size_t i = 0; i < install->wishes.count; i++)
		if (install->wishes.list[i].path.type == DEPOT_IMAGE)
			return STATUS_DONE;
	if (format == NULL)
		return STATUS_DONE;
	complain("--format %s: there is no image among what is wanted",
	    format);
	return STATUS_USAGE;
}

static enum status
prepare(struct install *install)
{
	struct arguments *a = &install->arguments;
	enum status status = wishes_begin(install);

	if (status != STATUS_DONE)
		return status;
	if (root_choose(&install->root, a) < 0)
		return STATUS_FAILED;
	if (settings_read(&install->settings, &install->root, a) < 0)
		return STATUS_FAILED;
	status = install_check(install);
	if (status == STATUS_DONE)
		status = check_format(install);
	if (status == STATUS_DONE && !a->dry_run &&
	    root_make(&install->root) < 0)
		status = STATUS_FAILED;
	return status;
}

static void
fill_open(struct cli_open_req *req, const struct arguments *a)
{
	*req = (struct cli_open_req){
		.jobs = (uint32_t)a->jobs,
		.stall = (uint32_t)a->stall * 1000,
		.retries = (uint32_t)a->retries,
		.level = (uint32_t)a->level,
		.silence = (uint64_t)a->max_silence * 1000,
	};
}

static enum status
open_session(struct session *session, const struct arguments *a)
{
	struct cli_open_req req;
	CLOSE int certificates = certificates_open(a->ca);

	if (certificates < 0)
		return STATUS_FAILED;
	fill_open(&req, a);
	return session_open(session, &req, certificates);
}

/* All of them, before the first is begun: what is named is no dependency. */
static enum status
plan_wishes(struct install *install, struct plan *plan, struct session *session)
{
	const struct wishes *wishes = &install->wishes;
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < wishes->count; i++) {
		const struct wish *wish = &wishes->list[i];
		if (!wish->listed) {
			plan_want(plan, &wish->path, wish->needs,
			    !wish->dependency);
		} else if (needs_want_listed(plan, &wish->path, wish->needs,
		    true) < 0) {
			complain("%s: its bin archive has no valid path",
			    wish->path.text);
			status = STATUS_MALFORMED;
		}
	}
	return status_worse(status, plan_run(plan, session));
}

static enum status
converse(struct install *install, struct view *view, struct plan *plan)
{
	char also[PATH_MAX];
	struct session session;
	CLOSE int lock = -1;
	enum status status = lock_take(&install->root, view, &lock);

	if (status == STATUS_DONE && install->begin != NULL)
		status = install->begin(install);
	if (status == STATUS_DONE)
		status = session_start(&session, &install->arguments,
		    install->root.path, lock, view, plan);
	if (status != STATUS_DONE)
		return status;
	status = open_session(&session, &install->arguments);
	/* Else more than ROOT is written, or helpers are to be started. */
	if (install->begin == NULL && !install->goes_on)
		restrict_files(&install->root, &session.started,
		    locked_directory(install->arguments.lock, also));
	if (status == STATUS_DONE)
		status = plan_wishes(install, plan, &session);
	enum status ended = session_end(&session);
	plan_tidy(plan);
	/* How a manager ends that was told to stop does not matter. */
	return session.stopping ? STATUS_INTERRUPTED :
	    status_worse(status, ended);
}

enum status
install_all(struct install *install)
{
	const struct arguments *a = &install->arguments;
	struct view view;
	struct plan plan;

	view_init(&view, a, install->root.path);
	plan_init(&plan, a, &install->root, &view);
	plan.locked = a->locked == NULL ? NULL : &install->locked;
	plan.image = install->image;
	plan.mirrors = install->mirror >= 0;
	plan.public = install->mirror;
	install->mirror = -1;	/* the plan owns it now */
	plan.whole = install->whole;
	plan.whole_needs = NEEDS_BINARY | wishes_needs(a);
	enum status status = a->dry_run ? plan_wishes(install, &plan, NULL) :
	    converse(install, &view, &plan);
	status = status_worse(status, view.status);
	if (status == STATUS_DONE && a->lock != NULL)
		status = locked_write(&plan, a->lock);
	install->known = view.tally.count;
	view_finish(&view, status);
	plan_fini(&plan);
	view_fini(&view);
	return status;
}

void
install_free(struct install *install)
{
	settings_free(&install->settings);
	wishes_free(&install->wishes);
	locked_free(&install->locked);
	cap_close_fd(&install->mirror);
}

enum status
install_run(const struct arguments *a)
{
	struct install install = { .arguments = *a, .mirror = -1 };
	enum status status = prepare(&install);

	if (status == STATUS_DONE)
		status = install_all(&install);
	install_free(&install);
	return status;
}

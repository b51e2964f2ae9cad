#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/report.h"
#include "cli/message.h"

/* Beside the programs: what each was linked from (tools/sources). */
#define SOURCES_TABLE	"sources.tab"

static const char *const class_names[CLASSES] = {
	[CLASS_CODE] = "code",
	[CLASS_POLICY] = "policy",
	[CLASS_HEADER] = "header",
};

/* As cli/start.c finds them; engines where their view has them. */
static int
program_path(enum program_id id, const char *file, char path[CLOSURE_PATH])
{
	char exe[CLOSURE_PATH / 2];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));

	if (n == -1 || n == (ssize_t)sizeof(exe))
		return n == -1 ? -errno : -ENAMETOOLONG;
	exe[n] = '\0';
	if (id == PROGRAM_AIRLOCK) {
		snprintf(path, CLOSURE_PATH, "%s", exe);
		return 0;
	}
	if (program_engine_jail(id) != NULL) {
		snprintf(path, CLOSURE_PATH, "%s", kinds[id == PROGRAM_GPG ?
		    LAUNCHER_A_VERIFIER : LAUNCHER_A_SEQUOIA].view[0]);
		return 0;
	}
	*strrchr(exe, '/') = '\0';
	snprintf(path, CLOSURE_PATH, "%s/../libexec/airlock/%s", exe, file);
	char *real = realpath(path, NULL);
	if (real == NULL)
		return -errno;
	snprintf(path, CLOSURE_PATH, "%s", real);
	free(real);
	return 0;
}

static int
programs_read(struct audit *a)
{
	for (enum program_id id = 0; id < PROGRAMS; id++) {
		struct found *f = &a->found[id];
		int error = program_path(id, programs[id].name, f->path);
		if (error == 0)
			error = closure_read(&f->closure, f->path,
			    kind_libraries);
		/* airlock does without the second engine. */
		if (error == 0 || (id == PROGRAM_SQV && error == -ENOENT))
			continue;
		complain("%s: %s", programs[id].name, error == -ENOEXEC ?
		    "not a program of this machine's kind" : strerror(-error));
		return error;
	}
	return 0;
}

static unsigned int
programs_parse(char *names)
{
	unsigned int set = 0;
	char *at = NULL;

	for (char *name = strtok_r(names, ",", &at); name != NULL;
	    name = strtok_r(NULL, ",", &at))
		for (size_t i = 0; i < PROGRAMS; i++)
			if (strcmp(name, programs[i].name) == 0)
				set |= 1u << i;
	return set;
}

/* "class lines file program,program" */
static int
source_parse(struct source_file *s, const char *line)
{
	char class[16], names[256];

	if (sscanf(line, "%15s %u %127s %255s", class, &s->lines, s->path,
	    names) != 4)
		return -EBADMSG;
	s->programs = programs_parse(names);
	for (s->class = 0; s->class < CLASSES; s->class++)
		if (strcmp(class, class_names[s->class]) == 0)
			return 0;
	return -EBADMSG;
}

static int
sources_parse(struct audit *a, FILE *file)
{
	char line[512];
	int error = 0;

	while (error == 0 && fgets(line, sizeof(line), file) != NULL)
		error = a->nsources == SOURCES_MAX ? -E2BIG :
		    source_parse(&a->source[a->nsources++], line);
	if (error == 0 && (ferror(file) || a->nsources == 0))
		error = -EBADMSG;
	return error;
}

static int
sources_read(struct audit *a)
{
	char path[CLOSURE_PATH];
	int error = program_path(PROGRAMS, SOURCES_TABLE, path);

	if (error == 0) {
		FILE *file = fopen(path, "re");
		error = file == NULL ? -errno : sources_parse(a, file);
		if (file != NULL)
			fclose(file);
	}
	if (error < 0)
		complain("%s: %s", SOURCES_TABLE, strerror(-error));
	return error;
}

/* Each file once for each program, and once for each side. */
static void
sources_sum(struct audit *a)
{
	const unsigned int trusted = 1u << PROGRAM_LAUNCHER |
	    1u << PROGRAM_MANAGER;

	for (size_t i = 0; i < a->nsources; i++) {
		const struct source_file *s = &a->source[i];
		for (size_t id = 0; id < PROGRAMS; id++)
			if (s->programs & 1u << id)
				a->found[id].lines[s->class] += s->lines;
		if (s->programs & trusted)
			a->trusted[s->class] += s->lines;
		else if (s->programs & ~(1u << PROGRAM_AIRLOCK))
			a->jailed[s->class] += s->lines;
	}
}

static bool
loads(const struct found *f, const char *library)
{
	for (size_t i = 0; i < f->closure.count; i++)
		if (strcmp(f->closure.item[i].name, library) == 0)
			return true;
	return false;
}

static bool
is_trusted(const struct audit *a, const char *library)
{
	return loads(&a->found[PROGRAM_LAUNCHER], library) ||
	    loads(&a->found[PROGRAM_MANAGER], library);
}

/* The library of this name that the program loads, and its lines. */
static uint64_t
trusted_library(const struct audit *a, enum program_id id, const char *name,
    int64_t *lines)
{
	const struct found *f = &a->found[id];

	*lines = MEASURED_NO_SOURCE;
	for (size_t i = 0; i < f->closure.count; i++) {
		const struct library *l = &f->closure.item[i];
		if (strncmp(l->name, name, strlen(name)) != 0)
			continue;
		const struct measured *m = measured_find(&a->measurements,
		    l->name);
		if (m != NULL)
			*lines = m->lines;
		return l->code;
	}
	return 0;
}

/* Both load the C library, and the manager libmd. */
static void
trusted_sum(struct audit *a)
{
	const struct found *launcher = &a->found[PROGRAM_LAUNCHER];

	a->trusted_code = launcher->closure.program.code +
	    a->found[PROGRAM_MANAGER].closure.program.code;
	/* The loader is the C library's part. */
	for (size_t i = 0; i < launcher->closure.count; i++)
		a->libc_code += launcher->closure.item[i].code;
	a->libmd_code = trusted_library(a, PROGRAM_MANAGER, "libmd.",
	    &a->libmd_lines);
}

/* The package's row in the sum, made if it is new; a library of no known package
 * is a package of its own. */
static struct distrusted *
distrusted_row(struct audit *a, const char *library)
{
	const struct measured *m = measured_find(&a->measurements, library);
	const char *name = m == NULL ? library : m->source;

	for (size_t i = 0; i < a->ndistrusted; i++)
		if (strcmp(a->distrusted[i].name, name) == 0)
			return &a->distrusted[i];
	if (a->ndistrusted == CLOSURE_MAX)
		return NULL;
	struct distrusted *d = &a->distrusted[a->ndistrusted++];
	*d = (struct distrusted){ .measured = m };
	snprintf(d->name, sizeof(d->name), "%s", name);
	return d;
}

/* Was it seen in a program before this one? */
static bool
is_counted(const struct audit *a, enum program_id before, const char *library)
{
	for (enum program_id id = PROGRAM_DIALER; id < before; id++)
		if (loads(&a->found[id], library))
			return true;
	return false;
}

static void
distrusted_add(struct audit *a, enum program_id id, const char *name,
    uint64_t code)
{
	struct distrusted *d = distrusted_row(a, name);

	if (d == NULL)
		return;
	d->programs |= 1u << id;
	if (!is_counted(a, id, name)) {
		d->code += code;
		a->distrusted_code += code;
	}
}

static int
by_lines(const void *a, const void *b)
{
	const struct distrusted *x = a, *y = b;
	int64_t nx = x->measured == NULL ? -3 : x->measured->lines;
	int64_t ny = y->measured == NULL ? -3 : y->measured->lines;

	return nx != ny ? (nx < ny) - (nx > ny) : strcmp(x->name, y->name);
}

/* What jailed processes load and the trusted ones do not. */
static void
distrusted_sum(struct audit *a)
{
	for (enum program_id id = PROGRAM_DIALER; id < PROGRAMS; id++) {
		const struct closure *c = &a->found[id].closure;
		for (size_t i = 0; i < c->count; i++)
			if (!is_trusted(a, c->item[i].name))
				distrusted_add(a, id, c->item[i].name,
				    c->item[i].code);
		if (program_engine_jail(id) != NULL && c->program.code != 0)
			distrusted_add(a, id, programs[id].name,
			    c->program.code);
	}
	for (size_t i = 0; i < a->ndistrusted; i++) {
		const struct measured *m = a->distrusted[i].measured;
		if (m != NULL && m->lines >= 0)
			a->distrusted_lines += m->lines;
		else
			a->uncounted++;
	}
	qsort(a->distrusted, a->ndistrusted, sizeof(a->distrusted[0]),
	    by_lines);
}

bool
measured_is_old(const struct measured *m)
{
	return m->installed[0] != '\0' &&
	    strcmp(m->version, m->installed) != 0;
}

unsigned int
audit_trusted_lines(const struct audit *a)
{
	return a->trusted[CLASS_CODE] + a->trusted[CLASS_POLICY];
}

double
audit_ratio(const struct audit *a)
{
	unsigned int trusted = audit_trusted_lines(a);

	return trusted == 0 ? 0 : (double)a->distrusted_lines / trusted;
}

struct audit *
audit_new(void)
{
	struct audit *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		complain("out of memory");
		return NULL;
	}
	if (programs_read(a) < 0 || sources_read(a) < 0) {
		free(a);
		return NULL;
	}
	measurements_read(&a->measurements);
	sources_sum(a);
	trusted_sum(a);
	distrusted_sum(a);
	level_probe(&a->level);
	return a;
}

void
audit_free(struct audit *a)
{
	free(a);
}

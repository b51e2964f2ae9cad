#include <inttypes.h>
#include <string.h>

#include "audit/report.h"
#include "audit/rule.h"
#include "audit/walls.h"
#include "cli/message.h"

#define WIDTH	92
#define INDENT	20	/* where descriptions begin, behind their titles */
#define ROW	100	/* longest row of a table */
#define NUMBER	32	/* array size of a number's text */

static const char *const sides[] = {
	[SIDE_USER] = "the user's",
	[SIDE_TRUSTED] = "trusted",
	[SIDE_DISTRUSTED] = "jailed",
};

/* A paragraph with its title beside the first line. */
struct paragraph {
	char	line[WIDTH + 1];
	size_t	used;
};

static void
paragraph_begin(struct paragraph *p, const char *title)
{
	snprintf(p->line, sizeof(p->line), "  %-*s", INDENT - 2, title);
	p->used = strlen(p->line);
}

static void
paragraph_end(struct paragraph *p)
{
	say("%s", p->line);
}

/* How much of a word fits into a line: all of it, or a part that ends with a
 * bar. */
static size_t
word_part(const struct paragraph *p, const char *word, size_t size)
{
	size_t fits = WIDTH - p->used;

	if (size < fits)
		return size;
	while (fits > 0 && word[fits - 1] != '|')
		fits--;
	return fits == 0 ? size : fits;
}

static void
paragraph_word(struct paragraph *p, const char *word, size_t size)
{
	bool is_first = p->line[p->used - 1] == ' ';

	if (p->used + size + 1 > WIDTH && !is_first) {
		paragraph_end(p);
		paragraph_begin(p, "");
		is_first = true;
	}
	for (size_t part; is_first && (part = word_part(p, word, size)) < size;
	    word += part, size -= part) {
		snprintf(p->line + p->used, sizeof(p->line) - p->used, "%.*s",
		    (int)part, word);
		paragraph_end(p);
		paragraph_begin(p, "");
	}
	snprintf(p->line + p->used, sizeof(p->line) - p->used, "%s%.*s",
	    is_first ? "" : " ", (int)size, word);
	p->used = strlen(p->line);
}

/* All words of a text. */
static void
paragraph_add(struct paragraph *p, const char *text)
{
	while (*(text += strspn(text, " ")) != '\0') {
		size_t size = strcspn(text, " ");
		paragraph_word(p, text, size);
		text += size;
	}
}

static void
paragraph(const char *title, const char *text)
{
	struct paragraph p = { .used = 0 };

	paragraph_begin(&p, title);
	paragraph_add(&p, text);
	paragraph_end(&p);
}

/* ---- the overview ---- */

static void
print_programs(const struct audit *a)
{
	char lines[NUMBER], policies[NUMBER], code[NUMBER], theirs[NUMBER];

	say("%-11s %-10s %9s %9s %12s %7s %12s", "process", "side",
	    "own lines", "policies", "machine code", "loads",
	    "their code");
	for (enum program_id id = 0; id < PROGRAMS; id++) {
		const struct found *f = &a->found[id];
		bool is_engine = program_engine_jail(id) != NULL;
		uint64_t sum = 0;
		for (size_t i = 0; i < f->closure.count; i++)
			sum += f->closure.item[i].code;
		audit_number(lines, f->lines[CLASS_CODE]);
		audit_number(policies, f->lines[CLASS_POLICY]);
		audit_number(code, (int64_t)f->closure.program.code);
		audit_number(theirs, (int64_t)sum);
		say("%-11s %-10s %9s %9s %12s %7zu %12s", programs[id].name,
		    sides[programs[id].side], is_engine ? "-" : lines,
		    is_engine ? "-" : policies, code, f->closure.count,
		    theirs);
	}
}

static void
print_row(const char *what, int64_t lines, uint64_t code)
{
	char left[NUMBER], right[NUMBER];

	audit_number(left, lines);
	audit_number(right, (int64_t)code);
	say("  %-47s %10s %14s", what,
	    lines == MEASURED_NOT_COUNTED ? "not counted" :
	    lines < 0 ? "unknown" : left, code == 0 ? "" : right);
}

static void
print_sums(const struct audit *a)
{
	say("%-49s %10s %14s", "trusted: manager and launcher", "lines",
	    "machine code");
	print_row("own code", a->trusted[CLASS_CODE], 0);
	print_row("policy tables", a->trusted[CLASS_POLICY], 0);
	print_row("together, with the programs' machine code",
	    audit_trusted_lines(a), a->trusted_code);
	print_row("(headers, which only declare)", a->trusted[CLASS_HEADER], 0);
	print_row("libmd, in the manager", a->libmd_lines, a->libmd_code);
	print_row("the C library and its loader", MEASURED_NOT_COUNTED,
	    a->libc_code);
	say("%s", "");
	say("jailed: what the trusted side does not load");
	print_row("own code of the workers", a->jailed[CLASS_CODE], 0);
	print_row("libraries and engines", a->distrusted_lines,
	    a->distrusted_code);
	say("%s", "");
	say("For each trusted line there are %.0f distrusted ones.",
	    audit_ratio(a));
}

static void
print_package(const struct distrusted *d)
{
	const struct measured *m = d->measured;
	char lines[NUMBER] = "unknown", code[NUMBER], names[128], row[256];
	const char *version = m == NULL ? "" : m->version;

	audit_number(code, (int64_t)d->code);
	if (m != NULL && m->lines == MEASURED_NOT_COUNTED)
		snprintf(lines, sizeof(lines), "not counted");
	else if (m != NULL && m->lines >= 0)
		audit_number(lines, m->lines);
	programs_list(names, sizeof(names), d->programs);
	int n = snprintf(row, sizeof(row), "  %-19s %11s %11s  %-21s", d->name,
	    lines, code, version);
	/* Some versions are long: then the names have a line of their own. */
	bool fits = (size_t)n + 1 + strlen(names) <= ROW;
	say("%s%s%s", row, fits ? " " : "", fits ? names : "");
	if (!fits)
		say("%*s", ROW, names);
	if (m != NULL && measured_is_old(m))
		say("  %-19s %11s %11s  %s is installed", "", "", "",
		    m->installed);
}

static void
print_packages(const struct audit *a)
{
	say("  %-19s %11s %11s  %-21s %s", "source package", "lines",
	    "code loaded", "version measured", "loaded by");
	for (size_t i = 0; i < a->ndistrusted; i++)
		print_package(&a->distrusted[i]);
}

static void
print_level(const struct level *l)
{
	char names[RULE_TEXT], text[WALL_TEXT];

	rule_namespaces(names, l->namespaces);
	snprintf(text, sizeof(text), "%s: namespaces %s; Landlock %s%s%s; "
	    "seccomp %s", l->name, l->namespaces == 0 ? "none" : names,
	    l->landlock == 0 ? "none" : "files",
	    l->landlock & JAIL_LANDLOCK_NET ? ", TCP" : "",
	    l->landlock & JAIL_LANDLOCK_SCOPE ? ", signals" : "",
	    l->has_seccomp ? "filters" : "none");
	paragraph("level to be had", text);
	if (l->group.held != 0)
		snprintf(text, sizeof(text), "%s%s%s of all workers together, "
		    "by a control group; beside each one's own",
		    l->group.held & CGROUP_MEMORY ? "memory" : "",
		    l->group.held == (CGROUP_MEMORY | CGROUP_PIDS) ? " and " :
		    "", l->group.held & CGROUP_PIDS ? "processes" : "");
	else
		snprintf(text, sizeof(text), "each worker's own alone: %s",
		    cgroup_reason(&l->group));
	paragraph("limits", text);
}

/* ---- a process ---- */

/* Our lines by folder, largest last in the alphabet, not in size. */
static void
print_own(const struct audit *a, enum program_id id)
{
	struct paragraph p = { .used = 0 };
	char part[128], number[NUMBER];
	size_t i = 0;

	paragraph_begin(&p, "own code");
	while (i < a->nsources) {
		const char *folder = a->source[i].path;
		size_t size = strcspn(folder, "/") + 1;
		unsigned int lines = 0;
		for (; i < a->nsources && strncmp(a->source[i].path, folder,
		    size) == 0; i++)
			if (a->source[i].programs & 1u << id &&
			    a->source[i].class != CLASS_HEADER)
				lines += a->source[i].lines;
		audit_number(number, lines);
		snprintf(part, sizeof(part), "%.*s %s ", (int)size, folder,
		    number);
		if (lines != 0)
			paragraph_add(&p, part);
	}
	paragraph_end(&p);
}

static void
print_libraries(const struct closure *c, const char *title, bool is_direct)
{
	struct paragraph p = { .used = 0 };
	char part[ELF_NAME + NUMBER], number[NUMBER];
	size_t n = 0;

	paragraph_begin(&p, title);
	for (size_t i = 0; i < c->count; i++) {
		const struct library *l = &c->item[i];
		if (l->is_direct != is_direct)
			continue;
		audit_number(number, (int64_t)l->code);
		snprintf(part, sizeof(part), "%s %s ", l->name,
		    l->path[0] == '\0' ? "(not found)" : number);
		paragraph_add(&p, part);
		n++;
	}
	if (n > 0)
		paragraph_end(&p);
}

static void
print_groups(const char *title, const struct jail_group *g)
{
	struct paragraph p = { .used = 0 };
	char text[RULE_TEXT];

	say("    %s", title);
	for (; g->need != NULL; g++) {
		say("      %s", g->need);
		paragraph_begin(&p, "");
		for (size_t i = 0; i < g->count; i++) {
			rule_describe(text, &g->rules[i]);
			if (i + 1 < g->count)
				strncat(text, ",",
				    sizeof(text) - strlen(text) - 1);
			/* A rule is not broken over lines. */
			paragraph_word(&p, text, strlen(text));
		}
		paragraph_end(&p);
	}
}

static void
print_jail(const struct jail *j)
{
	char text[WALL_TEXT];

	say("%s", "");
	say("  jail of the %s", j->name);
	for (size_t i = 0; i < wall_count; i++) {
		text[0] = '\0';
		walls[i].describe(text, j);
		paragraph(walls[i].title, text);
	}
	if (j->kind != LAUNCHER_NO_KIND && !jail_is_child(j))
		print_groups("the outer filter, from before its program starts; "
		    "it may call", outer_groups[j->kind]);
	print_groups(jail_is_before_start(j) ? "its filter, from before its "
	    "program starts; it may only call" : "the inner filter, from "
	    "before its first input; it may only call",
	    jail_policy(j)->groups);
}

static void
print_process(const struct audit *a, enum program_id id)
{
	const struct found *f = &a->found[id];
	const struct block *b = program_block(id);
	const char *jail = program_engine_jail(id);

	say("%s", "");
	say("%s (%s)", programs[id].name, sides[programs[id].side]);
	paragraph("does", b->is);
	paragraph("holds", b->holds);
	paragraph("lacks", b->lacks);
	paragraph("trusts", b->trusts);
	paragraph("if taken over", b->taken_over);
	paragraph("program", f->path);
	if (jail == NULL)
		print_own(a, id);
	print_libraries(&f->closure, "libraries", true);
	print_libraries(&f->closure, "loaded by these", false);
	for (size_t i = 0; i < JAILS; i++)
		if (jails[i].program == id)
			print_jail(&jails[i]);
	if (jail != NULL)
		paragraph("jail", jail);
}

void
audit_print_text(const struct audit *a, const char *const *names,
    size_t nnames)
{
	print_programs(a);
	say("%s", "");
	print_sums(a);
	say("%s", "");
	print_packages(a);
	say("%s", "");
	print_level(&a->level);
	for (enum program_id id = 0; id < PROGRAMS; id++) {
		bool is_wanted = nnames == 0;
		for (size_t i = 0; i < nnames; i++)
			is_wanted |= strcmp(names[i], programs[id].name) == 0;
		if (is_wanted)
			print_process(a, id);
	}
}

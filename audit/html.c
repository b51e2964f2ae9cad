/*
 * The page is audit/page.html with words between "@" replaced: everything that
 * never changes is there, everything that was found is put in here.
 */
#include <stdarg.h>
#include <string.h>

#include "audit/report.h"
#include "audit/rule.h"
#include "audit/walls.h"
#include "gen/page.h"

#define NUMBER	32	/* array size of a number's text */

static const char *const page[] = { PAGE };

static const struct { const char *class, *title; } sides[] = {
	[SIDE_USER] = { "user", "the user's" },
	[SIDE_TRUSTED] = { "trusted", "trusted" },
	[SIDE_DISTRUSTED] = { "jailed", "jailed" },
};

static void
put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<':	fputs("&lt;", out); break;
		case '>':	fputs("&gt;", out); break;
		case '&':	fputs("&amp;", out); break;
		case '"':	fputs("&quot;", out); break;
		case '\n':	fputc(' ', out); break;
		default:
			/* A control character has no place in a page. */
			fputc((unsigned char)*text < 0x20 ? '?' : *text, out);
		}
}

static void
put_cell(FILE *out, const char *text)
{
	fputs("<td>", out);
	put_text(out, text);
	fputs("</td>", out);
}

/* Right-aligned; a negative number is one that is not known. */
static void
put_number(FILE *out, int64_t number)
{
	char text[NUMBER];

	audit_number(text, number);
	fprintf(out, "<td class=\"n\">%s</td>", number == MEASURED_NOT_COUNTED ?
	    "not counted" : number < 0 ? "unknown" : text);
}

static void
put_row(FILE *out, const char *title, const char *text)
{
	fprintf(out, "<tr><th>%s</th>", title);
	put_cell(out, text);
	fputs("</tr>\n", out);
}

/* ---- numbers in the page's text and picture ---- */

static enum program_id
program_find(const char *name)
{
	enum program_id id = 0;

	while (id < PROGRAMS && strcmp(programs[id].name, name) != 0)
		id++;
	return id;
}

/* Lines of what one program loads and the trusted side does not. */
static int64_t
lines_theirs(const struct audit *a, enum program_id id)
{
	int64_t lines = 0;

	for (size_t i = 0; i < a->ndistrusted; i++) {
		const struct distrusted *d = &a->distrusted[i];
		if (d->programs & 1u << id && d->measured != NULL &&
		    d->measured->lines > 0)
			lines += d->measured->lines;
	}
	return lines;
}

static void
put_plain(FILE *out, int64_t number)
{
	char text[NUMBER];

	audit_number(text, number);
	fputs(text, out);
}

static void
put_trusted_lines(FILE *out, const struct audit *a, enum program_id id)
{
	(void)id;
	put_plain(out, audit_trusted_lines(a));
}

static void
put_distrusted_lines(FILE *out, const struct audit *a, enum program_id id)
{
	(void)id;
	put_plain(out, a->distrusted_lines);
}

static void
put_ratio(FILE *out, const struct audit *a, enum program_id id)
{
	(void)id;
	put_plain(out, (int64_t)audit_ratio(a));
}

static void
put_level(FILE *out, const struct audit *a, enum program_id id)
{
	(void)id;
	fputs(a->level.name, out);
}

static void
put_own(FILE *out, const struct audit *a, enum program_id id)
{
	put_plain(out, a->found[id].lines[CLASS_CODE] +
	    a->found[id].lines[CLASS_POLICY]);
}

static void
put_theirs(FILE *out, const struct audit *a, enum program_id id)
{
	put_plain(out, lines_theirs(a, id));
}

static void
put_libraries(FILE *out, const struct audit *a, enum program_id id)
{
	fprintf(out, "%zu libraries", a->found[id].closure.count);
}

/* ---- bars ---- */

static void
put_bar(FILE *out, const char *title, int64_t lines, int64_t most,
    const char *class)
{
	fputs("<span>", out);
	put_text(out, title);
	fprintf(out, "</span><span><span class=\"fill %s\" "
	    "style=\"width:%.3f%%\"></span></span><span class=\"n\">", class,
	    most <= 0 ? 0 : 100.0 * (double)lines / (double)most);
	put_plain(out, lines);
	fputs("</span>\n", out);
}

static void
put_bars(FILE *out, const struct audit *a, enum program_id id)
{
	static const struct { enum program_id id; const char *title; } rows[] = {
		{ PROGRAM_FETCHER, "what the fetcher loads" },
		{ PROGRAM_EXTRACTOR, "what the extractor loads" },
		{ PROGRAM_GPG, "gpg, and what it loads" },
		{ PROGRAM_VERIFIER, "what the verifier loads" },
		{ PROGRAM_SQV, "what sqv loads, not counting itself" },
	};
	int64_t most = a->distrusted_lines;

	(void)id;
	put_bar(out, "manager and launcher", audit_trusted_lines(a), most,
	    "good");
	if (a->libmd_lines > 0)
		put_bar(out, "libmd, in the manager", a->libmd_lines, most,
		    "good");
	put_bar(out, "own code of the workers", a->jailed[CLASS_CODE] +
	    a->jailed[CLASS_POLICY], most, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put_bar(out, rows[i].title, lines_theirs(a, rows[i].id), most,
		    "");
	put_bar(out, "all of them, each once", most, most, "");
}

/* ---- tables ---- */

static void
put_side(FILE *out, enum side side)
{
	fprintf(out, "<span class=\"side %s\">%s</span>", sides[side].class,
	    sides[side].title);
}

static uint64_t
code_of_libraries(const struct closure *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < c->count; i++)
		sum += c->item[i].code;
	return sum;
}

static void
put_programs(FILE *out, const struct audit *a, enum program_id unused)
{
	(void)unused;
	for (enum program_id id = 0; id < PROGRAMS; id++) {
		const struct found *f = &a->found[id];
		fprintf(out, "<tr><td><a href=\"#%s\">%s</a></td><td>",
		    programs[id].name, programs[id].name);
		put_side(out, programs[id].side);
		fputs("</td>", out);
		for (size_t i = 0; i < CLASSES; i++)
			if (program_engine_jail(id) != NULL)
				fputs("<td></td>", out);
			else
				put_number(out, f->lines[i]);
		put_number(out, (int64_t)f->closure.program.code);
		put_number(out, (int64_t)f->closure.count);
		put_number(out, (int64_t)code_of_libraries(&f->closure));
		fputs("</tr>\n", out);
	}
}

static void
put_packages(FILE *out, const struct audit *a, enum program_id id)
{
	int64_t most = 0;
	char names[128];

	(void)id;
	if (a->ndistrusted > 0 && a->distrusted[0].measured != NULL)
		most = a->distrusted[0].measured->lines;
	for (size_t i = 0; i < a->ndistrusted; i++) {
		const struct distrusted *d = &a->distrusted[i];
		const struct measured *m = d->measured;
		int64_t lines = m == NULL ? MEASURED_NO_SOURCE : m->lines;
		fputs("<tr>", out);
		put_cell(out, d->name);
		put_number(out, lines);
		fprintf(out, "<td class=\"bar\"><span class=\"fill\" "
		    "style=\"width:%.2f%%\"></span></td>", lines <= 0 ||
		    most <= 0 ? 0 : 100.0 * (double)lines / (double)most);
		put_number(out, (int64_t)d->code);
		fputs("<td>", out);
		put_text(out, m == NULL ? "" : m->version);
		if (m != NULL && measured_is_old(m)) {
			fputs("<span class=\"old\">", out);
			put_text(out, m->installed);
			fputs(" is installed</span>", out);
		}
		fputs("</td>", out);
		programs_list(names, sizeof(names), d->programs);
		put_cell(out, names);
		fputs("</tr>\n", out);
	}
}

static void
put_sources(FILE *out, const struct audit *a, enum program_id id)
{
	static const char *const classes[] = { "code", "policy", "header" };
	char names[128];

	(void)id;
	for (size_t i = 0; i < a->nsources; i++) {
		const struct source_file *s = &a->source[i];
		fputs("<tr>", out);
		put_cell(out, s->path);
		put_cell(out, classes[s->class]);
		put_number(out, s->lines);
		programs_list(names, sizeof(names), s->programs);
		put_cell(out, names);
		fputs("</tr>\n", out);
	}
}

/* ---- a process ---- */

static void
put_groups(FILE *out, const char *title, const struct jail_group *g)
{
	char text[RULE_TEXT];

	fprintf(out, "<details><summary>%s</summary><table class=\"calls\">\n",
	    title);
	for (; g->need != NULL; g++) {
		fputs("<tr>", out);
		put_cell(out, g->need);
		fputs("<td>", out);
		for (size_t i = 0; i < g->count; i++) {
			rule_describe(text, &g->rules[i]);
			fputs("<code>", out);
			put_text(out, text);
			fputs("</code> ", out);
		}
		fputs("</td></tr>\n", out);
	}
	fputs("</table></details>\n", out);
}

static void
put_jail(FILE *out, const struct jail *j)
{
	char text[WALL_TEXT];

	fprintf(out, "<h3>The jail of the %s</h3>\n<table>\n", j->name);
	for (size_t i = 0; i < wall_count; i++) {
		text[0] = '\0';
		walls[i].describe(text, j);
		put_row(out, walls[i].title, text);
	}
	fputs("</table>\n", out);
	put_groups(out, jail_is_before_start(j) ? "Filter: all that it may "
	    "call, from before its program starts" : "Inner filter: all that "
	    "it may call once it has input", jail_policy(j)->groups);
	if (j->kind != LAUNCHER_NO_KIND && !jail_is_child(j))
		put_groups(out, "Outer filter: what it may call from before "
		    "its program starts", outer_groups[j->kind]);
}

static void
put_loaded(FILE *out, const struct closure *c)
{
	fprintf(out, "<details><summary>%zu libraries, as they are loaded, and "
	    "bytes of machine code</summary><table>\n", c->count);
	for (size_t i = 0; i < c->count; i++) {
		const struct library *l = &c->item[i];
		fputs("<tr>", out);
		put_cell(out, l->name);
		put_cell(out, l->path[0] == '\0' ? "not found" : l->path);
		put_cell(out, l->is_direct ? "direct" : "by another");
		put_number(out, (int64_t)l->code);
		fputs("</tr>\n", out);
	}
	fputs("</table></details>\n", out);
}

static void
put_process(FILE *out, const struct audit *a, enum program_id id)
{
	const struct block *b = program_block(id);

	fprintf(out, "<details id=\"%s\"><summary><b>%s</b>",
	    programs[id].name, programs[id].name);
	put_side(out, programs[id].side);
	put_text(out, b->is);
	fputs("</summary>\n<table>\n", out);
	put_row(out, "holds", b->holds);
	put_row(out, "lacks", b->lacks);
	put_row(out, "trusts", b->trusts);
	put_row(out, "if taken over", b->taken_over);
	put_row(out, "program", a->found[id].path);
	if (program_engine_jail(id) != NULL)
		put_row(out, "jail", program_engine_jail(id));
	fputs("</table>\n", out);
	put_loaded(out, &a->found[id].closure);
	for (size_t i = 0; i < JAILS; i++)
		if (jails[i].program == id)
			put_jail(out, &jails[i]);
	fputs("</details>\n", out);
}

static void
put_processes(FILE *out, const struct audit *a, enum program_id unused)
{
	(void)unused;
	for (enum program_id id = 0; id < PROGRAMS; id++)
		put_process(out, a, id);
}

/* ---- the page ---- */

/* "@word@" or "@word program@" */
static const struct {
	const char	*word;
	void		 (*put)(FILE *, const struct audit *, enum program_id);
} words[] = {
	{ "trusted_lines", put_trusted_lines },
	{ "distrusted_lines", put_distrusted_lines },
	{ "ratio", put_ratio },
	{ "level", put_level },
	{ "own", put_own },
	{ "theirs", put_theirs },
	{ "libraries", put_libraries },
	{ "bars", put_bars },
	{ "programs", put_programs },
	{ "processes", put_processes },
	{ "packages", put_packages },
	{ "sources", put_sources },
};

/* Replace it, if it is one of the words above. */
static bool
put_word(FILE *out, const struct audit *a, const char *text, size_t size)
{
	char word[32], name[32] = "airlock";

	snprintf(word, sizeof(word), "%.*s", (int)size, text);
	char *blank = strchr(word, ' ');
	if (blank != NULL) {
		*blank = '\0';
		snprintf(name, sizeof(name), "%s", blank + 1);
	}
	enum program_id id = program_find(name);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0 && id < PROGRAMS) {
			words[i].put(out, a, id);
			return true;
		}
	return false;
}

static void
put_line(FILE *out, const struct audit *a, const char *line)
{
	const char *from, *to;

	while ((from = strchr(line, '@')) != NULL &&
	    (to = strchr(from + 1, '@')) != NULL) {
		fwrite(line, 1, (size_t)(from - line), out);
		line = to + 1;
		if (!put_word(out, a, from + 1, (size_t)(to - from - 1))) {
			fputc('@', out);
			line = from + 1;
		}
	}
	fputs(line, out);
	fputc('\n', out);
}

void
audit_print_html(const struct audit *a, FILE *out)
{
	for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++)
		put_line(out, a, page[i]);
}

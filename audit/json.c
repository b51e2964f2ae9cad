#include <inttypes.h>
#include <string.h>

#include "audit/report.h"
#include "audit/rule.h"
#include "audit/walls.h"
#include "cli/json.h"

static const char *const sides[] = {
	[SIDE_USER] = "user",
	[SIDE_TRUSTED] = "trusted",
	[SIDE_DISTRUSTED] = "jailed",
};
static const char *const classes[CLASSES] = {
	[CLASS_CODE] = "code",
	[CLASS_POLICY] = "policy",
	[CLASS_HEADER] = "headers",
};

static void
put_programs(const char *name, unsigned int set)
{
	json_array(name);
	for (size_t i = 0; i < PROGRAMS; i++)
		if (set & 1u << i)
			json_text(NULL, programs[i].name);
	json_array_end();
}

static void
put_lines(const char *name, const unsigned int lines[CLASSES])
{
	json_object(name);
	for (size_t i = 0; i < CLASSES; i++)
		json_number(classes[i], lines[i]);
	json_object_end();
}

static void
put_libraries(const struct closure *c)
{
	json_array("libraries");
	for (size_t i = 0; i < c->count; i++) {
		const struct library *l = &c->item[i];
		json_object(NULL);
		json_text("name", l->name);
		json_text("path", l->path);
		json_number("machine_code", (int64_t)l->code);
		json_bool("direct", l->is_direct);
		json_object_end();
	}
	json_array_end();
}

static void
put_process(const struct audit *a, enum program_id id)
{
	const struct found *f = &a->found[id];
	const struct block *b = program_block(id);

	json_begin("process");
	json_text("process", programs[id].name);
	json_text("side", sides[programs[id].side]);
	json_text("does", b->is);
	json_text("holds", b->holds);
	json_text("lacks", b->lacks);
	json_text("trusts", b->trusts);
	json_text("taken_over", b->taken_over);
	json_text("path", f->path);
	json_number("machine_code", (int64_t)f->closure.program.code);
	put_lines("lines", f->lines);
	put_libraries(&f->closure);
	json_end();
}

static void
put_source(const struct source_file *s)
{
	json_begin("source");
	json_text("file", s->path);
	json_text("class", classes[s->class]);
	json_number("lines", s->lines);
	put_programs("processes", s->programs);
	json_end();
}

/* Masks and values have 64 bits, more than JSON's numbers are good for. */
static void
put_test(const struct jail_test *t)
{
	char text[32];

	json_object(NULL);
	json_number("argument", t->arg);
	snprintf(text, sizeof(text), "%#" PRIx64, t->mask);
	json_text("mask", text);
	snprintf(text, sizeof(text), "%#" PRIx64, t->value);
	json_text("value", text);
	json_object_end();
}

static void
put_rule(const struct jail_rule *rule)
{
	char text[RULE_TEXT];

	json_object(NULL);
	rule_name(text, rule->nr);
	json_text("call", text);
	json_number("number", rule->nr);
	rule_describe(text, rule);
	json_text("rule", text);
	if (rule->error != 0)
		json_text("answers", strerrorname_np(rule->error));
	json_array("tests");
	for (size_t i = 0; i < sizeof(rule->test) / sizeof(rule->test[0]); i++)
		if (rule->test[i].op != JAIL_ANY)
			put_test(&rule->test[i]);
	json_array_end();
	json_object_end();
}

static void
put_groups(const char *name, const struct jail_group *g)
{
	json_array(name);
	for (; g->need != NULL; g++) {
		json_object(NULL);
		json_text("need", g->need);
		json_array("calls");
		for (size_t i = 0; i < g->count; i++)
			put_rule(&g->rules[i]);
		json_array_end();
		json_object_end();
	}
	json_array_end();
}

static void
put_jail(const struct jail *j)
{
	static const struct jail_group none[] = { { NULL, NULL, 0 } };
	char text[WALL_TEXT];

	json_begin("jail");
	json_text("jail", j->name);
	json_text("process", programs[j->program].name);
	for (size_t i = 0; i < wall_count; i++) {
		text[0] = '\0';
		walls[i].describe(text, j);
		json_text(walls[i].key, text);
	}
	put_groups("outer", jail_is_before_start(j) ? jail_policy(j)->groups :
	    j->kind == LAUNCHER_NO_KIND ? none : outer_groups[j->kind]);
	put_groups("inner", jail_is_before_start(j) ? none :
	    jail_policy(j)->groups);
	json_end();
}

static void
put_package(const struct distrusted *d)
{
	const struct measured *m = d->measured;

	json_begin("package");
	json_text("package", d->name);
	json_number("machine_code", (int64_t)d->code);
	put_programs("processes", d->programs);
	if (m != NULL) {
		if (m->lines >= 0)
			json_number("lines", m->lines);
		json_text("version", m->version);
		json_text("debian", m->release);
		json_text("measured", m->day);
		json_text("counted", m->rule);
		json_text("installed", m->installed);
	}
	json_end();
}

static void
put_level(const struct level *l)
{
	char text[RULE_TEXT];

	json_begin("level");
	json_text("level", l->name);
	rule_namespaces(text, l->namespaces);
	json_text("namespaces", text);
	json_bool("landlock_files", l->landlock & JAIL_LANDLOCK);
	json_bool("landlock_tcp", l->landlock & JAIL_LANDLOCK_NET);
	json_bool("landlock_signals", l->landlock & JAIL_LANDLOCK_SCOPE);
	json_bool("seccomp", l->has_seccomp);
	json_bool("group_memory", l->group.held & CGROUP_MEMORY);
	json_bool("group_processes", l->group.held & CGROUP_PIDS);
	json_end();
}

static void
put_sums(const struct audit *a)
{
	json_begin("sum");
	put_lines("trusted", a->trusted);
	json_number("trusted_lines", audit_trusted_lines(a));
	json_number("trusted_machine_code", (int64_t)a->trusted_code);
	json_number("libc_machine_code", (int64_t)a->libc_code);
	json_number("libmd_machine_code", (int64_t)a->libmd_code);
	if (a->libmd_lines >= 0)
		json_number("libmd_lines", a->libmd_lines);
	put_lines("jailed", a->jailed);
	json_number("distrusted_lines", a->distrusted_lines);
	json_number("distrusted_machine_code", (int64_t)a->distrusted_code);
	json_number("uncounted_packages", (int64_t)a->uncounted);
	json_number("distrusted_for_each_trusted", (int64_t)audit_ratio(a));
	json_end();
}

void
audit_print_json(const struct audit *a)
{
	for (enum program_id id = 0; id < PROGRAMS; id++)
		put_process(a, id);
	for (size_t i = 0; i < a->nsources; i++)
		put_source(&a->source[i]);
	for (size_t i = 0; i < JAILS; i++)
		put_jail(&jails[i]);
	for (size_t i = 0; i < a->ndistrusted; i++)
		put_package(&a->distrusted[i]);
	put_level(&a->level);
	put_sums(a);
}

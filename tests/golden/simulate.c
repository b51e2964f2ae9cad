/*
 * simulate DIRECTORY - from record's text on stdin to one readable table for each
 * policy, DIRECTORY/policy.architecture.
 *
 * libseccomp makes each policy's filter, but for those that were made when airlock
 * was built and are in record's text.  It is not loaded but interpreted here,
 * for each number and many arguments, and the table says what was observed: the
 * rules only say which arguments are worth a try, and into which rows the
 * observations are sorted.  A condition that the filter does not keep shows as a
 * row with two outcomes.
 *
 * For another architecture than this machine's the numbers stay as recorded: to
 * a filter they are numbers.  libseccomp would translate them by name, and
 * refuse those that it has no name for yet.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NUMBERS		512
#define NAMED		451	/* numbers that any libseccomp has names for */
#define X32		0x40000000
#define RULES		1024
#define FILTER		8192
#define OUTCOMES	8

struct rule {
	uint32_t		action;
	int			nr;
	unsigned int		n;
	struct scmp_arg_cmp	test[3];
};

/* Of one policy. */
struct policy {
	char			name[64], arch[16];
	scmp_filter_ctx		ctx;
	struct rule		rule[RULES];
	size_t			rules;
	struct sock_filter	code[FILTER];
	size_t			length;
};

/* What calls of one kind met, each once. */
struct seen {
	uint32_t	outcome[OUTCOMES];
	size_t		n;
};

/* ---- the kernel's part: a classic BPF filter and its input ---- */

static uint32_t
load(const struct seccomp_data *data, uint32_t at)
{
	uint32_t word;

	if (at % 4 != 0 || at > sizeof(*data) - 4)
		errx(1, "the filter reads at %u", at);
	memcpy(&word, (const char *)data + at, sizeof(word));
	return word;
}

static bool
jumps(const struct sock_filter *f, uint32_t a)
{
	switch (f->code) {
	case BPF_JMP | BPF_JEQ | BPF_K:
		return a == f->k;
	case BPF_JMP | BPF_JGT | BPF_K:
		return a > f->k;
	case BPF_JMP | BPF_JGE | BPF_K:
		return a >= f->k;
	case BPF_JMP | BPF_JSET | BPF_K:
		return (a & f->k) != 0;
	default:
		errx(1, "an instruction that is not known here: %#x", f->code);
	}
}

static uint32_t
run(const struct policy *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < p->length; pc++) {
		const struct sock_filter *f = &p->code[pc];
		if (f->code == (BPF_RET | BPF_K))
			return f->k;
		if (f->code == (BPF_LD | BPF_W | BPF_ABS))
			a = load(data, f->k);
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= f->k;
		else if (f->code == (BPF_JMP | BPF_JA))
			pc += f->k;
		else
			pc += jumps(f, a) ? f->jt : f->jf;
	}
	errx(1, "%s: the filter has no end", p->name);
}

/* ---- which arguments are tried, and what is seen ---- */

static void
seen_add(struct seen *seen, uint32_t outcome)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->outcome[i] == outcome)
			return;
	if (seen->n == OUTCOMES)
		errx(1, "more outcomes than a table has room for");
	seen->outcome[seen->n++] = outcome;
}

static bool
holds(const struct rule *rule, const uint64_t *arg)
{
	for (unsigned int i = 0; i < rule->n; i++)
		if ((arg[rule->test[i].arg] & rule->test[i].datum_a) !=
		    rule->test[i].datum_b)
			return false;
	return true;
}

/* Make the rule hold, and leave all bits alone that it does not speak of. */
static void
fulfil(const struct rule *rule, uint64_t *arg)
{
	for (unsigned int i = 0; i < rule->n; i++) {
		const struct scmp_arg_cmp *t = &rule->test[i];
		arg[t->arg] = (arg[t->arg] & ~t->datum_a) | t->datum_b;
	}
}

/* Observations about one number: by[i] where rule i holds, rest where none. */
struct table {
	const struct policy	*policy;
	int			 nr;
	uint32_t		 arch;
	struct seen		 by[RULES], rest, all;
};

static void
try_one(struct table *t, const uint64_t *arg)
{
	struct seccomp_data data = { .nr = t->nr, .arch = t->arch };
	const struct policy *p = t->policy;
	bool any = false;

	memcpy(data.args, arg, sizeof(data.args));
	uint32_t outcome = run(p, &data);
	seen_add(&t->all, outcome);
	for (size_t i = 0; i < p->rules; i++)
		if (p->rule[i].nr == t->nr && holds(&p->rule[i], arg)) {
			seen_add(&t->by[i], outcome);
			any = true;
		}
	if (!any)
		seen_add(&t->rest, outcome);
}

/* And with each single bit of each argument the other way round. */
static void
try_around(struct table *t, const uint64_t *arg)
{
	uint64_t other[6];

	try_one(t, arg);
	for (unsigned int bit = 0; bit < 6 * 64; bit++) {
		memcpy(other, arg, sizeof(other));
		other[bit / 64] ^= UINT64_C(1) << bit % 64;
		try_one(t, other);
	}
}

/* One rule fulfilled and then, which may undo half of it, another one. */
static void
try_rules(struct table *t, const uint64_t *fill, const struct rule *rule)
{
	const struct policy *p = t->policy;
	uint64_t arg[6];

	memcpy(arg, fill, sizeof(arg));
	fulfil(rule, arg);
	if (rule->nr == t->nr)
		try_around(t, arg);
	else
		try_one(t, arg);
	for (size_t i = 0; rule->nr == t->nr && i < p->rules; i++)
		if (p->rule[i].nr == t->nr) {
			memcpy(arg, fill, sizeof(arg));
			fulfil(rule, arg);
			fulfil(&p->rule[i], arg);
			try_one(t, arg);
		}
}

/* All kinds of arguments: plain ones, and the values of all rules of the policy,
 * of other numbers too, with the bits between them clear, set, and half. */
static void
try_number(struct table *t, const struct policy *p, int nr, uint32_t arch)
{
	static const uint64_t fills[] = { 0, UINT64_MAX, 0xffffffff,
		0xffffffff00000000, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa };
	uint64_t arg[6];

	memset(t, 0, sizeof(*t));
	t->policy = p;
	t->nr = nr;
	t->arch = arch;
	for (size_t f = 0; f < sizeof(fills) / sizeof(fills[0]); f++) {
		for (size_t i = 0; i < 6; i++)
			arg[i] = fills[f];
		try_one(t, arg);
		for (size_t i = 0; i < p->rules; i++)
			if (p->rule[i].n > 0)
				try_rules(t, arg, &p->rule[i]);
	}
}

/* ---- the table as text ---- */

static void
outcome_print(FILE *out, uint32_t outcome)
{
	switch (outcome & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		fprintf(out, "allow");
		break;
	case SECCOMP_RET_TRAP:
		fprintf(out, "trap");
		break;
	case SECCOMP_RET_KILL_PROCESS:
		fprintf(out, "kill");
		break;
	case SECCOMP_RET_ERRNO:
		fprintf(out, "%s",
		    strerrorname_np((int)(outcome & SECCOMP_RET_DATA)));
		break;
	default:
		fprintf(out, "%#" PRIx32, outcome);
	}
}

static void
seen_print(FILE *out, const struct seen *seen)
{
	for (size_t i = 0; i < seen->n; i++) {
		fputs(i == 0 ? "" : " OR ", out);
		outcome_print(out, seen->outcome[i]);
	}
}

static void
row_print(FILE *out, const char *name, const struct seen *seen,
    const struct rule *rule)
{
	fprintf(out, "%-24s ", name);
	seen_print(out, seen);
	for (unsigned int i = 0; rule != NULL && i < rule->n; i++) {
		const struct scmp_arg_cmp *t = &rule->test[i];
		fprintf(out, "%s arg%u", i == 0 ? " if" : " and", t->arg);
		if (t->datum_a != UINT64_MAX)
			fprintf(out, " & %#" PRIx64, t->datum_a);
		fprintf(out, " == %#" PRIx64, t->datum_b);
	}
	fputc('\n', out);
}

static bool
is_repeated(const struct policy *p, size_t rule)
{
	for (size_t i = 0; i < rule; i++)
		if (memcmp(&p->rule[i], &p->rule[rule], sizeof(p->rule[i])) == 0)
			return true;
	return false;
}

static void
table_print(FILE *out, const char *name, const struct table *t)
{
	const struct policy *p = t->policy;

	if (t->all.n == 1) {
		row_print(out, name, &t->all, NULL);
		return;
	}
	for (size_t i = 0; i < p->rules; i++)
		if (t->by[i].n > 0 && !is_repeated(p, i))
			row_print(out, name, &t->by[i], &p->rule[i]);
	fprintf(out, "%-24s ", name);
	seen_print(out, &t->rest);
	fprintf(out, " otherwise\n");
}

static uint32_t
token(const char *arch)
{
	return strcmp(arch, "x86-64") == 0 ? SCMP_ARCH_X86_64 :
	    SCMP_ARCH_AARCH64;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What has a name, sorted by it, but for what most numbers meet. */
static void
named_print(FILE *out, const struct policy *p, uint32_t otherwise)
{
	static struct table t;
	char *line[NAMED], *name;
	size_t lines = 0, size;

	for (int nr = 0; nr < NAMED; nr++) {
		try_number(&t, p, nr, seccomp_arch_native());
		if (t.all.n == 1 && t.all.outcome[0] == otherwise)
			continue;
		FILE *row = open_memstream(&line[lines++], &size);
		name = seccomp_syscall_resolve_num_arch(token(p->arch), nr);
		if (row == NULL || (name == NULL &&
		    asprintf(&name, "number %d", nr) == -1))
			err(1, NULL);
		table_print(row, name, &t);
		fclose(row);
		free(name);
	}
	qsort(line, lines, sizeof(line[0]), by_name);
	for (size_t i = 0; i < lines; i++) {
		fputs(line[i], out);
		free(line[i]);
	}
}

/* All that count numbers from first on meet, whatever their arguments. */
static struct seen
range_try(const struct policy *p, int first, int count, uint32_t arch)
{
	static struct table t;
	struct seen seen = { .n = 0 };

	for (int nr = first; nr < first + count; nr++) {
		try_number(&t, p, nr, arch);
		for (size_t i = 0; i < t.all.n; i++)
			seen_add(&seen, t.all.outcome[i]);
	}
	return seen;
}

static void
range_print(FILE *out, const struct policy *p, const char *name, int first,
    uint32_t arch)
{
	const struct seen seen = range_try(p, first, NUMBERS, arch);

	row_print(out, name, &seen, NULL);
}

/* Neighbours without a name that meet the same, in one row. */
static void
newer_print(FILE *out, const struct policy *p)
{
	struct seen run = { .n = 0 }, next = run;
	char name[64];

	for (int first = NAMED, nr = NAMED; nr <= NUMBERS; nr++) {
		next.n = 0;
		if (nr < NUMBERS)
			next = range_try(p, nr, 1, seccomp_arch_native());
		if (nr > first && memcmp(&run, &next, sizeof(run)) != 0) {
			snprintf(name, sizeof(name), nr - 1 == first ?
			    "(%d)" : "(%d to %d)", first, nr - 1);
			row_print(out, name, &run, NULL);
			first = nr;
		}
		run = next;
	}
}

static void
policy_print(FILE *out, const struct policy *p, uint32_t otherwise)
{
	const uint32_t foreign = strcmp(p->arch, "x86-64") == 0 ?
	    AUDIT_ARCH_I386 : AUDIT_ARCH_ARM;
	const struct seen most = { { otherwise }, 1 };

	fprintf(out, "# %s on %s: what its filter answers, as observed.\n"
	    "# Made by `make golden`; arguments count from 0.\n",
	    p->name, p->arch);
	named_print(out, p, otherwise);
	row_print(out, "(others below 451)", &most, NULL);
	newer_print(out, p);
	if (strcmp(p->arch, "x86-64") == 0)
		range_print(out, p, "(numbers of x32)", X32,
		    seccomp_arch_native());
	range_print(out, p, foreign == AUDIT_ARCH_I386 ? "(numbers of i386)" :
	    "(numbers of arm)", 0, foreign);
}

/* ---- record's text ---- */

static void
filter_export(struct policy *p)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);

	if (fd == -1 || seccomp_export_bpf(p->ctx, fd) < 0)
		errx(1, "%s: cannot export the filter", p->name);
	ssize_t n = pread(fd, p->code, sizeof(p->code), 0);
	if (n <= 0 || n == sizeof(p->code))
		errx(1, "%s: a filter of %zd bytes", p->name, n);
	p->length = (size_t)n / sizeof(p->code[0]);
	close(fd);
	seccomp_release(p->ctx);
}

static void
instruction_read(struct policy *p, const char *text)
{
	struct sock_filter *f = &p->code[p->length++];

	if (p->length == FILTER || sscanf(text, "%hu %hhu %hhu %" SCNu32,
	    &f->code, &f->jt, &f->jf, &f->k) != 4)
		errx(1, "%s: no instruction: %s", p->name, text);
}

static void
policy_write(struct policy *p, const char *directory, uint32_t otherwise)
{
	char *path;

	if (p->length == 0)
		filter_export(p);
	else
		seccomp_release(p->ctx);
	if (asprintf(&path, "%s/%s.%s", directory, p->name, p->arch) == -1)
		err(1, NULL);
	FILE *out = fopen(path, "w");
	if (out == NULL)
		err(1, "%s", path);
	policy_print(out, p, otherwise & 0xffff0000);
	if (fclose(out) != 0)
		err(1, "%s", path);
	free(path);
}

static void
rule_read(struct policy *p, const char *text)
{
	struct rule *r = &p->rule[p->rules++];
	int n, op;

	if (p->rules == RULES)
		errx(1, "%s: too many rules", p->name);
	memset(r, 0, sizeof(*r));
	if (sscanf(text, "%" SCNu32 " %d %u%n", &r->action, &r->nr, &r->n,
	    &n) != 3 || r->n > 3)
		errx(1, "no rule: %s", text);
	for (unsigned int i = 0; i < r->n; i++) {
		struct scmp_arg_cmp *t = &r->test[i];
		text += n;
		if (sscanf(text, "%u %d %" SCNu64 " %" SCNu64 "%n", &t->arg,
		    &op, &t->datum_a, &t->datum_b, &n) != 4 ||
		    op != SCMP_CMP_MASKED_EQ || t->arg > 5)
			errx(1, "no test: %s", text);
		t->op = SCMP_CMP_MASKED_EQ;
	}
	if (seccomp_rule_add_array(p->ctx, r->action, r->nr, r->n, r->test) < 0)
		errx(1, "%s: refused: rule %s", p->name, text);
}

int
main(int argc, char **argv)
{
	static struct policy p;
	uint32_t value, otherwise = 0;
	char line[512];
	int attr;

	if (argc != 2)
		errx(2, "usage: simulate DIRECTORY <RECORD");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "architecture %15s", p.arch) == 1)
			continue;
		if (sscanf(line, "policy %63s", p.name) == 1)
			p.rules = p.length = 0;
		else if (strncmp(line, "instruction ", 12) == 0)
			instruction_read(&p, line + 12);
		else if (sscanf(line, "init %" SCNu32, &otherwise) == 1)
			p.ctx = seccomp_init(otherwise);
		else if (sscanf(line, "attr %d %" SCNu32, &attr, &value) == 2)
			seccomp_attr_set(p.ctx, (enum scmp_filter_attr)attr,
			    value);
		else if (strncmp(line, "rule ", 5) == 0)
			rule_read(&p, line + 5);
		else if (strcmp(line, "load\n") == 0)
			policy_write(&p, argv[1], otherwise);
		else
			errx(1, "not understood: %s", line);
	}
	return 0;
}

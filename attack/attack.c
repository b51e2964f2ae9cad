#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attack/attack.h"
#include "attack/lab.h"
#include "attack/verdict.h"

#define EXIT_JAIL	7	/* cli/status.h, STATUS_JAIL */

struct cell {
	struct lab_trial	trial;
	struct verdict		verdict;
};

struct matrix {
	unsigned int		processes;	/* bits: which are attacked */
	struct attack_bare_rep	control[ACT_COUNT];
	struct cell		cells[ACT_COUNT][LAB_PROCESSES];
};

/* This process, or the next one that is attacked. */
static enum lab_process
next_asked(const struct matrix *matrix, enum lab_process p)
{
	while (p < LAB_PROCESSES && !(matrix->processes & 1u << p))
		p++;
	return p;
}

#define FOR_EACH_ASKED(matrix, p, first, end)				\
	for (enum lab_process p = next_asked(matrix, first); p < (end);	\
	    p = next_asked(matrix, p + 1))

/* ---- trying ---- */

static bool
is_void(enum lab_process process, enum act_number act)
{
	return acts[act].flags & ACT_NEEDS & ~lab_kinds[process].needs;
}

static int
process_attack(struct lab *lab, enum lab_process process,
    struct matrix *matrix)
{
	int error = lab_begin(lab, process);

	for (enum act_number act = 0; error == 0 && act < ACT_COUNT; act++) {
		struct cell *cell = &matrix->cells[act][process];
		if (is_void(process, act)) {
			cell->verdict.result = VERDICT_VOID;
			continue;
		}
		error = lab_try(lab, process, act, &cell->trial);
		if (error == 0)
			cell->verdict = verdict_of(process, act, &cell->trial,
			    &matrix->control[act]);
	}
	lab_end(lab);
	if (error < 0)
		warnx("audit --attack: %s: %s", lab_kinds[process].name,
		    strerror(-error));
	return error;
}

static int
all_attack(struct matrix *matrix)
{
	struct lab lab;
	int error = lab_open(&lab);

	for (enum act_number act = 0; error == 0 && act < ACT_COUNT; act++)
		if ((error = lab_control(&lab, act, &matrix->control[act])) < 0)
			warnx("audit --attack: without a jail: %s: %s",
			    acts[act].words, strerror(-error));
	FOR_EACH_ASKED(matrix, p, 0, LAB_PROCESSES)
		if (error == 0)
			error = process_attack(&lab, p, matrix);
	lab_close(&lab);
	return error;
}

static unsigned int
matrix_count(const struct matrix *matrix, enum verdict_result result)
{
	unsigned int count = 0;

	for (enum act_number act = 0; act < ACT_COUNT; act++)
		FOR_EACH_ASKED(matrix, p, 0, LAB_PROCESSES)
			count += matrix->cells[act][p].verdict.result == result;
	return count;
}

/* ---- as a table ---- */

/* What an act does without a jail. */
static const char *
control_word(const struct attack_bare_rep *control)
{
	if (control->error == 0)
		return "works";
	return control->signal != 0 ? "dies" : strerrorname_np(-control->error);
}

static const char *
cell_word(const struct verdict *verdict)
{
	switch (verdict->result) {
	case VERDICT_NEEDED:
		return "needed";
	case VERDICT_GAP:
		return "gap";
	case VERDICT_OPEN:
		return "OPEN!";
	case VERDICT_VOID:
		return "-";
	default:
		return layer_word(verdict->layer);
	}
}

/* A part of the columns: [first, end). */
static void
table_head(FILE *out, const struct matrix *matrix, enum lab_process first,
    enum lab_process end)
{
	fprintf(out, "%-41s %-7.7s", "It tries to ...", "no jail");
	FOR_EACH_ASKED(matrix, p, first, end)
		fprintf(out, " %-8s", lab_kinds[p].title);
	fprintf(out, "\n");
}

static void
table_row(FILE *out, const struct matrix *matrix, enum act_number act,
    enum lab_process first, enum lab_process end)
{
	fprintf(out, "%-41s %-7.7s", acts[act].words,
	    control_word(&matrix->control[act]));
	FOR_EACH_ASKED(matrix, p, first, end)
		fprintf(out, " %-8s", cell_word(&matrix->cells[act][p].verdict));
	fprintf(out, "\n");
}

static void
table_part(FILE *out, const struct matrix *matrix, enum lab_process first,
    enum lab_process end)
{
	if (next_asked(matrix, first) >= end)
		return;
	table_head(out, matrix, first, end);
	for (enum act_number act = 0; act < ACT_COUNT; act++)
		table_row(out, matrix, act, first, end);
	fprintf(out, "\n");
}

static const char legend[] =
    "no jail: what the act does without one, as the same user; an errno: it "
    "is not\npossible here anyway.  killed, trapped, refused: by seccomp.  view: "
    "not there, or\nread-only.  landlock: or the permissions of files.  caps: no "
    "capability, or not\nthat uid.  sealed: what it holds allows no more.  "
    "channel: who receives it refuses\nit.  kernel: refused to everybody.  -: it "
    "holds nothing to try it with.\n"
    "t, c: a template; a child of one.  d, f: of a directory; of a file.\n";

/* What is no act: it cannot be tried from inside, or in seconds. */
static const char elsewhere[] =
    "\nNot tried here: forged records and slots, which the manager checks "
    "(tests:\nhostile/liar); filling the disk, which is watched, not walled "
    "(space_test); using\nup its processor time (verifier_test, "
    "extractor_test).\n";

static void
table_notes(FILE *out, const struct matrix *matrix, enum verdict_result result)
{
	for (enum act_number act = 0; act < ACT_COUNT; act++)
		for (enum lab_process p = 0; p < LAB_PROCESSES; p++) {
			const struct verdict *v = &matrix->cells[act][p].verdict;
			if (v->result == result)
				fprintf(out, "    %s: %s%s%s\n",
				    lab_kinds[p].name, acts[act].words,
				    v->reason[0] != '\0' ? ": " : "",
				    v->reason);
		}
}

static void
table_write(FILE *out, const struct matrix *matrix)
{
	unsigned int open = matrix_count(matrix, VERDICT_OPEN);

	table_part(out, matrix, 0, LAB_PACKER);
	table_part(out, matrix, LAB_PACKER, LAB_PROCESSES);
	fprintf(out, "%s\nneeded: what the process would be of no use without.\n",
	    legend);
	table_notes(out, matrix, VERDICT_NEEDED);
	fprintf(out, "\ngap: what it would not need, but can do.\n");
	table_notes(out, matrix, VERDICT_GAP);
	fprintf(out, "%s\n%d acts, %u trials blocked, %u needed, %u gaps, "
	    "%u NOT BLOCKED%s\n", elsewhere, (int)ACT_COUNT,
	    matrix_count(matrix, VERDICT_BLOCKED),
	    matrix_count(matrix, VERDICT_NEEDED),
	    matrix_count(matrix, VERDICT_GAP), open, open > 0 ? ":" : "");
	table_notes(out, matrix, VERDICT_OPEN);
}

/* ---- as JSON: all texts are ours and need no escapes ---- */

static void
json_how(FILE *out, const struct lab_trial *trial)
{
	switch (trial->end) {
	case LAB_ANSWERED:
		fprintf(out, ",\"error\":\"%s\"", trial->error == 0 ? "" :
		    strerrorname_np(trial->error));
		break;
	case LAB_TRAPPED:
		fprintf(out, ",\"call\":%d", trial->error);
		break;
	case LAB_KILLED:
		fprintf(out, ",\"signal\":%d", trial->error);
		break;
	case LAB_SILENT:
		fprintf(out, ",\"error\":\"ETIMEDOUT\"");
		break;
	case LAB_UNJAILED:
		fprintf(out, ",\"unjailed\":%d", trial->error);
		break;
	default:
		fprintf(out, ",\"end\":%d", trial->end);
		break;
	}
}

static void
json_cell(FILE *out, const struct matrix *matrix, enum act_number act,
    enum lab_process process)
{
	static const char *const results[] = {
		[VERDICT_BLOCKED] = "blocked", [VERDICT_NEEDED] = "needed",
		[VERDICT_GAP] = "gap", [VERDICT_OPEN] = "open",
		[VERDICT_VOID] = "void",
	};
	const struct cell *cell = &matrix->cells[act][process];

	fprintf(out, "{\"event\":\"attack\",\"process\":\"%s\",\"act\":\"%s\","
	    "\"text\":\"%s\",\"result\":\"%s\",\"layer\":\"%s\","
	    "\"reason\":\"%s\"",
	    lab_kinds[process].name, acts[act].name, acts[act].words,
	    results[cell->verdict.result], layer_name(cell->verdict.layer),
	    cell->verdict.reason);
	if (cell->verdict.result != VERDICT_VOID)
		json_how(out, &cell->trial);
	fprintf(out, ",\"control\":\"%s\"}\n",
	    control_word(&matrix->control[act]));
}

static void
json_write(FILE *out, const struct matrix *matrix)
{
	for (enum act_number act = 0; act < ACT_COUNT; act++)
		FOR_EACH_ASKED(matrix, p, 0, LAB_PROCESSES)
			json_cell(out, matrix, act, p);
}

/* Bits of those whose name has one of these words in it; all for none. */
static unsigned int
processes_named(const char *const *names, size_t nnames)
{
	unsigned int set = 0;

	for (enum lab_process p = 0; p < LAB_PROCESSES; p++) {
		bool is_named = nnames == 0;
		for (size_t i = 0; i < nnames; i++)
			is_named |= strstr(lab_kinds[p].name, names[i]) != NULL;
		set |= is_named ? 1u << p : 0;
	}
	return set;
}

int
attack_run(FILE *out, const char *const *names, size_t nnames, bool json)
{
	struct matrix *matrix = calloc(1, sizeof(*matrix));
	int status = EXIT_FAILURE;

	if (matrix == NULL) {
		warnx("audit --attack: out of memory");
		return status;
	}
	matrix->processes = processes_named(names, nnames);
	if (matrix->processes == 0)
		warnx("audit --attack: nothing of this name is jailed");
	else if (all_attack(matrix) == 0) {
		(json ? json_write : table_write)(out, matrix);
		status = matrix_count(matrix, VERDICT_OPEN) == 0 ?
		    EXIT_SUCCESS : EXIT_JAIL;
	}
	free(matrix);
	return status;
}

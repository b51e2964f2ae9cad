#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attack/attack.h"
#include "audit/audit.h"
#include "cli/command.h"
#include "cli/message.h"

static enum status
write_html(const struct audit *audit, const char *path)
{
	FILE *file = fopen(path, "we");

	if (file == NULL) {
		complain("%s: %s", path, strerror(errno));
		return STATUS_FAILED;
	}
	audit_print_html(audit, file);
	/* What was not written yet is what a full disk is told by. */
	bool is_whole = fflush(file) == 0 && !ferror(file);
	int error = errno;
	if (fclose(file) == 0 && is_whole)
		return STATUS_DONE;
	complain("%s: %s", path, strerror(error));
	return STATUS_FAILED;
}

static enum status
check_names(const struct arguments *a)
{
	for (size_t i = 0; i < a->nwords; i++)
		if (!audit_knows(a->words[i])) {
			complain("%s: no such process", a->words[i]);
			return STATUS_USAGE;
		}
	return STATUS_DONE;
}

enum status
audit_run(const struct arguments *a)
{
	enum status status = check_names(a);

	if (status != STATUS_DONE)
		return status;
	if (a->attack && a->html != NULL) {
		complain("audit: --attack makes a table, or --json");
		return STATUS_USAGE;
	}
	if (a->attack)
		return (enum status)attack_run(stdout, a->words,
		    a->nwords, a->json);
	struct audit *audit = audit_new();
	if (audit == NULL)
		return STATUS_FAILED;
	if (a->html != NULL)
		status = write_html(audit, a->html);
	else if (a->json)
		audit_print_json(audit);
	else
		audit_print_text(audit, a->words, a->nwords);
	audit_free(audit);
	return status;
}

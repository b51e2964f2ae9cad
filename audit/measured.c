#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/measured.h"
#include "gen/libraries.h"

#define STATUS	"/var/lib/dpkg/status"

static const char *const table[] = { LIBRARIES };

/* The next column of a line, cut to what fits. */
static void
column(const char **line, char *to, size_t size)
{
	size_t n = strcspn(*line, "\t");

	snprintf(to, size, "%.*s", (int)n, *line);
	*line += n + ((*line)[n] == '\t');
}

static void
row_parse(struct measured *row, const char *line)
{
	char lines[32];

	*row = (struct measured){ 0 };
	column(&line, row->source, sizeof(row->source));
	column(&line, row->version, sizeof(row->version));
	column(&line, row->release, sizeof(row->release));
	column(&line, lines, sizeof(lines));
	column(&line, row->day, sizeof(row->day));
	column(&line, row->libraries, sizeof(row->libraries));
	column(&line, row->rule, sizeof(row->rule));
	row->lines = strcmp(lines, "-") == 0 ? MEASURED_NOT_COUNTED :
	    strcmp(lines, "?") == 0 ? MEASURED_NO_SOURCE :
	    strtoll(lines, NULL, 10);
}

/* Is "package:" or ":library" in a list "package:library,..."? */
static bool
lists(const char *list, const char *name, bool is_package)
{
	size_t size = strlen(name);

	for (; list != NULL && *list != '\0'; list = strchr(list, ',')) {
		list += *list == ',';
		size_t first = strcspn(list, ":");
		const char *at = is_package ? list : list + first + 1;
		size_t n = is_package ? first : strcspn(at, ",");
		if (n == size && memcmp(at, name, size) == 0)
			return true;
	}
	return false;
}

/* What dpkg says of one package. */
struct package {
	bool	 is_installed;
	char	 name[MEASURED_TEXT];
	char	 version[MEASURED_TEXT];
};

static void
package_note(struct measurements *all, const struct package *p)
{
	if (!p->is_installed)
		return;
	for (size_t i = 0; i < all->count; i++)
		if (lists(all->row[i].libraries, p->name, true))
			memcpy(all->row[i].installed, p->version,
			    sizeof(p->version));
}

/* "Source: name (version)" tells the source's version, where it differs from the
 * package's own: of a package that was only built again. */
static void
field_parse(struct package *p, const char *line, bool *has_source)
{
	char text[MEASURED_TEXT];

	if (sscanf(line, "Package: %127s", text) == 1)
		memcpy(p->name, text, sizeof(text));
	else if (sscanf(line, "Source: %*s (%127[^)]", text) == 1) {
		memcpy(p->version, text, sizeof(text));
		*has_source = true;
	} else if (!*has_source && sscanf(line, "Version: %127s", text) == 1)
		memcpy(p->version, text, sizeof(text));
	else if (strncmp(line, "Status: install ok", 18) == 0 ||
	    strncmp(line, "Status: hold ok", 15) == 0)
		p->is_installed = true;
}

static void
installed_read(struct measurements *all)
{
	FILE *file = fopen(STATUS, "re");
	struct package p = { 0 };
	bool has_source = false;
	char *line = NULL;
	size_t size = 0;

	if (file == NULL)
		return;
	while (getline(&line, &size, file) != -1) {
		if (line[0] != '\n') {
			field_parse(&p, line, &has_source);
			continue;
		}
		package_note(all, &p);
		p = (struct package){ 0 };
		has_source = false;
	}
	package_note(all, &p);
	free(line);
	fclose(file);
}

/* A package may be called otherwise in another release, its source is not. */
static void
installed_share(struct measurements *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < all->count; j++)
			if (all->row[i].installed[0] == '\0' &&
			    strcmp(all->row[i].source, all->row[j].source) == 0)
				memcpy(all->row[i].installed,
				    all->row[j].installed, MEASURED_TEXT);
}

void
measurements_read(struct measurements *all)
{
	_Static_assert(sizeof(table) / sizeof(table[0]) <= MEASURED_MAX,
	    "a row for each line of libraries.tab");

	all->count = 0;
	while (all->count < sizeof(table) / sizeof(table[0])) {
		row_parse(&all->row[all->count], table[all->count]);
		all->count++;
	}
	installed_read(all);
	installed_share(all);
}

/* How much a row is worth: one with lines, and of the version that is here. */
static int
worth(const struct measured *row)
{
	return (row->lines >= 0 ? 2 : 0) +
	    (strcmp(row->version, row->installed) == 0 ? 1 : 0);
}

const struct measured *
measured_find(const struct measurements *all, const char *library)
{
	const struct measured *best = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct measured *row = &all->row[i];
		if (!lists(row->libraries, library, false))
			continue;
		if (best == NULL || worth(row) > worth(best))
			best = row;
	}
	return best;
}

/*
 * measured.h - how many lines of code a library was made from, by the table that
 * tools/measure-libraries wrote (libraries.tab), and whether that is the version
 * that is installed here, by dpkg's list.
 */
#ifndef AUDIT_MEASURED_H
#define AUDIT_MEASURED_H

#include <stddef.h>
#include <stdint.h>

#define MEASURED_MAX		192	/* rows of the table */
#define MEASURED_TEXT		128	/* array size of a name or version */
#define MEASURED_NOT_COUNTED	(-1)	/* the C and C++ runtimes */
#define MEASURED_NO_SOURCE	(-2)	/* the source was not to be had */

/* One source package in one version. */
struct measured {
	char	 source[MEASURED_TEXT];
	char	 version[MEASURED_TEXT];
	char	 release[MEASURED_TEXT];	/* of Debian: "12" */
	int64_t	 lines;				/* or MEASURED_... */
	char	 day[MEASURED_TEXT];		/* of the count */
	char	 libraries[512];		/* "package:name,..." */
	char	 rule[256];			/* what was counted */
	char	 installed[MEASURED_TEXT];	/* version here; "": unknown */
};

struct measurements {
	size_t		 count;
	struct measured	 row[MEASURED_MAX];
};

/* Read both lists.  A system without dpkg has no installed versions. */
void	measurements_read(struct measurements *);
/* The row for a library's or program's name: one that has lines, and of these the
 * one of the installed version, else any; NULL if it is in no row. */
const struct measured *measured_find(const struct measurements *,
    const char *library);

#endif /* AUDIT_MEASURED_H */

/*
 * lines.h - airlock's one text grammar: `word value` lines.
 *
 * Receipts and settings are files of lines "word value\n": the word is
 * [a-z][a-z0-9-]*, one blank, then a value of printable ASCII (blanks within
 * are part of it; none at its ends).  No comment, no empty line, no quoting.
 * Foreign files of one item a line (`archives`, `download`) are cut into lines
 * here too, and judged by who reads them.  Pure.
 */
#ifndef DEPOT_LINES_H
#define DEPOT_LINES_H

#include <stddef.h>

struct lines {
	const char	*text;
	size_t		 size, at;	/* bytes; at: of the next line */
};

/* A slice of the text, without an end. */
struct slice {
	const char	*text;
	size_t		 size;
};

/* The next line: 1; 0 at the end; -EINVAL if it is not of the grammar (an
 * unfinished last line is not). */
int	lines_next(struct lines *, struct slice *word, struct slice *value);
/* The next line that is not blank, of any bytes, without the blanks and tabs at
 * its ends; the last one may be unfinished: 1; 0 at the end. */
int	lines_next_plain(struct lines *, struct slice *line);
/* Append "word value\n" at *at of a buffer of size bytes, with an end after it:
 * 0, -ENOSPC, or -EINVAL if word or value are not of the grammar. */
int	lines_put(char *buffer, size_t size, size_t *at, const char *word,
	    const char *value);

#endif /* DEPOT_LINES_H */

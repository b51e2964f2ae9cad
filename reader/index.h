/*
 * index.h - one index, in either syntax.  Pure.
 */
#ifndef READER_INDEX_H
#define READER_INDEX_H

#include "reader/nodes.h"

/* Tell the entries of an index: READER_DONE, or why not, with the line (from 1)
 * in *line; nodes begin zeroed but for entry and owner.  Entries before a
 * mistake are told all the same. */
enum reader_why index_parse(struct nodes *, const char *text, size_t size,
    uint32_t *line);

#endif /* READER_INDEX_H */

/*
 * reading.h - the conversation with a reader, which parses in a jail what is
 * text of somebody else's.
 */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "cli/index.h"
#include "cli/status.h"

/* Fill an index, whose name is set and which has no entries yet, from its file:
 * STATUS_DONE, or another, said so. */
enum status reading_index(struct index *, int file);

/*
 * Turn an ASCII-armored signature into its binary form: sealed memory in
 * *binary, the caller's, or -1 if it is not one armored signature and nothing
 * else.  STATUS_DONE in both cases, or another, said so.
 */
enum status reading_signature(int armored, int *binary);

#endif /* CLI_READING_H */

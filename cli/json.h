/*
 * json.h - one JSON object a line on stdout (RFC 8259), for --json.
 *
 * The events and their members are described in airlock(1); they only grow.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>

/* An object with its first member "event"; json_end() finishes the line and
 * writes it out. */
void	json_begin(const char *event);
void	json_end(void);

/* A member; in an array, name is NULL.  What is no UTF-8 becomes U+FFFD. */
void	json_text(const char *name, const char *value);
void	json_number(const char *name, int64_t value);
void	json_bool(const char *name, bool value);
/* A nested array or object; each is closed by its pair. */
void	json_array(const char *name);
void	json_array_end(void);
void	json_object(const char *name);
void	json_object_end(void);

#endif /* CLI_JSON_H */

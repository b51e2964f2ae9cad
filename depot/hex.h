/*
 * hex.h - numbers in text, each in its one form: what was written is what is
 * read, and nothing else.  Pure.
 */
#ifndef DEPOT_HEX_H
#define DEPOT_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "depot/lines.h"

/* Exactly size bytes, in lower-case hexadecimal. */
bool	hex_parse(const struct slice *, uint8_t *bytes, size_t size);
/* Decimal, without a sign or needless zeros. */
bool	decimal_parse(const struct slice *, uint64_t *value);

#endif /* DEPOT_HEX_H */

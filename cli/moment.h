/*
 * moment.h - points in time as people write them, always UTC.
 */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <stdint.h>

#define MOMENT_TEXT	32	/* array size */

/* "2026-01-31", "2026-01-31T23:59:59Z" or "@1769817600", to seconds since 1970,
 * at least 1: 0 or -EINVAL. */
int	moment_parse(const char *text, int64_t *seconds);
/* As the second of these forms. */
void	moment_text(char text[MOMENT_TEXT], int64_t seconds);

#endif /* CLI_MOMENT_H */

/*
 * text.h - text for people: cleaned of what a terminal would obey, and numbers
 * in words.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_SHORT	32	/* array size for the functions below */

/*
 * Replace in place, by '?', each byte that is no part of a printable character
 * of the locale: control characters (C0, C1, DEL), what the locale cannot
 * decode, and the marks that reorder text.
 */
void	text_clean(char *text);

/* "916 B", "30.1 MB": powers of 1000. */
void	text_size(char text[TEXT_SHORT], uint64_t bytes);
/* "12 s", "3 min 4 s", "2 h 5 min". */
void	text_duration(char text[TEXT_SHORT], uint64_t seconds);
/* Seconds since 1970 as "2024-01-31 23:59:59 UTC", and as "2024-01-31". */
void	text_time(char text[TEXT_SHORT], int64_t when);
void	text_date(char text[TEXT_SHORT], int64_t when);

#endif /* CLI_TEXT_H */

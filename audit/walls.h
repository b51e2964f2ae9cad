/*
 * walls.h - a jail in words, one line for each kind of wall, from the tables that
 * build it.
 */
#ifndef AUDIT_WALLS_H
#define AUDIT_WALLS_H

#include "audit/report.h"

#define WALL_TEXT	1024	/* array size of a description */

struct wall {
	const char	*key;		/* in JSON */
	const char	*title;		/* for people */
	void		 (*describe)(char text[WALL_TEXT], const struct jail *);
};

extern const struct wall walls[];
extern const size_t wall_count;

/* How many bytes, in words: "512 MiB". */
void	wall_bytes(char *text, size_t size, uint64_t bytes);

#endif /* AUDIT_WALLS_H */

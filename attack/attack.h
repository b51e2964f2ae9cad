/*
 * attack.h - `airlock audit --attack`: forbidden acts, tried in each jail.
 */
#ifndef ATTACK_ATTACK_H
#define ATTACK_ATTACK_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Try every act of attack/table.h in the processes of attack/lab.h that have one
 * of these names in theirs ("fetcher"), all of them for no name, and without
 * a jail, and write what became of it: a table, or (json) one object a line as
 * airlock(1) describes.  0: each act was stopped, or has to work; 7: one was
 * not, or a jail could not be built; 1: nothing could be tried, which is said
 * on stderr.
 */
int	attack_run(FILE *out, const char *const *names, size_t nnames,
	    bool json);

#endif /* ATTACK_ATTACK_H */

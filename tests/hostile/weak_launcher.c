/* weak_launcher.c - the launcher, with outer filters that let too much through:
 * compiled when it starts, and not those that were compiled with it. */
#include <stdlib.h>

#include "jail/filter.h"
#include "jail/kinds.h"
#include "jail/outer.h"
#include "weak.h"

static struct filter compiled[LAUNCHER_KINDS];
static struct sock_fprog weak_filters[LAUNCHER_KINDS];

static __attribute__((constructor)) void
filters_compile(void)
{
	for (int k = 0; k < LAUNCHER_KINDS; k++) {
		if (outer_groups[k] == NULL)
			continue;
		if (filter_compile(outer_groups[k], &compiled[k]) < 0)
			abort();
		weak_filters[k] = (struct sock_fprog){ compiled[k].size,
		    compiled[k].code };
	}
}

#define outer_filters	weak_filters
#include "jail/launcher.c"

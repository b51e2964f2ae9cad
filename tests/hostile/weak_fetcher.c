/* weak_fetcher.c - the fetchers' attacker, under a filter that lets too much
 * through. */
#include "weak.h"

#include "attack/fetcher.c"

/* weak_extractor.c - the extractor's attacker, under filters that let too much
 * through. */
#include "weak.h"

#include "attack/extractor.c"

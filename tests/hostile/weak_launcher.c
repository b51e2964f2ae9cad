/* weak_launcher.c - the launcher, with outer filters that let too much through. */
#include "weak.h"

#include "jail/launcher.c"

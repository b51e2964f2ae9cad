#include <errno.h>

#include "attack/acts.h"

#define ACT_ROW(function, words, call, flags)				\
	[ACT_##function] = { #function, words, call, flags },
const struct act acts[ACT_COUNT] = { ACTS(ACT_ROW) };

int
act_result(long result)
{
	return result == -1 ? -errno : 0;
}

int
act_reached(long result, int error)
{
	return result == -1 && errno != error ? -errno : 0;
}

#include "attack/acts.h"

#define ACT_FUNCTION(function, words, call, flags)			\
	[ACT_##function] = act_##function,

int
act_try(enum act_number number, const struct held *held)
{
	static int (*const functions[ACT_COUNT])(const struct held *) = {
		ACTS(ACT_FUNCTION)
	};

	return functions[number](held);
}

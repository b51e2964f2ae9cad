#include "fetcher/retry.h"

#define DELAY_FIRST	UINT64_C(250)	/* ms */
#define DELAY_LONGEST	UINT64_C(8000)
#define WANTED_LONGEST	UINT64_C(30000)	/* no server makes us sleep longer */
#define PROGRESS	UINT64_C(65536)	/* bytes that forgive what was before */
#define REFRESHES	16

bool
retry_allowed(struct retry *retry, uint32_t most, uint64_t progress)
{
	if (progress >= PROGRESS && retry->refreshes < REFRESHES) {
		retry->refreshes++;
		retry->failures = 0;
	}
	if (retry->failures >= most)
		return false;
	retry->failures++;
	return true;
}

uint64_t
retry_delay(const struct retry *retry, uint64_t wanted, uint32_t random)
{
	uint64_t delay = DELAY_FIRST;

	for (uint32_t i = 1; i < retry->failures && delay < DELAY_LONGEST; i++)
		delay *= 2;
	if (delay > DELAY_LONGEST)
		delay = DELAY_LONGEST;
	delay = delay / 2 + random % (delay / 2 + 1);
	if (wanted > WANTED_LONGEST)
		wanted = WANTED_LONGEST;
	return wanted > delay ? wanted : delay;
}

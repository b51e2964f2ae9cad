/*
 * liar_manager.c - the manager itself, but its clock runs ten times as fast.
 *
 * The manager gives a silent worker up to two minutes.  Where a test waits for
 * that, it takes this one: the same objects, with a clock_gettime() that the
 * linker finds before the C library's.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FASTER	10

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	if (syscall(SYS_clock_gettime, clock, now) == -1)
		return -1;
	if (clock == CLOCK_MONOTONIC) {
		long long ns = FASTER * (now->tv_sec * 1000000000LL +
		    now->tv_nsec);
		now->tv_sec = (time_t)(ns / 1000000000);
		now->tv_nsec = (long)(ns % 1000000000);
	}
	return 0;
}

#include "manager/main.c"
/* A fetcher has functions of these names, and tests are linked with both. */
#include "manager/session.c"

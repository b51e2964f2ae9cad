#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/moment.h"

/* A day that no month has would be taken for one of the next month. */
static bool
is_same_time(struct tm parsed, int64_t seconds)
{
	time_t time = seconds;
	struct tm tm;

	return gmtime_r(&time, &tm) != NULL && tm.tm_mday == parsed.tm_mday &&
	    tm.tm_mon == parsed.tm_mon && tm.tm_year == parsed.tm_year;
}

static bool
has_shape(const char *text, const char *shape)
{
	for (; *text != '\0' && *shape != '\0'; text++, shape++)
		if (*shape == '0' ? *text < '0' || *text > '9' :
		    *text != *shape)
			return false;
	return *text == *shape;
}

int
moment_parse(const char *text, int64_t *seconds)
{
	bool day = has_shape(text, "0000-00-00");
	struct tm tm = { 0 };
	char *end;

	if (text[0] == '@') {
		errno = 0;
		long long n = strtoll(text + 1, &end, 10);
		if (text[1] < '0' || text[1] > '9' || *end != '\0' ||
		    errno != 0 || n == 0)
			return -EINVAL;
		*seconds = n;
		return 0;
	}
	if (!day && !has_shape(text, "0000-00-00T00:00:00Z"))
		return -EINVAL;
	const char *rest = strptime(text, day ? "%Y-%m-%d" :
	    "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (rest == NULL || *rest != '\0')
		return -EINVAL;
	const struct tm parsed = tm;
	int64_t got = timegm(&tm);
	if (got < 1 || !is_same_time(parsed, got))
		return -EINVAL;
	*seconds = got;
	return 0;
}

void
moment_text(char text[MOMENT_TEXT], int64_t seconds)
{
	time_t time = seconds;
	struct tm tm;

	if (gmtime_r(&time, &tm) == NULL || strftime(text, MOMENT_TEXT,
	    "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(text, MOMENT_TEXT, "@%lld", (long long)seconds);
}

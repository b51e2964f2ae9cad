#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/text.h"

__attribute__((format(printf, 3, 0))) static void
put_line(FILE *to, const char *before, const char *format, va_list ap)
{
	char *text;

	if (vasprintf(&text, format, ap) == -1) {
		fputs("airlock: out of memory\n", stderr);
		return;
	}
	text_clean(text);
	fprintf(to, "%s%s\n", before, text);
	free(text);
}

/* Both streams may be one terminal: keep their order. */
__attribute__((format(printf, 2, 0))) static void
put_error(const char *before, const char *format, va_list ap)
{
	fflush(stdout);
	put_line(stderr, before, format, ap);
}

void
complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_error("airlock: ", format, ap);
	va_end(ap);
}

void
advise(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_error("    ", format, ap);
	va_end(ap);
}

void
say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_line(stdout, "", format, ap);
	va_end(ap);
}

/* An error flag that stayed set says no more why: ask the kernel. */
static int
reader_is_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int
message_flush(void)
{
	errno = 0;
	if (fflush(stdout) != EOF && !ferror(stdout))
		return 0;
	int error = errno != 0 ? errno : EIO;
	return reader_is_gone() ? 0 : -error;
}

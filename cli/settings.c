#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/settings.h"
#include "depot/lines.h"
#include "rpc/cap.h"

#define SETTINGS_MAX	65536	/* largest file, bytes */
#define NAME		"etc/settings"

static int
complain_line(const struct root *root, unsigned int line, const char *what)
{
	complain("%s/" NAME ":%u: %s", root->path, line, what);
	return -EINVAL;
}

/* The value gets an end in place: the line's newline, or the file's end. */
static int
apply(struct arguments *a, const struct root *root, unsigned int line,
    struct slice word, struct slice value)
{
	const struct option *option = option_find(word.text, word.size);
	char *text = (char *)(uintptr_t)value.text;
	char expects[80];

	if (option == NULL || !option->setting)
		return complain_line(root, line, "unknown word");
	text[value.size] = '\0';
	if (option_given(a, option))
		return 0;
	if (option->offset == offsetof(struct arguments, ca) && text[0] != '/')
		return complain_line(root, line, "ca needs an absolute path");
	if (option_set(a, option, text) == 0)
		return 0;
	option_expects(option, expects, sizeof(expects));
	complain("%s/" NAME ":%u: %s must be %s", root->path, line,
	    option->name, expects);
	return -EINVAL;
}

static int
apply_all(struct arguments *a, const struct root *root, char *text, size_t size)
{
	struct lines lines = { .text = text, .size = size };
	struct slice word, value;
	unsigned int line = 0;
	int more;

	while ((more = lines_next(&lines, &word, &value)) > 0) {
		int error = apply(a, root, ++line, word, value);
		if (error < 0)
			return error;
	}
	return more == 0 ? 0 : complain_line(root, line + 1,
	    "not a line of the form `word value`");
}

/* Read it whole: bytes, or -errno. */
static ssize_t
read_text(const struct root *root, char *text)
{
	CLOSE int dir = open(root->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1)
		return -errno;
	CLOSE int fd = openat(dir, NAME, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -errno;
	ssize_t n = pread(fd, text, SETTINGS_MAX + 1, 0);
	if (n == -1)
		return -errno;
	return n > SETTINGS_MAX ? -EFBIG : n;
}

int
settings_read(struct settings *settings, const struct root *root,
    struct arguments *a)
{
	settings->text = calloc(1, SETTINGS_MAX + 1);
	ssize_t n = settings->text == NULL ? -ENOMEM :
	    read_text(root, settings->text);

	if (n == -ENOENT)
		return 0;
	if (n < 0) {
		complain("%s/" NAME ": %s", root->path, strerror((int)-n));
		return (int)n;
	}
	return apply_all(a, root, settings->text, (size_t)n);
}

void
settings_free(struct settings *settings)
{
	free(settings->text);
	settings->text = NULL;
}

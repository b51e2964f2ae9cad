/*
 * path.c - parse archive paths.  The grammar is small enough to list what is
 * good; everything else is refused, nothing is cleaned.
 */
#include <errno.h>
#include <string.h>

#include "depot/path.h"

#define ELEMENT	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"	\
		"0123456789_+.:~-"

static const struct {
	enum depot_type	 type;
	const char	*word;		/* what follows user/ */
	size_t		 elements;	/* of the whole path */
} types[] = {
	{ DEPOT_API,	"api/",		4 },
	{ DEPOT_SRC,	"src/",		4 },
	{ DEPOT_RAW,	"raw/",		4 },
	{ DEPOT_PKG,	"pkg/",		4 },
	{ DEPOT_BIN,	"bin/",		5 },
	{ DEPOT_DBG,	"dbg/",		5 },
	{ DEPOT_INDEX,	"index/",	3 },
	{ DEPOT_IMAGE,	"image/",	3 },
	{ DEPOT_CATALOG, "catalog",	2 },
};

/* Bytes of the element that text begins with; 0: it begins with none. */
static size_t
element_size(const char *text)
{
	/* No hidden file, no "." or "..", nothing that looks like an option. */
	return text[0] == '.' || text[0] == '-' ? 0 : strspn(text, ELEMENT);
}

/* Number of elements; 0 if text is not elements with '/' between them. */
static size_t
element_count(const char *text)
{
	size_t size, count = 0;

	do {
		size = element_size(text);
		if (size == 0)
			return 0;
		count++;
		text += size;
	} while (*text++ == '/');
	return text[-1] == '\0' ? count : 0;
}

int
depot_path_parse(struct depot_path *path, const char *text, size_t size)
{
	struct depot_path parsed = { .type = DEPOT_NO_TYPE };
	size_t user, elements;

	if (size == 0 || size > DEPOT_PATH_MAX)
		return -EINVAL;
	memcpy(parsed.text, text, size);
	/* A NUL would hide what is behind it. */
	if (strlen(parsed.text) != size)
		return -EINVAL;
	elements = element_count(parsed.text);
	user = strcspn(parsed.text, "/");
	if (user > DEPOT_USER_MAX)
		return -EINVAL;
	memcpy(parsed.user, parsed.text, user);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		/* A word without a '/' is the last element: to its end. */
		if (types[i].elements == elements && strncmp(parsed.text +
		    user + 1, types[i].word, strlen(types[i].word) +
			(elements == 2)) == 0)
			parsed.type = types[i].type;
	if (parsed.type == DEPOT_NO_TYPE || (parsed.type == DEPOT_CATALOG &&
	    size != user + strlen("/catalog")))
		return -EINVAL;
	depot_path_copy(path, &parsed);
	/* A reserved name: a file among the images' directories. */
	if (path->type == DEPOT_IMAGE && strcmp(path->top, "index") == 0)
		path->type = DEPOT_IMAGE_INDEX;
	return 0;
}

void
depot_path_copy(struct depot_path *to, const struct depot_path *from)
{
	const char *slash;

	*to = *from;
	slash = strrchr(to->text, '/');
	to->top = slash != NULL ? slash + 1 : to->text;
}

bool
depot_path_is_file(const struct depot_path *path)
{
	return path->type == DEPOT_INDEX || path->type == DEPOT_IMAGE_INDEX ||
	    path->type == DEPOT_CATALOG;
}

void
depot_path_flat(const struct depot_path *path, char name[DEPOT_PATH_MAX + 1])
{
	for (size_t i = 0; i <= DEPOT_PATH_MAX; i++)
		name[i] = path->text[i] == '/' ? ',' : path->text[i];
}

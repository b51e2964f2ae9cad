#include <stdbool.h>
#include <string.h>

#include "extractor/entry.h"

/* Control characters would reach terminals and line-based tools, and no honest
 * archive has them in a name.  Bytes above ASCII pass, in UTF-8 or not. */
static bool
has_control(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return true;
	return false;
}

static enum extractor_outcome
component_check(const char *text, size_t size)
{
	if (size == 2 && memcmp(text, "..", 2) == 0)
		return EXTRACTOR_DOTDOT;
	if (size == 0 || (size == 1 && text[0] == '.') || size > ENTRY_NAME ||
	    has_control(text, size))
		return EXTRACTOR_NAME;
	return EXTRACTOR_DONE;
}

/* The depth of text, of which each component must be a file name. */
static enum extractor_outcome
components_check(const char *text, size_t max_depth, size_t *depth)
{
	enum extractor_outcome outcome;

	for (*depth = 0;; text++) {
		size_t size = strcspn(text, "/");
		if ((outcome = component_check(text, size)) != EXTRACTOR_DONE)
			return outcome;
		if (++*depth > max_depth)
			return EXTRACTOR_DEPTH;
		text += size;
		if (*text == '\0')
			return EXTRACTOR_DONE;
	}
}

enum extractor_outcome
entry_path_parse(struct entry_path *path, const char *claimed, const char *top,
    size_t max_depth)
{
	size_t first, size;

	if (claimed[0] == '\0')
		return EXTRACTOR_NAME;
	if (claimed[0] == '/')
		return EXTRACTOR_ABSOLUTE;
	/* What tar writes when it is told to pack "." */
	while (strncmp(claimed, "./", 2) == 0)
		claimed += 2;
	size = strlen(claimed);
	path->depth = 0;
	path->text[0] = '\0';
	if (size == 0 || strcmp(claimed, ".") == 0)
		return EXTRACTOR_DONE;
	if (size > 1 && claimed[size - 1] == '/')
		size--;		/* directories end in one */
	if (size > ENTRY_PATH)
		return EXTRACTOR_NAME;
	memcpy(path->text, claimed, size);
	path->text[size] = '\0';

	enum extractor_outcome outcome =
	    components_check(path->text, max_depth, &path->depth);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	first = strcspn(path->text, "/");
	if (first != strlen(top) || memcmp(path->text, top, first) != 0)
		return EXTRACTOR_TOPDIR;
	return EXTRACTOR_DONE;
}

enum extractor_outcome
entry_target_check(size_t depth, const char *target)
{
	size_t total = strlen(target);
	bool climbing = true;

	if (total > ENTRY_PATH || has_control(target, total))
		return EXTRACTOR_NAME;
	if (depth < 2 || total == 0 || target[0] == '/')
		return EXTRACTOR_LINK_OUT;
	size_t may_climb = depth - 2;
	while (*target != '\0') {
		size_t size = strcspn(target, "/");
		if (size == 2 && memcmp(target, "..", 2) == 0) {
			if (!climbing || may_climb-- == 0)
				return EXTRACTOR_LINK_OUT;
		} else if (size > 0) {
			climbing = false;
		}
		target += size;
		target += strspn(target, "/");
	}
	return EXTRACTOR_DONE;
}

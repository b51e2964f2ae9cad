/*
 * link_fuzz.c - a tree with any symbolic links that pass the test, and any path
 * through it.  A simulated kernel resolves the path, link by link, and must
 * never stand above the archive's top directory.
 *
 * Two bytes of input are a link, all that is left over is a path; so that any
 * input means something, and few bytes mean much.  A name that is no link is a
 * directory, wherever one looks for it: that gives the links all the room there
 * could be.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "depot/link.h"

#define LINKS	8
#define DEEP	64
#define FOLLOW	40	/* as many as Linux follows */

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct component {
	const char	*text;
	size_t		 size;
};

/* A directory: the real names from the top down to it. */
struct where {
	struct component	names[DEEP];
	size_t			depth;
};

struct link {
	struct where	 dir;
	struct component name;
	char		 target[32];
};

struct tree {
	struct link	links[LINKS];
	size_t		count;
	unsigned int	followed;
};

static bool
same(const struct component *a, const struct component *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static bool
is(const struct component *component, const char *text)
{
	return component->size == strlen(text) &&
	    memcmp(component->text, text, component->size) == 0;
}

static bool
same_dir(const struct where *a, const struct where *b)
{
	if (a->depth != b->depth)
		return false;
	for (size_t i = 0; i < a->depth; i++)
		if (!same(&a->names[i], &b->names[i]))
			return false;
	return true;
}

/* The next component of a path that is not empty; false at the end. */
static bool
next(const char **path, struct component *component)
{
	*path += strspn(*path, "/");
	*component = (struct component){ *path, strcspn(*path, "/") };
	*path += component->size;
	return component->size > 0;
}

static const struct link *
find(const struct tree *tree, const struct where *at,
    const struct component *name)
{
	for (size_t i = 0; i < tree->count; i++)
		if (same_dir(&tree->links[i].dir, at) &&
		    same(&tree->links[i].name, name))
			return &tree->links[i];
	return NULL;
}

/* Walk from *at; false if the path ends early: too deep, too many links. */
static bool
walk(struct tree *tree, struct where *at, const char *path)
{
	struct component component;
	const struct link *link;

	while (next(&path, &component)) {
		if (is(&component, "."))
			continue;
		if (is(&component, "..")) {
			assert(at->depth > 0);
			at->depth--;
			continue;
		}
		link = find(tree, at, &component);
		if (link != NULL) {
			if (++tree->followed > FOLLOW ||
			    !walk(tree, at, link->target))
				return false;
		} else if (at->depth == DEEP) {
			return false;
		} else {
			at->names[at->depth++] = component;
		}
	}
	return true;
}

static void
enter(struct where *at, const char *path)
{
	struct component component;

	for (at->depth = 0; next(&path, &component); at->depth++)
		at->names[at->depth] = component;
}

/* A link of the tree, if the test lets it: its directory and its name, how its
 * target begins, and four components of that, two bits each. */
static void
plant(struct tree *tree, uint8_t place, uint8_t target)
{
	static const char *const dirs[] = { "", "a", "a/b", "b/a" };
	static const char *const begins[] = { "", "./", "//", "..//" };
	static const char *const parts[] = { "a", "b", "..", "." };
	struct link *link = &tree->links[tree->count];

	enter(&link->dir, dirs[place & 3]);
	link->name = (struct component){ parts[place >> 2 & 1], 1 };
	snprintf(link->target, sizeof(link->target), "%s%s/%s/%s/%s",
	    begins[place >> 3 & 3], parts[target & 3], parts[target >> 2 & 3],
	    parts[target >> 4 & 3], parts[target >> 6]);
	if (link_stays(link->dir.depth, link->target)) {
		assert(link->target[0] != '/');
		tree->count++;
	}
}

/* A path without "..": whether to follow that is for who walks to decide. */
static void
follow(struct tree *tree, uint8_t names)
{
	struct where at = { .depth = 0 };
	char path[] = "././././././././.";

	for (size_t i = 0; i < 8; i++)
		path[2 * i] = (names >> i & 1) == 0 ? 'a' : 'b';
	tree->followed = 0;
	walk(tree, &at, path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tree tree;

	tree.count = 0;
	for (; size > 1 && tree.count < LINKS; data += 2, size -= 2)
		plant(&tree, data[0], data[1]);
	for (; size > 0; data++, size--)
		follow(&tree, data[0]);
	return 0;
}

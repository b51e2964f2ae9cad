#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/closure.h"
#include "rpc/cap.h"

static int
file_read(struct elf *elf, const char *path)
{
	CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd == -1 ? -errno : elf_read(elf, fd);
}

/* The first directory with a file of this name for this machine. */
static void
library_find(struct library *library, struct elf *elf, uint16_t machine,
    const char *const *dirs)
{
	for (; *dirs != NULL; dirs++) {
		snprintf(library->path, sizeof(library->path), "%s/%s", *dirs,
		    library->name);
		if (file_read(elf, library->path) == 0 &&
		    elf->machine == machine) {
			library->code = elf->code;
			return;
		}
	}
	library->path[0] = '\0';
	elf->nneeded = 0;
}

static bool
is_known(const struct closure *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->item[i].name, name) == 0)
			return true;
	return false;
}

/* Those that are not in the list yet, at its end. */
static int
needed_append(struct closure *c, const struct elf *elf, bool is_direct)
{
	for (size_t i = 0; i < elf->nneeded; i++) {
		if (is_known(c, elf->needed[i]))
			continue;
		if (c->count == CLOSURE_MAX)
			return -E2BIG;
		struct library *library = &c->item[c->count++];
		*library = (struct library){ .is_direct = is_direct };
		memcpy(library->name, elf->needed[i], ELF_NAME);
	}
	return 0;
}

int
closure_read(struct closure *c, const char *path, const char *const *dirs)
{
	struct elf elf;
	int error = file_read(&c->program, path);

	c->count = 0;
	if (error == 0)
		error = needed_append(c, &c->program, true);
	/* The list grows while it is walked. */
	for (size_t i = 0; error == 0 && i < c->count; i++) {
		library_find(&c->item[i], &elf, c->program.machine, dirs);
		error = needed_append(c, &elf, false);
	}
	return error;
}

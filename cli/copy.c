#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/copy.h"
#include "depot/gate.h"
#include "depot/quarantine.h"
#include "depot/store.h"
#include "rpc/cap.h"

#define SLICE	((uint64_t)4 << 20)	/* bytes between two looks at signals */
#define PIECE	((size_t)1 << 18)	/* where they go through our memory */

#define COPY_NONE	((struct copy){ .from = { -1, -1 }, .to = { -1, -1 } })

enum { SIGNATURE, ARCHIVE };

static bool
copy_fail(struct copy *c, enum cli_why why, uint32_t detail, int error)
{
	c->reason = (struct reason){ why, detail, error };
	copy_end(c);
	return false;
}

/* What the source's errno means: a mirror may do better. */
static enum cli_why
why_source(int error)
{
	switch (error) {
	case ENOENT: case ENOTDIR: case ELOOP: case EXDEV: case ENAMETOOLONG:
		return WHY_NOT_FOUND;
	case EACCES: case EPERM:
		return WHY_FORBIDDEN;
	case EMFILE: case ENFILE: case ENOMEM:
		return WHY_SYSTEM;
	default:
		return WHY_CUT_OFF;
	}
}

static bool
copy_fail_here(struct copy *c, int error)
{
	return copy_fail(c, error == ENOSPC || error == EDQUOT ? WHY_SPACE :
	    WHY_SYSTEM, 0, error);
}

/* A regular file: 0 or -errno.  Not blocking: what lies there may be a fifo. */
static int
source_open(struct copy *c, int i, int directory, const struct depot_path *path)
{
	char name[STORE_NAME];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s%s", path->text,
	    depot_path_suffix(path), i == SIGNATURE ? ".sig" : "");
	c->from[i] = store_open_below(directory, name,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (c->from[i] < 0)
		return c->from[i];
	if (fstat(c->from[i], &st) == -1)
		return -errno;
	c->left[i] = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? 0 : -ENOENT;
}

static bool
sources_open(struct copy *c, int directory, const struct depot_path *path,
    bool bare)
{
	int error = source_open(c, ARCHIVE, directory, path);

	if (error < 0)
		return copy_fail(c, why_source(-error), 0, 0);
	c->size = c->left[ARCHIVE];
	error = source_open(c, SIGNATURE, directory, path);
	if (error == 0 && c->left[SIGNATURE] <= GATE_MAX)
		return true;
	if (!bare)
		return error == 0 ? copy_fail(c, WHY_GATE, GATE_LARGE, 0) :
		    copy_fail(c, why_source(-error) == WHY_NOT_FOUND ?
			WHY_NO_SIGNATURE : why_source(-error), 0, 0);
	cap_close_fd(&c->from[SIGNATURE]);
	return true;
}

static void
target_name(char name[STORE_NAME], int i, const struct depot_path *path)
{
	depot_path_flat(path, name);
	strcat(name, i == SIGNATURE ? QUARANTINE_SIGNATURE : "");
}

/* New files: what has lain there was not whole, and may have had more names. */
static bool
targets_make(struct copy *c, int quarantine, const struct depot_path *path)
{
	char name[STORE_NAME];

	store_discard(quarantine, path);
	for (int i = 0; i < COPY_FILES; i++) {
		if (c->from[i] < 0)
			continue;
		target_name(name, i, path);
		c->to[i] = store_open_below(quarantine, name,
		    O_WRONLY | O_CREAT | O_EXCL);
		if (c->to[i] < 0) {
			store_discard(quarantine, path);
			return copy_fail_here(c, -c->to[i]);
		}
	}
	return true;
}

bool
copy_begin(struct copy *c, int directory, int quarantine,
    const struct depot_path *path, uint64_t max, bool bare)
{
	*c = COPY_NONE;
	if (!sources_open(c, directory, path, bare))
		return false;
	return c->size > max ? copy_fail(c, WHY_SIZE, 0, 0) :
	    targets_make(c, quarantine, path);
}

bool
copy_possible(int directory, const struct depot_path *path, bool bare)
{
	struct copy c = COPY_NONE;
	bool possible = sources_open(&c, directory, path, bare);

	copy_end(&c);
	return possible;
}

/* Through our memory: bytes; or 0 with a reason. */
static uint64_t
piece_copy(struct copy *c, int i, size_t want)
{
	static char piece[PIECE];
	ssize_t n = read(c->from[i], piece, MIN(want, sizeof(piece)));

	if (n <= 0) {		/* it is shorter now, or its disk fails */
		copy_fail(c, WHY_CUT_OFF, 0, 0);
		return 0;
	}
	for (ssize_t at = 0, m; at < n; at += m)
		if ((m = write(c->to[i], piece + at, (size_t)(n - at))) <= 0) {
			copy_fail_here(c, m == 0 ? ENOSPC : errno);
			return 0;
		}
	return (uint64_t)n;
}

bool
copy_slice(struct copy *c)
{
	int i = c->from[SIGNATURE] >= 0 ? SIGNATURE : ARCHIVE;
	size_t want = (size_t)MIN(c->left[i], SLICE);

	if (want > 0) {
		/* Some file systems share the blocks.  Others cannot, or say
		 * that they are at the end: why, is found out by reading. */
		ssize_t n = copy_file_range(c->from[i], NULL, c->to[i], NULL,
		    want, 0);
		c->left[i] -= n > 0 ? (uint64_t)n : piece_copy(c, i, want);
	}
	if (c->reason.why != WHY_NONE || c->left[i] > 0)
		return c->reason.why == WHY_NONE;
	cap_close_fd(&c->from[i]);
	cap_close_fd(&c->to[i]);
	return i == SIGNATURE;
}

uint64_t
copy_now(const struct copy *c)
{
	return c->size - c->left[ARCHIVE];
}

void
copy_end(struct copy *c)
{
	for (int i = 0; i < COPY_FILES; i++) {
		cap_close_fd(&c->from[i]);
		cap_close_fd(&c->to[i]);
	}
}

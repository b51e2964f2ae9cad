#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "extractor/manifest.h"
#include "extractor/policy.h"
#include "rpc/cap.h"

static void
failed(struct manifest *m, int error)
{
	if (m->error == 0)
		m->error = error;
}

static void
block_write(struct manifest *m)
{
	const char *at = m->block;

	sha256_update(&m->whole, m->filled, (const uint8_t *)m->block);
	while (m->filled > 0 && m->error == 0) {
		ssize_t n = write(m->fd, at, m->filled);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			failed(m, errno);
			break;
		}
		at += n;
		m->filled -= (size_t)n;
	}
	m->filled = 0;
}

static void
line_add(struct manifest *m, const struct manifest_line *line)
{
	int n = manifest_put(m->block + m->filled, line);

	if (n < 0)
		failed(m, -n);
	else
		m->filled += (size_t)n;
	if (m->filled >= MANIFEST_BLOCK)
		block_write(m);
}

/* Below the top directory; "." is that itself. */
static struct slice
below_top(const char *path, size_t size)
{
	const char *slash = memchr(path, '/', size);

	return slash == NULL ? (struct slice){ ".", 1 } :
	    (struct slice){ slash + 1, size - (size_t)(slash + 1 - path) };
}

static struct slice
entry_below_top(const struct entry_path *path)
{
	return below_top(path->text, strlen(path->text));
}

void
manifest_open(struct manifest *m)
{
	m->error = 0;
	m->filled = strlen(MANIFEST_HEAD);
	memcpy(m->block, MANIFEST_HEAD, m->filled);
	sha256_init(&m->whole);
	m->fd = open(MANIFEST_NAME, OPEN_FILE, MODE_FILE);
	if (m->fd == -1)
		failed(m, errno);
}

void
manifest_directory(struct manifest *m, const char *path, size_t size)
{
	const struct manifest_line line = { .kind = MANIFEST_DIRECTORY,
	    .mode = MODE_DIRECTORY, .path = below_top(path, size) };

	line_add(m, &line);
}

void
manifest_file_begin(struct manifest *m)
{
	sha256_init(&m->file);
	m->size = 0;
}

void
manifest_file_add(struct manifest *m, const void *data, size_t size)
{
	sha256_update(&m->file, size, data);
	m->size += size;
}

void
manifest_file_end(struct manifest *m, const struct entry_path *path,
    unsigned int mode)
{
	struct manifest_line line = { .kind = MANIFEST_FILE, .mode = mode,
	    .size = m->size, .path = entry_below_top(path) };

	sha256_digest(&m->file, sizeof(line.digest), line.digest);
	line_add(m, &line);
}

void
manifest_symbolic_link(struct manifest *m, const struct entry_path *path,
    const char *target)
{
	const struct manifest_line line = { .kind = MANIFEST_SYMBOLIC_LINK,
	    .target = { target, strlen(target) },
	    .path = entry_below_top(path) };

	line_add(m, &line);
}

void
manifest_hard_link(struct manifest *m, const struct entry_path *path,
    const struct entry_path *target)
{
	const struct manifest_line line = { .kind = MANIFEST_HARD_LINK,
	    .target = entry_below_top(target), .path = entry_below_top(path) };

	line_add(m, &line);
}

int
manifest_close(struct manifest *m, uint8_t digest[MANIFEST_DIGEST])
{
	if (m->fd == -1)
		return -m->error;
	block_write(m);
	if (close(m->fd) == -1)
		failed(m, errno);
	m->fd = -1;
	sha256_digest(&m->whole, MANIFEST_DIGEST, digest);
	return -m->error;
}

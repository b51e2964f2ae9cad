#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "extractor/source.h"

static uint64_t memory_limit = SOURCE_MEMORY;

void
source_limit(void)
{
	struct rlimit space;

	if (getrlimit(RLIMIT_AS, &space) == 0 &&
	    space.rlim_cur != RLIM_INFINITY)
		memory_limit = space.rlim_cur / SOURCE_SHARE;
}

enum extractor_outcome
source_open(struct source *s, int fd, uint64_t size, uint64_t max_ratio)
{
	s->fd = fd;
	s->error = 0;
	s->size = size;
	s->offset = s->plain = 0;
	s->max_ratio = max_ratio;
	s->ended = 0;
	s->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&s->xz, memory_limit, LZMA_CONCATENATED |
	    LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK ? EXTRACTOR_DONE :
	    EXTRACTOR_MEMORY;
}

/* pread(), because the offset of a description that was handed over is not this
 * process's alone. */
static int
packed_read(struct source *s)
{
	uint64_t left = s->size - s->offset;
	ssize_t n;

	if (left > SOURCE_BLOCK)
		left = SOURCE_BLOCK;
	do
		n = pread(s->fd, s->packed_block, (size_t)left,
		    (off_t)s->offset);
	while (n == -1 && errno == EINTR);
	/* Shorter than the manager said: not the file that it measured. */
	if (n <= 0)
		return n == 0 ? EIO : errno;
	s->offset += (uint64_t)n;
	s->xz.next_in = s->packed_block;
	s->xz.avail_in = (size_t)n;
	return 0;
}

static enum extractor_outcome
decode(struct source *s)
{
	lzma_ret ret = LZMA_OK;

	while (ret == LZMA_OK && s->xz.avail_out > 0) {
		if (s->xz.avail_in == 0 && s->offset < s->size &&
		    (s->error = packed_read(s)) != 0)
			return EXTRACTOR_SYSTEM;
		ret = lzma_code(&s->xz, s->offset < s->size ? LZMA_RUN :
		    LZMA_FINISH);
	}
	switch (ret) {
	case LZMA_OK:
		return EXTRACTOR_DONE;
	case LZMA_STREAM_END:
		s->ended = 1;
		return EXTRACTOR_DONE;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return EXTRACTOR_MEMORY;
	default:
		return EXTRACTOR_CORRUPT;
	}
}

enum extractor_outcome
source_next(struct source *s, const unsigned char **data, size_t *size)
{
	enum extractor_outcome outcome = EXTRACTOR_DONE;

	s->xz.next_out = s->plain_block;
	s->xz.avail_out = SOURCE_BLOCK;
	if (!s->ended)
		outcome = decode(s);
	if (outcome != EXTRACTOR_DONE)
		return outcome;
	*data = s->plain_block;
	*size = SOURCE_BLOCK - s->xz.avail_out;
	s->plain += *size;
	/* plain > size * max_ratio, without overflow */
	if (s->plain > SOURCE_FREE && (s->plain - 1) / s->size >= s->max_ratio)
		return EXTRACTOR_RATIO;
	return EXTRACTOR_DONE;
}

void
source_close(struct source *s)
{
	lzma_end(&s->xz);
}

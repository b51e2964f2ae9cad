#include <errno.h>
#include <unistd.h>

#include "packer/packer.h"
#include "packer/xz.h"

static int
error_of(lzma_ret ret)
{
	switch (ret) {
	case LZMA_OK:
	case LZMA_STREAM_END:
		return 0;
	case LZMA_MEM_ERROR:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

int
xz_open(struct xz *xz, int out, uint32_t threads)
{
	lzma_options_lzma options;
	lzma_filter filters[] = {
		{ LZMA_FILTER_LZMA2, &options },
		{ LZMA_VLI_UNKNOWN, NULL },
	};
	/* This encoder also for one thread: it alone cuts blocks and writes
	 * their sizes before them, and the bytes are the same for any number. */
	lzma_mt mt = { .threads = threads, .block_size = PACKER_BLOCK,
	    .filters = filters, .check = LZMA_CHECK_CRC64 };

	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	xz->stream.next_out = xz->buffer;
	xz->stream.avail_out = sizeof(xz->buffer);
	xz->out = out;
	if (lzma_lzma_preset(&options, LZMA_PRESET_DEFAULT))
		return -EIO;
	options.dict_size = PACKER_BLOCK;
	return error_of(lzma_stream_encoder_mt(&xz->stream, &mt));
}

static int
flush(struct xz *xz)
{
	const uint8_t *at = xz->buffer;
	size_t left = sizeof(xz->buffer) - xz->stream.avail_out;

	while (left > 0) {
		ssize_t n = write(xz->out, at, left);
		if (n == -1 && errno != EINTR)
			return -errno;
		at += n == -1 ? 0 : n;
		left -= n == -1 ? 0 : (size_t)n;
	}
	xz->stream.next_out = xz->buffer;
	xz->stream.avail_out = sizeof(xz->buffer);
	return 0;
}

int
xz_write(struct xz *xz, const void *data, size_t size)
{
	int error = 0;

	xz->stream.next_in = data;
	xz->stream.avail_in = size;
	while (error == 0 && xz->stream.avail_in > 0) {
		error = error_of(lzma_code(&xz->stream, LZMA_RUN));
		if (error == 0 && xz->stream.avail_out == 0)
			error = flush(xz);
	}
	return error;
}

int
xz_finish(struct xz *xz)
{
	lzma_ret ret;
	int error;

	do {
		ret = lzma_code(&xz->stream, LZMA_FINISH);
		error = error_of(ret);
		if (error == 0)
			error = flush(xz);
	} while (error == 0 && ret != LZMA_STREAM_END);
	return error;
}

void
xz_close(struct xz *xz)
{
	lzma_end(&xz->stream);
}

/*
 * xz.h - a stream of bytes into an xz file of blocks (liblzma).
 */
#ifndef PACKER_XZ_H
#define PACKER_XZ_H

#include <lzma.h>
#include <stddef.h>
#include <stdint.h>

struct xz {
	lzma_stream	stream;
	int		out;		/* not owned */
	uint8_t		buffer[1 << 16];
};

/* Like the two below: 0 or -errno. */
int	xz_open(struct xz *, int out, uint32_t threads);
int	xz_write(struct xz *, const void *data, size_t size);
/* The end of the file, written out. */
int	xz_finish(struct xz *);
void	xz_close(struct xz *);

#endif /* PACKER_XZ_H */

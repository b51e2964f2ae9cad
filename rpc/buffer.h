/*
 * buffer.h - explicit shared memory: sealed inputs, and slots for bulk.
 *
 * A sealed buffer carries a small input (a key, certificates) that nobody can
 * change any more.  Slots carry bulk from a worker to the manager: the worker
 * fills a slot, submits {transfer, slot, length} over the channel and leaves
 * the slot alone until it is acknowledged.  The size of the memory is sealed, so
 * that no peer can shrink it under the other's mapping; its content is never
 * trusted: the manager copies a slot once and looks only at the copy.
 */
#ifndef RPC_BUFFER_H
#define RPC_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#define SLOT_SIZE	UINT32_C(65536)	/* bytes */
#define SLOT_COUNT	UINT32_C(32)
#define SLOTS_SIZE	((size_t)SLOT_COUNT * SLOT_SIZE)

struct slots {
	unsigned char	*base;		/* SLOT_COUNT * SLOT_SIZE bytes, shared */
};

/* Map a buffer, which must have exactly SLOTS_SIZE bytes: 0 or -errno. */
int	slots_map(struct slots *, int fd);
void	slots_unmap(struct slots *);
/* The memory of a slot, SLOT_SIZE bytes; NULL if there is no such slot. */
unsigned char *slots_at(const struct slots *, uint32_t slot);

/*
 * Copy at most max bytes from the start of a file (whose offset, perhaps shared,
 * does not matter) into a memfd that is then sealed completely: descriptor, or
 * -errno; -EFBIG if there is more than max.  rpc/file.c: the manager reads none.
 */
int	buffer_seal_file(int fd, size_t max);
/* The same from memory. */
int	buffer_seal(const void *data, size_t size);
/* A memfd of exactly size bytes, writable, its size sealed: fd or -errno. */
int	buffer_create(size_t size);

#endif /* RPC_BUFFER_H */

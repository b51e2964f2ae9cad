/*
 * pack.h - a directory as a tar, or a file, through xz.
 */
#ifndef PACKER_PACK_H
#define PACKER_PACK_H

#include "packer/packer.h"

/* Pack what source is into out, and say in *rep how it went. */
void	pack_archive(const struct packer_pack_req *, int source, int out,
	    struct packer_pack_rep *rep);

#endif /* PACKER_PACK_H */

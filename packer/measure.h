/*
 * measure.h - an archive that is packed already: what it would unpack to.
 */
#ifndef PACKER_MEASURE_H
#define PACKER_MEASURE_H

#include "packer/packer.h"

/* Before the jail, in which a conversion of names cannot be looked for. */
void	measure_prepare(void);
/* Measure source; write what is to be kept of it into out; say in *rep how it
 * went. */
void	measure_archive(const struct packer_measure_req *, int source, int out,
	    struct packer_measure_rep *rep);

#endif /* PACKER_MEASURE_H */

/*
 * slots.h - what sqv reads by name: it takes no descriptors.
 *
 * The template's home has a file with the pinned key, and for each child that may
 * live at a time a directory of its own (JAIL_ROOT_SLOT), in which sqv is run.
 * There, a fifo takes the data: it has not to be copied as a whole, and nothing of
 * it stays when its reader is gone.
 */
#ifndef VERIFIER_SLOTS_H
#define VERIFIER_SLOTS_H

#define SLOT_KEY	"../key"
#define SLOT_DATA	"data"		/* fifo */
#define SLOT_SIGNATURE	"signature"	/* file; whoever comes writes it anew */

/* Prepare a home with all slots and enter it.  The key's file, open for writing
 * (home_fill()), or -errno. */
int	slots_open(void);

#endif /* VERIFIER_SLOTS_H */

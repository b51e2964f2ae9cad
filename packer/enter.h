/*
 * enter.h - how a packer enters its jail.
 */
#ifndef PACKER_ENTER_H
#define PACKER_ENTER_H

/* Enter the jail for what PACKER_FD_SOURCE is, a directory or a file; a directory
 * becomes the root, and is open again under the same number.  Ends the process
 * if that cannot be done. */
void	packer_enter(void);

/* Say on the channel that the jail cannot be built, -errno; and end. */
_Noreturn void packer_unjailed(int error);

#endif /* PACKER_ENTER_H */

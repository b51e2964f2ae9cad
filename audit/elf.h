/*
 * elf.h - what an executable or shared library needs, and how much machine code
 * it has.
 *
 * Follows the System V ABI, chapters 4 and 5, for 64-bit little-endian files of
 * the two architectures that airlock runs on.  The files are the host's own; they
 * are still read with bounds on each number, so that a damaged one is an error.
 */
#ifndef AUDIT_ELF_H
#define AUDIT_ELF_H

#include <stddef.h>
#include <stdint.h>

#define ELF_NAME	128	/* array size of a library's name */
#define ELF_NEEDED	64	/* libraries that one file may name */

struct elf {
	uint16_t machine;		/* EM_X86_64 or EM_AARCH64 */
	uint64_t code;			/* bytes of executable sections */
	size_t	 nneeded;		/* DT_NEEDED, in their order */
	char	 needed[ELF_NEEDED][ELF_NAME];
};

/*
 * Read the open file fd, which stays the caller's.  0 or, with *elf untouched,
 * -ENOEXEC (not such a file), -EBADMSG (cut off or inconsistent), -E2BIG (more
 * sections, names or longer ones than this reader takes), or read's -errno.
 */
int	elf_read(struct elf *elf, int fd);

#endif /* AUDIT_ELF_H */

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "audit/elf.h"

/* Far above what linkers make; below it, nothing has to be allocated. */
#define SECTIONS_MAX	4096
#define SEGMENTS_MAX	64
#define DYNAMIC_MAX	1024

/* A file while it is read. */
struct reader {
	int		 fd;
	Elf64_Ehdr	 header;
	Elf64_Phdr	 segment[SEGMENTS_MAX];
	Elf64_Dyn	 dynamic[DYNAMIC_MAX];
	size_t		 ndynamic;
};

/* All of size bytes at offset, or an error: a file that ends before is cut off. */
static int
read_at(int fd, void *to, size_t size, uint64_t offset)
{
	ssize_t n = offset > INT64_MAX ? 0 :
	    pread(fd, to, size, (off_t)offset);

	if (n == -1)
		return -errno;
	return (size_t)n == size ? 0 : -EBADMSG;
}

static int
header_read(struct reader *r)
{
	Elf64_Ehdr *h = &r->header;
	int error = read_at(r->fd, h, sizeof(*h), 0);

	if (error < 0)
		return error == -EBADMSG ? -ENOEXEC : error;
	if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	    h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    (h->e_machine != EM_X86_64 && h->e_machine != EM_AARCH64) ||
	    (h->e_type != ET_EXEC && h->e_type != ET_DYN))
		return -ENOEXEC;
	if (h->e_phentsize != sizeof(Elf64_Phdr) ||
	    h->e_shentsize != sizeof(Elf64_Shdr) ||
	    h->e_phnum == 0 || h->e_shnum == 0)
		return -EBADMSG;
	if (h->e_phnum > SEGMENTS_MAX || h->e_shnum > SECTIONS_MAX)
		return -E2BIG;
	return read_at(r->fd, r->segment,
	    h->e_phnum * sizeof(r->segment[0]), h->e_phoff);
}

/* The bytes of all sections that hold instructions. */
static int
code_read(struct reader *r, uint64_t *code)
{
	int error = 0;

	*code = 0;
	for (unsigned int i = 0; error == 0 && i < r->header.e_shnum; i++) {
		Elf64_Shdr section;
		error = read_at(r->fd, &section, sizeof(section),
		    r->header.e_shoff + i * sizeof(section));
		if (error < 0 || !(section.sh_flags & SHF_EXECINSTR) ||
		    section.sh_type == SHT_NOBITS)
			continue;
		if (section.sh_size > INT64_MAX - *code)
			return -EBADMSG;
		*code += section.sh_size;
	}
	return error;
}

/* Where in the file lies what will be at this address? */
static int
offset_of(const struct reader *r, uint64_t address, uint64_t *offset)
{
	for (unsigned int i = 0; i < r->header.e_phnum; i++) {
		const Elf64_Phdr *s = &r->segment[i];
		if (s->p_type != PT_LOAD || address < s->p_vaddr ||
		    address - s->p_vaddr >= s->p_filesz)
			continue;
		*offset = s->p_offset + (address - s->p_vaddr);
		return 0;
	}
	return -EBADMSG;
}

/* The dynamic section, up to its end; a static program has none. */
static int
dynamic_read(struct reader *r)
{
	const Elf64_Phdr *s = r->segment;
	const Elf64_Phdr *end = r->segment + r->header.e_phnum;
	int error;

	r->ndynamic = 0;
	while (s < end && s->p_type != PT_DYNAMIC)
		s++;
	if (s == end)
		return 0;
	size_t n = s->p_filesz / sizeof(r->dynamic[0]);
	if (n > DYNAMIC_MAX)
		return -E2BIG;
	error = read_at(r->fd, r->dynamic, n * sizeof(r->dynamic[0]),
	    s->p_offset);
	while (error == 0 && r->ndynamic < n &&
	    r->dynamic[r->ndynamic].d_tag != DT_NULL)
		r->ndynamic++;
	return error;
}

/* The name at this offset of the string table that lies at strings. */
static int
name_read(struct reader *r, uint64_t strings, uint64_t at, char name[ELF_NAME])
{
	if (at > UINT32_MAX)
		return -EBADMSG;
	/* The file may end right behind the name. */
	ssize_t n = pread(r->fd, name, ELF_NAME, (off_t)(strings + at));
	if (n == -1)
		return -errno;
	if (n == 0 || name[0] == '\0')
		return -EBADMSG;
	if (memchr(name, '\0', (size_t)n) == NULL)
		return n == ELF_NAME ? -E2BIG : -EBADMSG;
	return strchr(name, '/') == NULL ? 0 : -EBADMSG;
}

static int
needed_read(struct reader *r, struct elf *elf)
{
	uint64_t strings = 0;
	int error = 0;

	elf->nneeded = 0;
	for (size_t i = 0; error == 0 && i < r->ndynamic; i++)
		if (r->dynamic[i].d_tag == DT_STRTAB)
			error = offset_of(r, r->dynamic[i].d_un.d_ptr,
			    &strings);
	if (strings > INT64_MAX - UINT32_MAX)
		return -EBADMSG;
	for (size_t i = 0; error == 0 && i < r->ndynamic; i++) {
		if (r->dynamic[i].d_tag != DT_NEEDED)
			continue;
		if (strings == 0)
			return -EBADMSG;
		if (elf->nneeded == ELF_NEEDED)
			return -E2BIG;
		error = name_read(r, strings, r->dynamic[i].d_un.d_val,
		    elf->needed[elf->nneeded++]);
	}
	return error;
}

int
elf_read(struct elf *elf, int fd)
{
	struct reader r = { .fd = fd };
	struct elf found;
	int error = header_read(&r);

	if (error == 0)
		error = code_read(&r, &found.code);
	if (error == 0)
		error = dynamic_read(&r);
	if (error == 0)
		error = needed_read(&r, &found);
	if (error < 0)
		return error;
	found.machine = r.header.e_machine;
	*elf = found;
	return 0;
}

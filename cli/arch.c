#include <string.h>
#include <sys/utsname.h>

#include "cli/arch.h"
#include "cli/message.h"
#include "depot/path.h"

/* Genode's names of architectures, by the kernel's. */
static const struct {
	const char	*machine, *arch;
} archs[] = {
	{ "x86_64", "x86_64" },
	{ "i386", "x86_32" },
	{ "i486", "x86_32" },
	{ "i586", "x86_32" },
	{ "i686", "x86_32" },
	{ "aarch64", "arm_v8a" },
	{ "armv8l", "arm_v7a" },
	{ "armv7l", "arm_v7a" },
	{ "armv6l", "arm_v6" },
	{ "riscv64", "riscv" },
};

static const char *
machine_arch(void)
{
	struct utsname name;

	if (uname(&name) == -1)
		return NULL;
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (strcmp(archs[i].machine, name.machine) == 0)
			return archs[i].arch;
	return NULL;
}

enum status
arch_choose(struct arguments *a)
{
	if (a->arch == NULL)
		a->arch = machine_arch();
	if (a->arch == NULL) {
		complain("the depot has no name for this machine's "
		    "architecture");
		advise("--arch ARCH says which one is meant");
		return STATUS_USAGE;
	}
	/* An architecture is one element of a path, as a user's name is. */
	if (!depot_user_valid(a->arch)) {
		complain("--arch %s: this is no architecture's name", a->arch);
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}

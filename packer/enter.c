/*
 * What a packer does before its policy holds: it gives away all but its source.
 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail/beneath.h"
#include "jail/jail.h"
#include "packer/enter.h"
#include "packer/packer.h"
#include "packer/policy.h"

/* Open at once: a directory for each component of a path, and what it has. */
#define FILES_MAX	512

void
packer_unjailed(int error)
{
	rpc_last_words(PACKER_FD_CHANNEL, RPC_DEATH_SETUP, -error);
	_exit(JAIL_EXIT_SETUP);
}

static void
directory_enter(void)
{
	int error = beneath_enter(PACKER_FD_SOURCE);

	if (error < 0)
		packer_unjailed(error);
	jail_enter(&packer_of_directory, PACKER_FD_CHANNEL, 0);
}

static void
file_enter(void)
{
	beneath_nothing();	/* it opens nothing, with or without */
	jail_enter(&packer_of_file, PACKER_FD_CHANNEL, 0);
}

void
packer_enter(void)
{
	struct rlimit files;
	struct stat st;

	if (fstat(PACKER_FD_SOURCE, &st) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &files) == -1)
		packer_unjailed(-errno);
	if (files.rlim_max > FILES_MAX)
		files.rlim_cur = files.rlim_max = FILES_MAX;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1)
		packer_unjailed(-errno);
	if (S_ISDIR(st.st_mode))
		directory_enter();
	else
		file_enter();
}

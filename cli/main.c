/*
 * airlock, the command line.
 *
 * Holds:	its user's terminal, arguments and whole authority.
 * Lacks:	any say over what is trusted: it names what is wanted and
 *		renders what the manager tells.  It links no third-party
 *		library but libseccomp, opens no connection and parses no
 *		archive, no signature and no key: what it opens it hands on as
 *		descriptors.  Calls that nothing here needs (cli/restrict.c), but
 *		for `publish` and `audit`; when an install's processes run, also
 *		exec, TCP, and writing outside of ROOT, where there is Landlock.
 * Trusts:	the manager's records (their shape is checked all the same),
 *		the files below ROOT that its user wrote, and, for `audit`, the
 *		programs and libraries that are installed.  What it prints is
 *		cleaned of terminal escapes.
 * Taken over:	does what its user can do.
 */
#include <locale.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/interrupt.h"

int
main(int argc, char **argv)
{
	/* Which characters can be shown; numbers and messages stay as they
	 * are. */
	setlocale(LC_CTYPE, "");
	/* A depot that others may write is refused, so a umask of 002 must not
	 * make one.  What is private is made with a mode that
	 * says so. */
	umask(022);
	interrupt_setup();
	return (int)command_line(argc, argv);
}

/*
 * extractor - unpacks one verified archive.
 *
 * Holds	the template: a view of the staging directory, and the right to
 *		fork.  A child, one for each archive: that archive, read-only,
 *		and one empty directory, its root.
 * Lacks	network, exec, keys, any other path; a child also each call that
 *		reads, lists, replaces or removes a file.
 * Trusts	the manager's request.  An archive is signed, not harmless: its
 *		bytes meet liblzma and libarchive here, in a child only.
 * Taken over	a child leaves garbage in its staging directory, and lies about
 *		it.  The manager looks at what is there itself.  The template
 *		never meets a byte from outside.
 */
#include <iconv.h>
#include <langinfo.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extractor/job.h"
#include "extractor/policy.h"
#include "extractor/source.h"

/*
 * The locale stays "C", so that libarchive keeps the bytes of names: in a UTF-8
 * locale it composes pax's names to Unicode's normal form C.  It looks for a
 * conversion all the same, and the C library opens its list of them when it is
 * asked for the first: here, because a child can open nothing.
 */
static void
conversions_load(void)
{
	iconv_t conversion = iconv_open(nl_langinfo(CODESET), "UTF-8");

	if (conversion != (iconv_t)-1)
		iconv_close(conversion);
}

int
main(void)
{
	conversions_load();
	source_limit();
	close(JAIL_FD_INPUT);
	umask(0);		/* the writer's modes are exact */
	/* Too large a file is an error of write(), not the child's end. */
	signal(SIGXFSZ, SIG_IGN);
	template_prepare(&extractor_child);
	jail_enter(&extractor_template, JAIL_FD_CHANNEL, 0);
	template_serve(job_serve);
}

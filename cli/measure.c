#include <errno.h>
#include <fts.h>
#include <stddef.h>
#include <sys/stat.h>

#include "cli/measure.h"

int
measure(struct measured *measured, const char *path)
{
	char *const paths[] = { (char *)(uintptr_t)path, NULL };
	const FTSENT *entry;

	*measured = (struct measured){ 0 };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (fts == NULL)
		return -errno;
	while ((entry = fts_read(fts)) != NULL) {
		measured->directories += entry->fts_info == FTS_D;
		measured->links += entry->fts_info == FTS_SL ||
		    entry->fts_info == FTS_SLNONE;
		if (entry->fts_info != FTS_F)
			continue;
		measured->files++;
		measured->bytes += (uint64_t)entry->fts_statp->st_size;
	}
	return fts_close(fts) == -1 ? -errno : 0;
}

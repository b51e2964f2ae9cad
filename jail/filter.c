#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <unistd.h>

#include "jail/filter.h"
#include "jail/seccomp.h"
#include "rpc/cap.h"

/*
 * Before libseccomp 2.6 a filter can be exported to a descriptor only.  A pipe
 * takes what fits whole, or refuses, so that nobody waits here; and one that is
 * full to the last byte may have been too small.
 */
static int
filter_export(const scmp_filter_ctx ctx, struct filter *filter)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return -errno;
	CLOSE int in = ends[0];
	CLOSE int out = ends[1];
	int error = seccomp_export_bpf(ctx, out);
	if (error < 0)
		return error;
	ssize_t n = read(in, filter->code, sizeof(filter->code));
	if (n == -1)
		return -errno;
	filter->size = (unsigned short)((size_t)n / sizeof(filter->code[0]));
	return filter->size == FILTER_MAX ? -E2BIG : 0;
}

int
filter_compile(const struct jail_group *groups, struct filter *filter)
{
	scmp_filter_ctx ctx;
	int error = seccomp_build(groups, &ctx);

	if (error == 0)
		error = filter_export(ctx, filter);
	seccomp_release(ctx);
	return error;
}

int
filter_load(const struct filter *filter)
{
	/* The kernel only reads it; its struct does not say so. */
	const struct sock_fprog program = { filter->size,
	    (struct sock_filter *)(uintptr_t)filter->code };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == -1
	    ? -errno : 0;
}

/*
 * without.c - a machine that lacks a layer: without LAYER[,LAYER] COMMAND...
 *
 *	userns		no user namespaces, nor any other: as a container's
 *			runtime or a sysctl forbids them
 *	netns		no network namespaces
 *	landlock	a kernel without Landlock
 *
 * By a filter that COMMAND and all below it inherit, so that the layer is really
 * gone for them and nobody else on the machine notices.
 */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

#define NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |	\
			    CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | \
			    CLONE_NEWCGROUP)

static int
without_namespaces(scmp_filter_ctx ctx, int namespaces)
{
	int error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
	    SCMP_SYS(clone3), 0);

	for (unsigned int bit = 0; error == 0 && bit < 32; bit++) {
		const uint64_t flag = UINT64_C(1) << bit;
		if (!(flag & (uint64_t)namespaces))
			continue;
		error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
		if (error == 0)
			error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
			    SCMP_SYS(unshare), 1,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
	}
	return error;
}

int
main(int argc, char *argv[])
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int error = ctx == NULL || argc < 3 ? -EINVAL : 0;

	for (char *layer = argc < 3 ? NULL : strtok(argv[1], ",");
	    error == 0 && layer != NULL; layer = strtok(NULL, ","))
		if (strcmp(layer, "userns") == 0)
			error = without_namespaces(ctx, NAMESPACES);
		else if (strcmp(layer, "netns") == 0)
			error = without_namespaces(ctx, CLONE_NEWNET);
		else if (strcmp(layer, "landlock") == 0)
			error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
			    SCMP_SYS(landlock_create_ruleset), 0);
		else
			error = -EINVAL;
	if (error == 0)
		error = seccomp_load(ctx);
	if (error < 0)
		errx(1, "usage: without userns|netns|landlock COMMAND...");
	execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}

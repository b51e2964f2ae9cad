/*
 * level.h - which walls this machine can put up.
 */
#ifndef AUDIT_LEVEL_H
#define AUDIT_LEVEL_H

#include <stdbool.h>

#include "cli/cgroup.h"

struct level {
	int	 namespaces;	/* CLONE_NEW* that can be had here */
	unsigned int landlock;	/* enum jail_layer bits that are offered */
	bool	 has_seccomp;	/* filters that end a process */
	struct cgroup group;	/* closed: what one of the workers' would hold,
				 * and why not */
	const char *name;	/* "full", "strong", "basic" or "none" */
};

/* Asks the kernel; namespaces by a short-lived process that enters each. */
void	level_probe(struct level *);

#endif /* AUDIT_LEVEL_H */

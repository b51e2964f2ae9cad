/*
 * rule.h - a policy's rows in words, with the names that their reader knows from
 * the manual pages.
 */
#ifndef AUDIT_RULE_H
#define AUDIT_RULE_H

#include "jail/jail.h"

#define RULE_TEXT	256	/* array size for the functions below */

/* "openat(flags without O_CREAT|O_TRUNC)", "ioctl answers ENOTTY". */
void	rule_describe(char text[RULE_TEXT], const struct jail_rule *);
/* The name of a system call, or "call 999". */
void	rule_name(char text[RULE_TEXT], int nr);
/* CLONE_NEW* flags: "user, mount, pid". */
void	rule_namespaces(char text[RULE_TEXT], int flags);
/* LANDLOCK_ACCESS_FS_* rights: "read files, execute". */
void	rule_rights(char text[RULE_TEXT], uint64_t rights);
/* A set of capabilities as bits: "CAP_KILL, CAP_SETUID". */
void	rule_capabilities(char text[RULE_TEXT], uint64_t set);

#endif /* AUDIT_RULE_H */

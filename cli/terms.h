/*
 * terms.h - on which terms a publisher is trusted.
 *
 * ROOT/etc/users/NAME has what is special for one, in lines of depot/lines.h;
 * ROOT/etc/settings, by the same words, what holds for all others:
 *
 *	quorum 2		engines that must agree: 1 or 2
 *	threshold 1		distinct keys that must have signed
 *	require-binding yes	signatures have to name their path
 *	own-signatures yes	archives of a catalog need their own ones, too
 *	old-algorithms yes	SHA-1, DSA and short RSA are accepted
 *	key FPR FROM UNTIL	when a primary key counts; "-": always
 *
 * What was asked for at a publisher's first use is remembered (state/terms), so
 * that nobody asks for less by mistake.
 */
#ifndef CLI_TERMS_H
#define CLI_TERMS_H

#include "cli/cli.h"
#include "cli/openpgp.h"
#include "cli/options.h"
#include "cli/root.h"
#include "cli/status.h"

struct terms_window {
	char	fpr[FPR_TEXT];
	int64_t	from, until;	/* seconds since 1970; 0: open */
};

struct terms {
	uint64_t quorum, threshold;
	bool	 require_binding, own_signatures, old_algorithms;
	size_t	 nwindows;
	struct terms_window windows[CLI_KEYS];
};

/* Set what a word stands for: 0, -ENOENT: there is no such word; -EINVAL: not
 * with this value; -ENOSPC: too many keys. */
int	terms_set(struct terms *, const char *word, const char *value);
/* A primary key counts no longer than until then: 0 or -ENOSPC, -EINVAL. */
int	terms_close(struct terms *, const char *fpr, int64_t until);
/* Lines, up to size bytes: 0, or -EINVAL with the line's number, from 1. */
int	terms_parse(struct terms *, const char *text, size_t size,
	    unsigned int *line);
/* All as lines, allocated, with an end; NULL: out of memory. */
char	*terms_print(const struct terms *, size_t *size);

/* What holds for all of ROOT's publishers, and then for this one: STATUS_DONE,
 * or another, said so. */
enum status terms_read(struct terms *, const struct root *,
	    const struct arguments *, const char *name);
/* Write them for this one, and remember what is asked for now. */
enum status terms_write(const struct terms *, const struct root *,
	    const char *name);

/* Was more asked for when this publisher was first used?  Said so. */
bool	terms_are_less(const struct terms *, const struct root *,
	    const char *name);
/* Remember, if nothing is or less: 0 or -errno. */
int	terms_remember(const struct terms *, const struct root *,
	    const char *name);

#endif /* CLI_TERMS_H */

/*
 * plan.h - which archives an install needs, in which order, from where.
 *
 * The manager installs single archives, and trusts none of what is planned
 * here: it checks each one's key, signature and content itself.  So a
 * mistake here installs too much or too little, never something unsigned.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/catalogs.h"
#include "cli/cli.h"
#include "cli/copy.h"
#include "cli/locked.h"
#include "cli/needs.h"
#include "cli/options.h"
#include "cli/publisher.h"
#include "cli/root.h"
#include "cli/session.h"
#include "cli/status.h"
#include "cli/view.h"
#include "depot/path.h"

#define PLAN_MAX	65536	/* archives of one run */

/* Where the next attempt of an archive takes it from. */
enum plan_source {
	PLAN_LOCAL,		/* both its files lie in public/ */
	PLAN_ORIGIN,		/* the next line of `download` */
	PLAN_AGAIN,		/* public/ after all: what was accepted before */
	PLAN_NOWHERE,
};

struct planned {
	struct depot_path path;
	uint32_t	 number;
	uint32_t	 needs;		/* bits of enum needs */
	bool		 looked;	/* it was found out how to go on */
	bool		 hidden;	/* a catalog that nobody named */
	bool		 retried;
	bool		 unlisted;	/* its publisher's catalog lacks it */
	bool		 asked;		/* the manager works on it, */
	bool		 local;		/* from public/: it is nobody's fault */
	bool		 copied;	/* by us, and nothing is fetched */
	bool		 done;
	bool		 there;		/* installed, before or by us, */
	bool		 is_reopened;	/* and to be looked at again */
	bool		 has_parents;	/* directories that lead to it */
	bool		 packed;	/* verified and kept, not unpacked */
	bool		 keyless;	/* nobody can verify it */
	enum plan_source source;
	size_t		 listed;	/* where the catalog lists it; 0: nowhere */
	/* What it is, signed: bytes as fetched and unpacked, names. */
	uint64_t	 max_size, max_bytes, max_entries;
	char		 tagged[URL_VALIDATOR];	/* of what is remembered */
	unsigned int	 line;		/* of `download`, the next one */
	struct reason	 reason;	/* the gravest of its attempts, */
	unsigned int	 blamed;	/* of this line; 0: of none */
	struct copy	 copy;		/* under way, if it is one of plan->copies */
	struct planned	*next_again, *next_reopened;
};

struct plan {
	const struct arguments *arguments;	/* not owned, like the next */
	const struct root *root;
	bool		 mirrors;	/* for `public`; root is for what it has
					 * to look into */
	const char	*whole;		/* publisher of whom all is wanted that
					 * the catalog lists; NULL: none */
	uint32_t	 whole_needs;	/* and in which way */
	enum depot_type	 image;		/* the form that images come in */
	struct session	*session;	/* NULL: a dry run */
	struct view	*view;
	const struct locked *locked;	/* what alone may be installed; or NULL */
	struct planned	**items;	/* owned; by number */
	uint32_t	 count, next;	/* next: the first not looked at */
	uint32_t	 in_flight;
	struct planned	*again;		/* failed, but there are mirrors */
	struct planned	*ready, **ready_end;	/* to be asked for */
	struct planned	*copies, **copies_end;	/* to be copied, in this order */
	uint32_t	 ncopies;
	struct planned	*reopened;	/* there, but more is needed of it */
	struct publishers publishers;
	struct catalogs	 catalogs;
	void		*by_path;	/* tsearch tree of items */
	int		 depot, public, quarantine, receipts;	/* owned; < 0:
					 * none; public may be set before */
};

void	plan_init(struct plan *, const struct arguments *, const struct root *,
	    struct view *);
void	plan_fini(struct plan *);
/* Remove directories that were made for what was not installed, under ROOT's
 * lock.  Only when the session has ended: archives in flight share them. */
void	plan_tidy(const struct plan *);

/* Add an archive, if it is not planned yet; WHY_MANY is shown.  needs: bits of
 * enum needs, added to those that it has; wanted: a user named it. */
void	plan_want(struct plan *, const struct depot_path *, uint32_t needs,
	    bool wanted);
/* Install all that is wanted, and what that depends on; without a session, say
 * what would be.  More can be wanted, and run, after that.  STATUS_DONE if the
 * conversation held: how archives ended is the view's to know. */
enum status plan_run(struct plan *, struct session *);

/* From the session.  -EBADMSG: about an archive that the manager was not asked
 * for. */
int	plan_state(struct plan *, const struct cli_state_req *);
int	plan_answered(struct plan *, const struct cli_install_rep *);

#endif /* CLI_PLAN_H */

/*
 * catalogs.h - which publishers of a run have a catalog that counts.
 *
 * The manager judges a catalog's signature, and that it was made as this
 * publisher's catalog; its serial, its expiry and all that is in it is judged
 * here, before it is kept.  ROOT/state/catalogs/USER is the last one that
 * was accepted, ROOT/state/serials/USER the largest serial of one: a publisher
 * who has had a catalog cannot have none.
 */
#ifndef CLI_CATALOGS_H
#define CLI_CATALOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/catalog.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/root.h"

#define CATALOGS	"catalogs"	/* below ROOT/state */
#define SERIALS		"serials"

enum catalogs_stage {
	CATALOG_UNKNOWN = 0,
	CATALOG_ASKED,		/* it is on its way */
	CATALOG_LISTS,		/* it says what there is */
	CATALOG_NONE,		/* there is none: each archive has its signature */
	CATALOG_REFUSED,	/* and with it all archives */
};

struct planned;

/* A publisher in this run. */
struct voucher {
	char		 user[DEPOT_USER_MAX + 1];
	enum catalogs_stage stage;
	uint64_t	 serial;	/* the largest accepted before; 0: never */
	struct catalog	 catalog;	/* CATALOG_LISTS */
	enum cli_why	 why;		/* CATALOG_REFUSED */
	struct planned	*waiting, **waiting_end;	/* archives, for it */
	char		 exceptions[CLI_EXCEPTIONS / 2];	/* for receipts */
};

struct catalogs {
	const struct arguments *arguments;	/* not owned */
	int		 state;		/* ROOT/state; owned; < 0: none */
	struct voucher	*vouchers[CLI_USERS];	/* owned */
	size_t		 count;
};

void	catalogs_init(struct catalogs *, const struct arguments *);
/* When ROOT is there; -ENOENT: nothing is known of anybody. */
void	catalogs_open(struct catalogs *, const struct root *);
void	catalogs_fini(struct catalogs *);

/* The publisher's; NULL: there are too many.  Valid to the end. */
struct voucher *catalogs_of(struct catalogs *, const char *user);
/* What was accepted last, however long ago, counts: to say what would be done. */
void	voucher_recall(const struct catalogs *, struct voucher *);
/*
 * The manager has verified the catalog in this staging directory: judge it, keep
 * it, and remember its serial.  WHY_INSTALLED, it lists; or why it is refused.
 */
enum cli_why voucher_accept(const struct catalogs *, struct voucher *,
	    int staging, uint32_t archive);
/*
 * It was not to be had from anywhere, for this reason: WHY_NONE, there is none;
 * or why all of its archives are refused.
 */
enum cli_why voucher_miss(const struct catalogs *, struct voucher *,
	    enum cli_why);
/* A publisher is forgotten: so is what its catalogs said. */
void	catalogs_forget(const struct root *, const char *user);
/* Does a server say that there is none, rather than nothing at all? */
bool	voucher_denied(enum cli_why);

#endif /* CLI_CATALOGS_H */

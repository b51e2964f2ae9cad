/*
 * checking.h - checkers at work: as many as there are processors.
 */
#ifndef CLI_CHECKING_H
#define CLI_CHECKING_H

#include "checker/checker.h"
#include "cli/helper.h"
#include "depot/path.h"

#define CHECKERS_MAX	8

/* One archive, being compared; the caller's. */
struct checked {
	struct depot_path path;
	uint8_t		 manifest[CHECKER_DIGEST_SIZE];	/* its digest, and */
	uint8_t		 packed[CHECKER_DIGEST_SIZE];	/* the archive's, as the
							 * receipt says */
	struct checker_compare_rep reply;
	bool		 packed_asked;
	int32_t		 packed_error;	/* errno; -1: the digest is another */
	/* Called for each finding; reply.findings counts those that are not
	 * told any more. */
	void		(*found)(struct checked *,
			    const struct checker_found_req *);
	void		(*progress)(struct checked *, uint64_t bytes);
	void		*owner;		/* the caller's */
};

struct checker {
	struct helper	 helper;
	struct checked	*checked;	/* NULL: idle */
};

struct checking {
	struct checker	 checkers[CHECKERS_MAX];
	size_t		 count;		/* started */
};

/* Start so many, which see the directory `depot`: STATUS_DONE, or another, said
 * so.  checking_end() in any case. */
enum status checking_begin(struct checking *, size_t count, int depot);
void	checking_end(struct checking *);
/* One that is idle, or NULL. */
struct checker *checking_idle(struct checking *);
/* Compare: the descriptor of the manifest stays the caller's. */
void	checker_ask_compare(struct checker *, struct checked *, int manifest);
/* And its packed archive's digest. */
void	checker_ask_packed(struct checker *, struct checked *, int packed);
/* Wait until one has answered, which is idle then: STATUS_DONE, or another,
 * said so.  *done is NULL if all are idle. */
enum status checking_wait(struct checking *, struct checked **done);

#endif /* CLI_CHECKING_H */

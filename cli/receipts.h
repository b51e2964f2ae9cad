/*
 * receipts.h - what is remembered of installed archives, as it is shown.
 */
#ifndef CLI_RECEIPTS_H
#define CLI_RECEIPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/inventory.h"
#include "depot/path.h"
#include "depot/store.h"

struct receipt_text {
	char	text[RECEIPT_MAX];
	size_t	size;			/* bytes; 0: there is none */
};

/* Of an archive, in the directory `receipts` (or < 0): is there one? */
bool	receipt_read(struct receipt_text *, int receipts,
	    const struct depot_path *);
/* A word's value as text, "" if it is not there; and as a number, 0. */
void	receipt_value(const struct receipt_text *, const char *word,
	    char value[RECEIPT_MAX]);
int64_t	receipt_number(const struct receipt_text *, const char *word);
/* Is there a line of that word and value? */
bool	receipt_has(const struct receipt_text *, const char *word,
	    const char *value);
/* Is each of its lines of the grammar? */
bool	receipt_valid(const struct receipt_text *);
/* A word's value as a digest of 32 bytes; else false. */
bool	receipt_digest(const struct receipt_text *, const char *word,
	    uint8_t digest[32]);
/* Was the archive named by a user?  A receipt that cannot be read says no "no". */
bool	receipt_wanted(const struct receipt_text *);
/* Was it installed without any verification? */
bool	receipt_blessed(const struct receipt_text *);
/* Note in a receipt that a user has named the archive: 0 or -errno.  Under
 * ROOT's lock. */
int	receipt_want(int receipts, const struct depot_path *);
/* Away with it, and with the manifest that it names. */
void	receipt_forget(struct store *, const struct depot_path *);
/* All that it says, up to where it is damaged, as a member "receipt". */
void	receipt_json(const struct receipt_text *);

#endif /* CLI_RECEIPTS_H */

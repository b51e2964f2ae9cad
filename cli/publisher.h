/*
 * publisher.h - what is asked of a publisher's signatures.
 *
 * The manager is told of a publisher, its key file and its policy, before it is
 * asked for one of its archives.
 */
#ifndef CLI_PUBLISHER_H
#define CLI_PUBLISHER_H

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/session.h"

/* The publishers that a session's manager knows of. */
struct publishers {
	unsigned int	count;
	char		name[CLI_USERS][CLI_NAME];
};

/* By --as-of and the terms of this name; "" for a key of no depot: 0, or -errno,
 * said so. */
int	publisher_request(struct cli_key_req *, const struct arguments *,
	    const char *name);
/* Tell the manager, once, of the owner of depot/NAME/pubkey; flags: of enum
 * cli_policy, besides.  WHY_NONE, or why an archive of that publisher cannot be
 * installed. */
enum cli_why publisher_introduce(struct publishers *, struct session *,
	    const struct arguments *, int depot, const char *name,
	    uint32_t flags);

#endif /* CLI_PUBLISHER_H */
